"""Warming compiles everything that later lookups need, in memory and mapped."""

import numpy as np

from seawall.hashes.nearest import NearHashes
from seawall.hashes.search import search_all
from seawall.hashes.warm import compile_kernels


def test_lists_in_memory_use_what_the_mapped_index_compiled():
    compile_kernels()
    compiled = len(search_all.signatures)
    words = np.random.default_rng(1).integers(0, 2**64, (33_000, 4), dtype=np.uint64)
    found = NearHashes.of(words, np.arange(len(words))).search(words[:3], 31)
    assert found.tolist() == [[0, 0, 0], [1, 1, 0], [2, 2, 0]]
    assert len(search_all.signatures) == compiled == 1
