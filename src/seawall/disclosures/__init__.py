"""The one door out: reports, statements, signals, platforms."""
