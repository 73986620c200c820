"""The door for operators: one verb a function."""
