"""Hashes for tests: uniform ones, flipped ones, clusters; and brute force to compare with."""

import numpy as np


def uniform(n, rng):
    return rng.integers(0, 2**64, (n, 4), dtype=np.uint64)


def flip(hashes, counts, rng):
    out = hashes.copy()
    for row, count in enumerate(counts):
        for bit in rng.choice(256, count, replace=False):
            out[row, bit // 64] ^= np.uint64(1) << np.uint64(bit % 64)
    return out


def crowded(n, rng):
    """A few templates and all-zero hashes, each copied with up to 40 bits changed; many are equal."""
    base = np.concatenate([np.zeros((1, 4), np.uint64), uniform(2, rng)])
    return flip(base[rng.integers(0, 3, n)], rng.integers(0, 41, n) * rng.integers(0, 2, n), rng)


def brute_force(queries, hashes, entries, threshold):
    """(query, entry, distance) rows in the order that an index answers in."""
    rows = []
    for number, query in enumerate(queries):
        distances = np.bitwise_count(hashes ^ query).sum(axis=1).astype(np.int64)
        near = np.flatnonzero(distances <= threshold)
        rows += sorted((number, int(distances[i]), int(entries[i])) for i in near)
    return np.array([(q, e, d) for q, d, e in rows], np.int64).reshape(-1, 3)
