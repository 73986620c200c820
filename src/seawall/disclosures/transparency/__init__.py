"""The transparency report: what was done, how well, and how fast, with intervals."""
