"""Invented worlds, and the measures taken on them."""
