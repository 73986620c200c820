"""Signals to and from partners: seeds for an investigation, never verdicts."""
