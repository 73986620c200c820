"""Proposed effects, and the one place that opens outgoing connections."""
