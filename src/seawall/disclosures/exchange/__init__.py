"""Signals to and from partners: seeds, never verdicts."""
