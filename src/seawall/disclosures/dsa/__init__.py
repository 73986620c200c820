"""The EU's Digital Services Act: statements of reasons and notices."""
