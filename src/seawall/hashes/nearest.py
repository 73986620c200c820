"""An exact index of PDQ hashes in memory, for one run over a column."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from seawall.hashes.blocks import Check
from seawall.hashes.hexadecimal import Words
from seawall.hashes.search import CHUNKS, scan_all, search_all
from seawall.hashes.segment import TABLES_FROM, Found
from seawall.hashes.tables import Entries, bucket_offsets, chunk_table, distinct


def _frozen(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The array as read-only, as a mapped file's are: numba then compiles the search once for both."""
    view = array.view()
    view.flags.writeable = False
    return view


_SOUND = Check(
    cold=False,
    body=_frozen(np.zeros(0, np.uint64)),
    sums=_frozen(np.zeros(0, np.uint64)),
    sound=np.zeros(0, np.uint8),
    starts=np.zeros(0, np.uint64),
    bad=np.full(1, -1, np.int64),
)


@dataclass(frozen=True, slots=True)
class NearHashes:
    """Hashes to search, each with a number; the same tables as an index folder has."""

    hashes: Words
    starts: npt.NDArray[np.uint32]
    entries: Entries
    tables: tuple[npt.NDArray[Any], ...] | None

    @classmethod
    def of(cls, words: Words, entries: Entries) -> Self:
        """Hashes as four words each, shape (n, 4), and their numbers, shape (n,)."""
        hashes, starts, in_order = distinct(words, entries)
        tables = _tables(hashes) if len(hashes) >= TABLES_FROM else None
        return cls(hashes, starts, in_order, tables)

    def search(self, queries: Words, threshold: int) -> Found:
        """(query, entry, distance) of every hash within the threshold, at most 40, by query, distance and entry."""
        queries = np.ascontiguousarray(queries)
        if self.tables is None:
            found = scan_all(queries, threshold, _frozen(self.hashes.reshape(-1)))
        else:
            found = search_all(queries, threshold, self.tables, _SOUND)
        first = self.starts[found[:, 1]].astype(np.int64)
        count = self.starts[found[:, 1] + 1].astype(np.int64) - first
        out = np.repeat(found, count, axis=0)
        at = np.repeat(first - np.cumsum(count) + count, count) + np.arange(len(out))
        out[:, 1] = self.entries[at]
        return out[np.lexsort((out[:, 1], out[:, 2], out[:, 0]))]


def _tables(hashes: Words) -> tuple[npt.NDArray[Any], ...]:
    offsets = [bucket_offsets(hashes, c) for c in range(CHUNKS)]
    kept = [chunk_table(hashes, c, offsets[c]) for c in range(CHUNKS)]
    near = np.concatenate([*(part[0] for part in kept), np.zeros(64, np.uint16)])  # a vector may be read past the end
    rest = np.concatenate([*(part[1] for part in kept), np.zeros(64, np.uint16)])
    return tuple(_frozen(part) for part in (np.concatenate(offsets), near, rest, hashes.reshape(-1)))
