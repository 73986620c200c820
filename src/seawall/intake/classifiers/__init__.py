"""Classifiers of vendors: they route media to people, and decide nothing."""
