"""Pages that people look at: drawn here, opened offline."""
