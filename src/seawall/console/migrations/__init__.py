"""Changes of this room's tables, oldest first."""
