"""The evidence vault: text, metadata and receipts, sealed case by case."""
