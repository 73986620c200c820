"""The recommenders that trials walk, behind one protocol."""
