"""What a platform tells us and what we say of it: typed, frozen."""
