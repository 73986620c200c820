"""The door for people: pages on cases, and the settings of Django."""
