"""Known files: the exact index of `hashes/`, with opinions."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from seawall.guard.contents import Ids
from seawall.guard.policy import Subject
from seawall.hashes.entries import THRESHOLD
from seawall.hashes.index import HashIndex, IndexWriter
from seawall.records.errors import Damaged

OPINIONS: Mapping[str, int] = {
    "innocent": 0,
    "seed": int(Subject.HASH_SEED),
    "cluster": int(Subject.HASH_CLUSTER),
    "known": int(Subject.HASH_KNOWN),
}
"""What a hash is held to be, and its code: the policy's subject, 0 for a file that is known to be innocent."""
_CODES = 16  # an entry's number in the index of hashes is its place times this, plus its code


@dataclass(frozen=True, slots=True)
class Media:
    """The PDQ hashes of an index."""

    hashes: HashIndex

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the hashes of a published index."""
        return cls(HashIndex.open(folder, verify=False))

    def verify(self) -> None:
        """Read every hash once. Errors: `Damaged` where a byte has changed; a publisher's index has no older one."""
        self.hashes.verify_all()
        if self.hashes.state != "current":
            raise Damaged(f"{self.hashes.folder} is {self.hashes.state}. Publish it again with `seawall run`.")

    def worst(self, words: Ids) -> int:
        """What the PDQ hashes of one upload, shape (n, 4), are held to be at worst; 0 for nothing.

        A file is taken for what its nearest entry says; of equally near ones an innocent one protects.
        """
        found = self.hashes.search(np.ascontiguousarray(words), THRESHOLD)
        worst = 0
        for query in range(len(words)):
            mine = found[found[:, 0] == query]
            if len(mine):
                codes = mine[mine[:, 2] == mine[0, 2], 1] % _CODES
                worst = max(worst, 0 if (codes == 0).any() else int(codes.max()))
        return worst


def write_media(folder: Path, pdq: Mapping[str, Ids]) -> int:
    """Write an index of PDQ hashes by opinion; returns how many."""
    words = np.concatenate([np.empty((0, 4), np.uint64), *pdq.values()])
    codes = np.concatenate([np.empty(0, np.int64), *(np.full(len(rows), OPINIONS[name]) for name, rows in pdq.items())])
    with IndexWriter(folder) as writer:
        writer.seal(np.ascontiguousarray(words), np.arange(len(words)) * _CODES + codes)
    return len(words)
