"""The lexicon, the fold kernel, the scanner and new terms."""
