"""PDQ and digests, the exact index and the banks of known media."""
