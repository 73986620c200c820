"""The one door out: reports, statements, signals to partners, platforms."""
