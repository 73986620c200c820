"""Sets of keyed ids, each with a sealed row: one look at one place.

Open addressing with the ids in order: an id's home is its value scaled to the table, and ids that crowd move on to the
next slots. Since the ids are keyed hashes they are spread evenly, so almost every answer, also "not here", is found on
the first line of cache. Order makes the table the same bytes whatever order its ids came in.
"""

# Kernels are typed by numba when they compile; mypy and ruff read them as plain Python.
# mypy: disable-error-code="operator,arg-type,assignment,type-var"

from dataclasses import dataclass
from typing import Any, Self

import numba as nb
import numpy as np
import numpy.typing as npt

from seawall.guard.secrets import all_masks
from seawall.guard.section import Section, padded

Words = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.uint32]

_LOAD = 0.7
SPARE = 255
"""Slots behind the last home, for ids that crowd there."""
_LAST = np.uint64(0xFFFFFFFFFFFFFFFF)
"""Ends every table, so that no search runs out of it; no id hashes to it."""

words_type = nb.types.Array(nb.uint64, 1, "C", readonly=True)
rows_type = nb.types.Array(nb.uint32, 1, "C", readonly=True)
"""How kernels that are compiled beforehand see a table: read-only, as a mapped file is."""


def frozen(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A read-only view: numba then compiles a kernel once, for mapped files and for arrays in memory."""
    view = array.view()
    view.flags.writeable = False
    return view


@dataclass(frozen=True, slots=True)
class Table:
    """`keys` [slots + 1] of hashed ids, 0 in an empty slot; `rows` [slots + 1], masked, of no meaning without the key.

    Slots include the spare ones. `count` ids are held; a set without rows has one row only.
    """

    keys: Words
    rows: Rows
    count: int

    @classmethod
    def build(cls, hashed: Words, rows: Rows | None, words: Words) -> Self:
        """A table of distinct hashed ids and their rows, in any order, sealed under the key words of their kind."""
        return cls.plain(hashed, None if rows is None else rows ^ all_masks(frozen(hashed), words))

    @classmethod
    def plain(cls, hashed: Words, rows: Rows | None) -> Self:
        """A table whose rows are kept as they are."""
        order = np.argsort(hashed, kind="stable")
        ids = hashed[order]
        slots = int(len(ids) / _LOAD) + 8
        rank = np.arange(len(ids))
        home = ((ids >> np.uint64(32)) * np.uint64(slots) >> np.uint64(32)).astype(np.int64)
        place = np.maximum.accumulate(home - rank) + rank if len(ids) else rank
        size = slots + SPARE
        keys = np.zeros(size + 1, np.uint64)
        keys[place] = ids
        keys[size] = _LAST
        sealed = np.zeros(1 if rows is None else size + 1, np.uint32)
        if rows is not None:
            sealed[place] = rows[order]
        return cls(frozen(keys), frozen(sealed), len(ids))

    @classmethod
    def of(cls, section: Section) -> Self:
        """The table in a section, on the file's own pages."""
        count, size, rows, _ = section.facts
        return cls(section.body[:size], section.body[size:].view(np.uint32)[:rows], count)

    @property
    def parts(self) -> list[Words]:
        """The words of the table's section."""
        return [self.keys, padded(self.rows)]

    @property
    def facts(self) -> tuple[int, int, int]:
        """The numbers of the table's section."""
        return self.count, len(self.keys), len(self.rows)

    def entries(self, words: Words) -> tuple[Words, Rows]:
        """Every hashed id in order, and its row unsealed."""
        places = np.flatnonzero((self.keys != 0) & (self.keys != _LAST))
        ids = frozen(self.keys[places])
        return ids, (self.rows[places] ^ all_masks(ids, words) if len(self.rows) > 1 else np.zeros(len(ids), np.uint32))


@nb.njit(inline="always")
def home_of(hashed, keys):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The slot where a hashed id is first looked for."""
    slots = np.uint64(len(keys) - SPARE - 1)
    return ((hashed >> np.uint64(32)) * slots) >> np.uint64(32)


@nb.njit(inline="always")
def place_of(hashed, keys):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The slot of a hashed id, -1 where the table does not hold it."""
    at = home_of(hashed, keys)
    while keys[at] != 0 and keys[at] < hashed:
        at += np.uint64(1)
    return np.int64(at) if keys[at] == hashed else np.int64(-1)


@nb.njit(nb.boolean(words_type, nb.uint64), cache=True)
def holds(keys, hashed):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Whether a table holds a hashed id."""
    return place_of(hashed, keys) >= 0
