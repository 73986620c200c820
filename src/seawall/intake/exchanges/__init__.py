"""Hash exchanges: each wire format, read page by page into a bank."""
