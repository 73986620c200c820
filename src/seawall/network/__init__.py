"""Who belongs together and who plays which role: pure arrays."""
