"""Known media: whole columns of hashes matched against hash lists."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seawall.hashes.entries import DIGESTS, DIGITS, HASH_LIST, THRESHOLD, HashKind, Opinion
from seawall.hashes.hexadecimal import Bytes, decode, words
from seawall.hashes.nearest import NearHashes
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
    near: NearHashes
    threshold: int

    @classmethod
    def of(cls, *lists: pa.Table, threshold: int = THRESHOLD) -> "KnownMedia":
        """Known media of hash lists with the columns of `HASH_LIST`; `threshold` is the largest PDQ distance."""
        entries = pa.concat_tables([HASH_LIST.empty_table(), *lists]).combine_chunks()
        rows, hashes = _hashes_of(entries, HashKind.PDQ)
        near = NearHashes.of(words(hashes), rows)
        return cls(entries, {kind: Digests.of(entries, kind) for kind in DIGESTS}, near, threshold)

    def __len__(self) -> int:
        return int(self.entries.num_rows)

    def match_columns(
        self,
        md5: pa.Array | None = None,
        sha1: pa.Array | None = None,
        sha256: pa.Array | None = None,
        pdq: pa.Array | None = None,
    ) -> pa.Table:
        """Every (row, entry) whose hashes match, as `MATCHES`; columns are hex text of equal length, nulls allowed.

        Digests match by equality, PDQ within the threshold. Text that is no hash matches nothing.
        """
        given = {HashKind.MD5: md5, HashKind.SHA1: sha1, HashKind.SHA256: sha256, HashKind.PDQ: pdq}
        parts = [self._matches(kind, column) for kind, column in given.items() if column is not None]
        table = pa.concat_tables([MATCHES.empty_table(), *parts])
        return table.sort_by([("row", "ascending"), ("distance", "ascending"), ("entry", "ascending")])

    def _matches(self, kind: HashKind, column: pa.Array) -> pa.Table:
        hashes, fine = decode(column, DIGITS[kind])
        if kind is HashKind.PDQ:
            found = self.near.search(words(hashes[fine]), self.threshold)
            rows, entries, distances = found[:, 0], found[:, 1], found[:, 2]
        else:
            rows, entries = self.digests[kind].find(hashes[fine])
            distances = np.zeros(len(rows), np.int64)
        told = self.entries.select(["category", "opinion", "source"]).take(pa.array(entries))
        columns = [
            pa.array(np.flatnonzero(fine)[rows]),
            pa.array(np.full(len(rows), str(kind), object), pa.string()),
            pa.array(distances.astype(np.int32)),
            pa.array(entries),
            *told.columns,
        ]
        return pa.table(columns, schema=MATCHES)


def resolve(matches: pa.Table) -> pa.Table:
    """One row a file, as `MATCHES`: what its matches come to when lists disagree.

    The nearest match counts, and among equally near ones the more severe opinion. A negative entry at least as near
    as every other clears the file: a bank of known innocent files protects their copies.
    """
    if matches.num_rows == 0:
        return matches
    order = {str(Opinion.NEGATIVE): 0, str(Opinion.POSITIVE): 1, str(Opinion.SEED): 2}
    rank = pa.array([order[opinion] for opinion in matches["opinion"].to_pylist()], pa.int8())
    ranked = matches.append_column("rank", rank)
    keys = [("row", "ascending"), ("distance", "ascending"), ("rank", "ascending"), ("entry", "ascending")]
    rows = ranked.sort_by(keys).drop_columns("rank")
    told = np.asarray(rows["row"])
    return rows.filter(pa.array(np.append(True, told[1:] != told[:-1])))


def _hashes_of(entries: pa.Table, kind: HashKind) -> tuple[npt.NDArray[np.int64], Bytes]:
    """Rows of the entries of one kind, and their hashes."""
    rows = np.flatnonzero(np.asarray(pc.equal(entries["kind"], str(kind)))).astype(np.int64)
    hashes, fine = decode(entries["value"].take(pa.array(rows)), DIGITS[kind])
    if not fine.all():
        entry = int(rows[np.flatnonzero(~fine)[0]])
        raise BadHashList(
            f"entry {entry} of kind {kind} is not {DIGITS[kind]} hexadecimal digits; "
            "read the list with `read_hash_list`, which sets such rows aside."
        )
    return rows, hashes


@dataclass(frozen=True, slots=True)
class Digests:
    """The digests of one kind, sorted, each with the entry that it came from."""

    values: npt.NDArray[np.void]
    entries: npt.NDArray[np.int64]

    @classmethod
    def of(cls, entries: pa.Table, kind: HashKind) -> "Digests":
        rows, hashes = _hashes_of(entries, kind)
        values = _opaque(hashes)
        order = np.argsort(values, kind="stable")
        return cls(values[order], rows[order])

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
