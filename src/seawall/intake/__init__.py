"""The one door in: every format becomes keyed, typed records."""
