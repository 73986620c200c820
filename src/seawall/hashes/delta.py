"""What a log has added and removed, in memory."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from seawall.hashes.hexadecimal import Words
from seawall.hashes.log import ADD, Records
from seawall.hashes.search import scan_all
from seawall.hashes.segment import Found
from seawall.hashes.tables import Entries


@dataclass(slots=True)
class Delta:
    """Added (hash, entry) pairs that are in no segment, and the entries removed from anywhere."""

    hashes: Words = field(default_factory=lambda: np.empty((256, 4), np.uint64))
    entries: Entries = field(default_factory=lambda: np.empty(256, np.int64))
    count: int = 0
    removed: set[int] = field(default_factory=set)
    _sorted: npt.NDArray[np.int64] | None = None

    def apply(self, records: Records) -> None:
        """Follow a log's records, in their order."""
        adding = records[:, 0] == ADD
        self._append(records[adding, 2:6], records[adding, 1].astype(np.int64))
        self.removed.update(records[~adding, 1].astype(np.int64).tolist())
        if not adding.all():
            self._sorted = None

    def search(self, queries: Words, threshold: int) -> Found:
        """(query, entry, distance) of added pairs within the threshold, the removed ones included."""
        found: Found = scan_all(queries, threshold, self.hashes[: self.count].reshape(-1))
        found[:, 1] = self.entries[found[:, 1]]
        return found

    def without_removed(self, found: Found) -> Found:
        """Matches whose entries still stand."""
        return found[self.standing(found[:, 1])] if self.removed else found

    def standing(self, entries: Entries) -> npt.NDArray[np.bool_]:
        """Which of some entries were not removed."""
        if not self.removed:
            return np.ones(len(entries), np.bool_)
        if self._sorted is None:
            self._sorted = np.array(sorted(self.removed), np.int64)
        at = np.minimum(np.searchsorted(self._sorted, entries), len(self._sorted) - 1)
        return np.not_equal(self._sorted[at], entries)

    def contents(self) -> tuple[Words, Entries]:
        """The added pairs that still stand."""
        hashes, entries = self.hashes[: self.count], self.entries[: self.count]
        standing = self.standing(entries)
        return hashes[standing], entries[standing]

    def _append(self, hashes: Words, entries: Entries) -> None:
        need = self.count + len(entries)
        if need > len(self.entries):
            size = max(need, 2 * len(self.entries))
            # New arrays, so that a search under way keeps the ones it has.
            self.hashes = np.concatenate([self.hashes, np.empty((size - len(self.hashes), 4), np.uint64)])
            self.entries = np.concatenate([self.entries, np.empty(size - len(self.entries), np.int64)])
        self.hashes[self.count : need], self.entries[self.count : need] = hashes, entries
        self.count = need
