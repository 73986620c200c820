"""The door for the platform's machines: HTTP in, decisions out."""
