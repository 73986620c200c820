"""Profile reuse: links, handles and avatars that few accounts share.

What two accounts share says the more, the fewer others share it: a popular shop's address says nothing.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
import pyarrow as pa

from seawall.signals.base import Example, Sightings, Tables, keyed, merge, same_evidence, signals

CROWD = 64
"""Shared by more accounts than this, it is a public thing and no tie."""


class ProfileReuse:
    """Links and avatars that stand on more than one account."""

    name: ClassVar[str] = "reuse"
    version: ClassVar[str] = "1"
    by_row: ClassVar[bool] = False
    reads: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "link_uses": ("account_id", "link"),
        "avatar_uses": ("account_id", "avatar_pdq"),
    }

    def detect(self, tables: Tables) -> pa.Table:
        return merge(
            [
                self._shared("link", tables["link_uses"], "link"),
                self._shared("avatar", tables["avatar_uses"], "avatar_pdq"),
            ]
        )

    def _shared(self, what: str, table: pa.Table, column: str) -> pa.Table:
        things = table[column].combine_chunks().dictionary_encode()
        pairs = np.unique(np.stack([things.indices.to_numpy().astype(np.uint64), keyed(table, "account_id")]), axis=1)
        crowd = np.bincount(pairs[0].astype(np.int64), minlength=1)[pairs[0].astype(np.int64)]
        few = (crowd > 1) & (crowd <= CROWD)
        strengths = (0.6 / np.sqrt(crowd[few] - 1)).astype(np.float32)
        seen = Sightings(pairs[1][few], strengths, None, same_evidence(what, int(few.sum())))
        return signals(self, f"{what}_shared", seen)

    def examples(self) -> Sequence[Example]:
        return (
            Example("two accounts, one link", _uses(["a.example/x", "a.example/x"]), frozenset({"reuse.link_shared"})),
            Example("two accounts, two links", _uses(["a.example/x", "a.example/y"])),
            Example("one link on a crowd of accounts", _uses(["a.example"] * (CROWD + 1))),
        )


def _uses(links: list[str]) -> Tables:
    accounts = pa.array(range(1, len(links) + 1), pa.uint64())
    avatars = pa.table({"account_id": pa.array([], pa.uint64()), "avatar_pdq": pa.array([], pa.string())})
    return {"link_uses": pa.table({"account_id": accounts, "link": links}), "avatar_uses": avatars}
