"""Replaces the text ids of rows by keyed ones, and checks them."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seawall.intake.columns import Fault, Mask, list_parts, lists
from seawall.intake.keyset import ABSENT, COLLIDES, PRESENT, KeySet
from seawall.intake.names import Names
from seawall.intake.normal import normal_links, normal_tags
from seawall.records.activity import Column, Table, Type
from seawall.records.ids import IdKey

ID_KINDS = {"tag": "hashtag"}
"""Choices of a `kind_from` column that name another kind of id."""
_NORMAL = {"hashtag": normal_tags, "link": normal_links}

Keys = npt.NDArray[np.uint64]


class Keying:
    """Keys the ids of an activity: knows the accounts that were kept, and the key."""

    def __init__(self, key: IdKey, names: Names | None) -> None:
        self._key, self._names = key, names
        self.accounts = KeySet()
        self.unlinked = 0

    def apply(self, table: Table, columns: dict[str, pa.Array], good: Mask, seen: KeySet) -> list[Fault]:
        """Replace keyed columns in place and return what is wrong with their rows.

        `good` marks the rows without a fault so far; only they can make a later row a duplicate.
        """
        good = good.copy()
        faults = []
        for column in (c for c in table.columns if c.keyed and c is not table.id):
            for fault in self._reference(column, columns):
                faults.append(fault)
                good &= ~fault.rows
        if table.id is not None:
            faults += self._id(table.id, columns, good, seen)
        return faults

    def _id(self, column: Column, columns: dict[str, pa.Array], good: Mask, seen: KeySet) -> list[Fault]:
        texts = columns[column.name]
        keys = self._key.column(column.kind, texts)
        was = seen.add(keys, self._key.check_column(column.kind, texts), good)
        columns[column.name] = pa.array(keys)
        if self._names is not None and column.kind in {"account", "media"}:
            fresh = pa.array(good & (was == ABSENT))
            self._names.add(column.kind, pa.array(keys).filter(fresh), texts.filter(fresh))
        return [
            Fault(was == PRESENT, f"{column.name} repeats that of an earlier row"),
            Fault(was == COLLIDES, f"{column.name} has the keyed id of another one (a collision)"),
        ]

    def _reference(self, column: Column, columns: dict[str, pa.Array]) -> Iterator[Fault]:
        if column.type is Type.REFERENCES:
            columns[column.name] = self._list(column, columns[column.name])
        elif column.kind_from:
            yield from self._by_kind(column, columns)
        else:
            columns[column.name], faults = self._single(column, columns[column.name])
            yield from faults

    def _single(self, column: Column, texts: pa.Array) -> tuple[pa.Array, list[Fault]]:
        keys = self._key.column(column.kind, texts)
        absent = np.asarray(texts.is_null())
        if column.kind != "account":
            return pa.array(keys, mask=absent), []
        found = self.accounts.find(keys, self._key.check_column(column.kind, texts))
        lost = (found != PRESENT) & ~absent
        if column.nullable:
            self.unlinked += int(lost.sum())
            return pa.array(keys, mask=absent | lost), []
        return pa.array(keys), _lost(column, found, lost)

    def _list(self, column: Column, texts: pa.Array) -> pa.Array:
        counts, items = list_parts(texts)
        keys = pa.array(self._key.column(column.kind, items))
        if column.kind != "account":
            return lists(counts, keys)
        known = self.accounts.find(np.asarray(keys), self._key.check_column(column.kind, items)) == PRESENT
        self.unlinked += int((~known).sum())
        owner = np.repeat(np.arange(len(counts)), counts)
        return lists(np.bincount(owner[known], minlength=len(counts)), keys.filter(pa.array(known)))

    def _by_kind(self, column: Column, columns: dict[str, pa.Array]) -> Iterator[Fault]:
        kinds, texts = columns[column.kind_from], columns[column.name]
        keys = np.zeros(len(texts), np.uint64)
        for kind in sorted(pc.unique(kinds.drop_null()).to_pylist()):
            rows = np.asarray(pc.fill_null(pc.equal(kinds, kind), False))
            id_kind = ID_KINDS.get(kind, kind)
            named = _NORMAL.get(id_kind, lambda array: array)(texts.filter(pa.array(rows)))
            keys[rows] = self._key.column(id_kind, named)
            if id_kind == "account":
                found = np.full(len(texts), PRESENT, np.int8)
                found[rows] = self.accounts.find(keys[rows], self._key.check_column(id_kind, named))
                yield from _lost(column, found, found != PRESENT)
        columns[column.name] = pa.array(keys)


def _lost(column: Column, found: npt.NDArray[np.int8], lost: Mask) -> list[Fault]:
    return [
        Fault(lost & (found == ABSENT), f"{column.name} names no account that was admitted"),
        Fault(lost & (found == COLLIDES), f"{column.name} has the keyed id of another account (a collision)"),
    ]
