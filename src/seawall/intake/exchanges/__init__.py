"""Hash exchanges: each one's wire format, read page by page into a bank."""
