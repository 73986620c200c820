"""Known media: whole columns of hashes matched against hash lists."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seawall.hashes.entries import DIGITS, HASH_LIST, HashKind
from seawall.hashes.hexadecimal import Bytes, decode
from seawall.records.errors import BadHashList

MATCHES = pa.schema(
    [
        pa.field("row", pa.int64(), False),
        pa.field("kind", pa.string(), False),
        pa.field("distance", pa.int32(), False),  # bits; 0 for digests
        pa.field("entry", pa.int64(), False),  # row of the hash list
        pa.field("category", pa.string(), False),
        pa.field("opinion", pa.string(), False),
        pa.field("source", pa.string(), False),
    ]
)
"""One row a pair of a file and a list entry, ordered by row, then distance, then entry."""


@dataclass(frozen=True, slots=True)
class KnownMedia:
    """The entries of one or more hash lists, ready to match columns of hashes against."""

    entries: pa.Table
    digests: Mapping[HashKind, "Digests"]

    @classmethod
    def of(cls, *lists: pa.Table) -> "KnownMedia":
        """Known media of hash lists with the columns of `HASH_LIST`."""
        entries = pa.concat_tables([HASH_LIST.empty_table(), *lists]).combine_chunks()
        return cls(entries, {kind: Digests.of(entries, kind) for kind in HashKind})

    def __len__(self) -> int:
        return int(self.entries.num_rows)

    def match_columns(
        self,
        md5: pa.Array | None = None,
        sha1: pa.Array | None = None,
        sha256: pa.Array | None = None,
        pdq: pa.Array | None = None,
    ) -> pa.Table:
        """Every (row, entry) whose hashes match, as `MATCHES`; columns are hex text of equal length, nulls allowed."""
        given = {HashKind.MD5: md5, HashKind.SHA1: sha1, HashKind.SHA256: sha256, HashKind.PDQ: pdq}
        parts = [self._matches(kind, column) for kind, column in given.items() if column is not None]
        table = pa.concat_tables([MATCHES.empty_table(), *parts])
        return table.sort_by([("row", "ascending"), ("distance", "ascending"), ("entry", "ascending")])

    def _matches(self, kind: HashKind, column: pa.Array) -> pa.Table:
        hashes, fine = decode(column, DIGITS[kind])
        rows, entries = self.digests[kind].find(hashes[fine])
        told = self.entries.select(["category", "opinion", "source"]).take(pa.array(entries))
        columns = [
            pa.array(np.flatnonzero(fine)[rows]),
            pa.array([str(kind)] * len(rows), pa.string()),
            pa.array(np.zeros(len(rows), np.int32)),
            pa.array(entries),
            *told.columns,
        ]
        return pa.table(columns, schema=MATCHES)


@dataclass(frozen=True, slots=True)
class Digests:
    """The digests of one kind, sorted, each with the entry that it came from."""

    values: npt.NDArray[np.void]
    entries: npt.NDArray[np.int64]

    @classmethod
    def of(cls, entries: pa.Table, kind: HashKind) -> "Digests":
        rows = np.flatnonzero(np.asarray(pc.equal(entries["kind"], str(kind))))
        hashes, fine = decode(entries["value"].take(pa.array(rows)), DIGITS[kind])
        if not fine.all():
            entry = int(rows[np.flatnonzero(~fine)[0]])
            raise BadHashList(
                f"entry {entry} of kind {kind} is not {DIGITS[kind]} hexadecimal digits; "
                "read the list with `read_hash_list`, which sets such rows aside."
            )
        values = _opaque(hashes)
        order = np.argsort(values, kind="stable")
        return cls(values[order], rows[order].astype(np.int64))

    def find(self, hashes: Bytes) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """(query, entry) pairs of equal digests."""
        queries = _opaque(hashes)
        first = np.searchsorted(self.values, queries, "left")
        count = np.searchsorted(self.values, queries, "right") - first
        rows = np.repeat(np.arange(len(queries)), count)
        within = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count)
        return rows, self.entries[np.repeat(first, count) + within]


def _opaque(hashes: Bytes) -> npt.NDArray[np.void]:
    """Each row of bytes as one value that sorts and compares bytewise."""
    return np.ascontiguousarray(hashes).view(np.dtype((np.void, hashes.shape[1]))).reshape(-1)
