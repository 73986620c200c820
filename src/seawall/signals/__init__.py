"""One detector a file: records in, signals out."""
