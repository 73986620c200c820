"""Decisions at request time, from a small read-only file."""
