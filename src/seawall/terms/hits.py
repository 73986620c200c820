"""Hits: which term stands where in which text, through which disguise."""

from dataclasses import dataclass, fields
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from seawall.terms.alphabet import Disguise
from seawall.terms.reading import BITS, COST, END, LANE, MILLI, ROW, START, TERM


class Lane(StrEnum):
    """How a hit was found: as written, through look, through one edit, or through sound."""

    EXACT = "exact"
    VISUAL = "visual"
    EDIT = "edit"
    PHONETIC = "phonetic"


LANES = tuple(Lane)


@dataclass(frozen=True, slots=True)
class Hit:
    """One term in one text: bytes [start, end) of the original, the disguises undone, and their cost."""

    term: int
    start: int
    end: int
    lane: Lane
    disguises: tuple[str, ...]
    cost: float


@dataclass(frozen=True, slots=True)
class Hits:
    """Hits in a column, in the order of its rows; every array has shape (hits,).

    `start` and `end` are byte offsets into the UTF-8 of that row, `lane` indexes `LANES`, `disguise` is a bit set over
    `terms.alphabet.Disguise`, `cost` is 0 for the term as written.
    """

    row: npt.NDArray[np.int64]
    term: npt.NDArray[np.int64]
    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    lane: npt.NDArray[np.int8]
    disguise: npt.NDArray[np.int32]
    cost: npt.NDArray[np.float32]

    @classmethod
    def of(cls, found: npt.NDArray[np.int64]) -> "Hits":
        """Rows of the reading kernel, shape (hits, 7), as columns."""
        return cls(
            found[:, ROW],
            found[:, TERM],
            found[:, START],
            found[:, END],
            found[:, LANE].astype(np.int8),
            found[:, BITS].astype(np.int32),
            (found[:, COST] / MILLI).astype(np.float32),
        )

    def where(self, mask: npt.NDArray[np.bool_]) -> "Hits":
        """Those of the mask, shape (hits,)."""
        return Hits(*(getattr(self, field.name)[mask] for field in fields(self)))

    def __len__(self) -> int:
        return len(self.row)


def disguises_of(bits: int) -> tuple[str, ...]:
    """The names of the disguises in a bit set."""
    return tuple(disguise.name.lower() for disguise in Disguise if disguise and bits >> disguise & 1)
