"""A stretch of rows as a file gave them, before any check."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from seawall.records.activity import Table

ROWS = 1 << 17
"""Rows in a chunk: large enough to vectorise, small enough for a laptop."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows of one file: each column as found, and the lines that could not be read as a row at all.

    `lines` has one 1-based number a row; every array in `columns` has the same length. `bad` is (line, reason).
    """

    file: str
    lines: npt.NDArray[np.int64]
    columns: dict[str, pa.Array]
    bad: list[tuple[int, str]] = field(default_factory=list)
    unknown: frozenset[str] = frozenset()


class Reader(Protocol):
    """Streams the chunks of one file; `name` is what quarantine rows call it."""

    def __call__(self, path: Path, name: str, table: Table) -> Iterator[Chunk]: ...
