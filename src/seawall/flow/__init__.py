"""The only room that knows the order of a run."""
