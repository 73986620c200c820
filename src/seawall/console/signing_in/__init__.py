"""The door: password, second factor, lockout."""
