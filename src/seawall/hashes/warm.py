"""Compiles the index's kernels once, so that no first lookup waits."""

import tempfile
from pathlib import Path

import numpy as np

from seawall.hashes.index import HashIndex, IndexWriter
from seawall.hashes.segment import TABLES_FROM


def compile_kernels() -> None:
    """Build, search and change an index just large enough for tables, in a folder that goes away."""
    words = np.random.default_rng(0).integers(0, 2**64, (TABLES_FROM + 1, 4), dtype=np.uint64)
    with tempfile.TemporaryDirectory(prefix="seawall-warm-") as name:
        with IndexWriter(Path(name)) as writer:
            writer.add(words, np.arange(len(words)))
            writer.add(words[:1], np.array([len(words)]))
        index = HashIndex.open(Path(name), verify=False)
        index.search(words[:2])
        index.segments[0].verify()
