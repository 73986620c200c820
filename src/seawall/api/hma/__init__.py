"""HMA's door: lookups, banks and exchanges in its JSON."""
