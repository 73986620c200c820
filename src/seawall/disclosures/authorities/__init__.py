"""Authorities other than NCMEC: who gets a case, and in what shape."""
