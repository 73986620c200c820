"""Vendors' classifiers: they route media to people, never decide."""
