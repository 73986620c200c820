"""What a feed is: a wire format that becomes rows of the contract."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Protocol

import msgspec
import numpy as np

from seawall.intake.admission import Count
from seawall.intake.chunk import Chunk
from seawall.intake.lines import row_type, to_columns
from seawall.records.activity import TABLES, Table


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a row comes from: a file and its 1-based line."""

    file: str
    line: int


Row = tuple[str, dict[str, Any]]
"""A table's name and the row's columns by name, ids and times as text."""


class Feed(Protocol):
    """Reads the files of one wire format; the door takes its rows like those of any file."""

    @property
    def name(self) -> str: ...

    @property
    def refused(self) -> Sequence[tuple[Origin, str]]:
        """What could not be turned into rows, and why."""
        ...

    def count(self) -> Count:
        """Frames or entities read, kept and refused."""
        ...

    def tables(self) -> frozenset[str]:
        """The contract's tables that this feed holds rows of."""
        ...

    def chunks(self, table: Table) -> Iterator[Chunk]:
        """The feed's rows of one table."""
        ...


def to_chunks(table: Table, rows: Iterable[tuple[Origin, Mapping[str, Any]]]) -> Iterator[Chunk]:
    """Chunks of these rows, one for each run of rows from the same file."""
    make = row_type(TABLES[table.name])
    for file, run in groupby(rows, key=lambda pair: pair[0].file):
        pairs = list(run)
        structs: list[msgspec.Struct] = [make(**row) for _, row in pairs]
        lines = np.array([origin.line for origin, _ in pairs], np.int64)
        yield Chunk(file, lines, to_columns(structs, table))
