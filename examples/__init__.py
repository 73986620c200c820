"""How a platform's own services ask the guard."""
