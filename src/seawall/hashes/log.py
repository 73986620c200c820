"""The log of additions and removals since the last segment was sealed.

Fixed records of seven 64-bit words: operation, entry, the four words of the hash, and a checksum that also covers the
record's place. A record that a killed process left half written is at the end and is dropped; damage before the end
is refused.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numba as nb
import numpy as np
import numpy.typing as npt

from seawall.hashes.blocks import block_sum
from seawall.hashes.hexadecimal import Words
from seawall.hashes.tables import Entries
from seawall.records.errors import Damaged, Unavailable

ADD, REMOVE = 1, 2
_WORDS = 7
_SIZE = _WORDS * 8
Records = npt.NDArray[np.uint64]


def additions(hashes: Words, entries: Entries) -> Records:
    """Records that add (hash, entry) pairs; their sums are set when they are appended."""
    records = np.zeros((len(entries), _WORDS), np.uint64)
    records[:, 0], records[:, 1], records[:, 2:6] = ADD, entries.astype(np.uint64), hashes
    return records


def removals(entries: Entries) -> Records:
    """Records that take entries away, in whichever segment their hashes are."""
    records = np.zeros((len(entries), _WORDS), np.uint64)
    records[:, 0], records[:, 1] = REMOVE, entries.astype(np.uint64)
    return records


def read_log(path: Path, start: int) -> Records:
    """The sound records from number `start` on, shape (n, 7)."""
    with path.open("rb") as file:
        file.seek(start * _SIZE)
        data = file.read()
    records = np.frombuffer(data, np.uint64, len(data) // _SIZE * _WORDS).reshape(-1, _WORDS)
    sound = _sums(records, start) == records[:, 6]
    if sound.all():
        return records
    first = int(np.flatnonzero(~sound)[0])
    if sound[first:].any():
        raise Damaged(f"{path}: record {start + first} is damaged; make the index again with `seawall hashes build`.")
    return records[:first]  # torn by a crash or still being written


@dataclass(slots=True)
class Appender:
    """The one writer of a log."""

    path: Path
    file: int
    count: int

    @classmethod
    def open(cls, path: Path) -> Self:
        """Continue a log after its last sound record, or begin one."""
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        count = len(read_log(path, 0))
        os.ftruncate(file, count * _SIZE)
        return cls(path, file, count)

    def append(self, records: Records) -> None:
        """Append records in one write; where that fails nothing is appended."""
        records[:, 6] = _sums(records, self.count)
        place, data = self.count * _SIZE, records.tobytes()
        try:
            written = os.pwrite(self.file, data, place)
        except OSError as error:
            raise self._refused(error.strerror) from error
        if written < len(data):
            raise self._refused("no space is left")
        self.count += len(records)

    def sync(self) -> None:
        """Make sure that what was appended outlives a power cut."""
        os.fdatasync(self.file)

    def close(self) -> None:
        """Give the file back; the appender is of no use afterwards."""
        os.close(self.file)

    def _refused(self, reason: str | None) -> Unavailable:
        os.ftruncate(self.file, self.count * _SIZE)
        return Unavailable(f"{self.path} cannot grow ({reason}): nothing was added; free space, then add again.")


@nb.njit(cache=True, nogil=True)
def _sums(records, start):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    sums = np.empty(len(records), np.uint64)
    for i in range(len(records)):
        sums[i] = block_sum(records[i, :6]) ^ np.uint64(start + i + 1)
    return sums
