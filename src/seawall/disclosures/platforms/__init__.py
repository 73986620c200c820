"""Platforms that effects are carried out on: each file is one sink."""
