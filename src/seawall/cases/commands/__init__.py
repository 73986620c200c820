"""Every change of state as one function: nothing else writes."""
