"""The transparency report: what was done, how well, how fast."""
