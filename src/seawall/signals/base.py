"""Read this first: what a detector is, and how its signals add up.

A detector reads named columns and says what it saw, subject by subject. It is pure: no store, no clock, no network,
so notebooks, Spark and tests call it as it is. Posts are streamed through it: a detector that is `by_row` gives the
same signals for a table as the merged signals of its parts, and one that weighs all texts together is `InParts`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seawall.records import run
from seawall.records.activity import TIME

Tables = Mapping[str, pa.Table]
"""What a detector is given: the tables it reads, by name, with at least the columns it asked for."""

SIGNALS = run.SIGNALS.set(run.SIGNALS.get_field_index("subject_id"), pa.field("subject_id", pa.uint64(), False))
"""Signals with keyed subjects; `seawall.records.run.SIGNALS` is the same with ids written out."""


@dataclass(frozen=True, slots=True)
class Example:
    """A small input; `whats` are the signals that it must give, none for a near miss."""

    says: str
    tables: Tables
    whats: frozenset[str] = frozenset()


class Detector(Protocol):
    """One kind of evidence."""

    name: ClassVar[str]
    version: ClassVar[str]
    by_row: ClassVar[bool]
    reads: ClassVar[Mapping[str, tuple[str, ...]]]
    """The tables and columns that it needs."""

    def detect(self, tables: Tables) -> pa.Table:
        """Signals (`SIGNALS`), one row a subject and `what`."""

    def examples(self) -> Sequence[Example]:
        """Inputs that hit and inputs that nearly do."""


class Reading(Protocol):
    """What a detector has read so far."""

    def add(self, tables: Tables) -> None:
        """Read a part of the tables."""

    def signals(self) -> pa.Table:
        """What `detect` gives for all parts at once."""


@runtime_checkable
class InParts(Detector, Protocol):
    """A detector that weighs all parts together, without holding them."""

    def reading(self) -> Reading:
        """A reading of nothing yet."""


def streamed(detector: Detector, name: str, parts: Iterable[pa.Table]) -> pa.Table:
    """The detector's signals for a table that comes in parts."""
    if not isinstance(detector, InParts):
        return merge(detector.detect({name: part}) for part in parts)
    reading = detector.reading()
    for part in parts:
        reading.add({name: part})
    return reading.signals()


@dataclass(frozen=True, slots=True)
class Sightings:
    """Rows of evidence before they are added up: parallel arrays, one entry a sighting.

    `times` are UTC microseconds, or None where what was seen has no time (a bio, an avatar).
    """

    subjects: npt.NDArray[np.uint64]
    strengths: npt.NDArray[np.float32]
    times: npt.NDArray[np.int64] | None
    evidence: pa.Array


def signals(detector: Detector, what: str, seen: Sightings, subject_kind: str = "account") -> pa.Table:
    """Sightings of one thing as merged signals."""
    n = len(seen.subjects)
    times = pa.nulls(n, TIME) if seen.times is None else pa.array(seen.times, pa.int64()).cast(TIME)
    rows = pa.table(
        [
            _same(subject_kind, n),
            pa.array(seen.subjects, pa.uint64()),
            _same(detector.name, n),
            _same(f"{detector.name}.{what}", n),
            pa.array(seen.strengths, pa.float32()),
            pa.array(np.ones(n, np.int32)),
            times,
            times,
            seen.evidence.cast(pa.string()),
            _same(detector.version, n),
        ],
        schema=SIGNALS,
    )
    return merge([rows])


def same_evidence(text: str, n: int) -> pa.Array:
    """The same evidence for n sightings."""
    return _same(text, n)


def merge(tables: Iterable[pa.Table]) -> pa.Table:
    """Add up signals of the same subject and kind: counts sum, the strongest counts, times widen, order is fixed."""
    rows = pa.concat_tables([SIGNALS.empty_table(), *tables])
    keys = ["subject_kind", "subject_id", "detector", "what", "version"]
    grouped = rows.group_by(keys, use_threads=False).aggregate(
        [("strength", "max"), ("count", "sum"), ("first_at", "min"), ("last_at", "max"), ("evidence", "min")]
    )
    renamed = grouped.rename_columns([name.removesuffix(f"_{how}") for name, how in _suffixes(grouped.column_names)])
    return renamed.select(SIGNALS.names).cast(SIGNALS).sort_by([(key, "ascending") for key in keys[:4]])


def _suffixes(names: Sequence[str]) -> list[tuple[str, str]]:
    return [(name, name.rsplit("_", 1)[-1] if name.endswith(("_max", "_sum", "_min")) else "") for name in names]


def _same(text: str, n: int) -> pa.Array:
    return pc.cast(pa.repeat(text, n), pa.string())


def keyed(table: pa.Table, column: str) -> npt.NDArray[np.uint64]:
    """A keyed id column as an array."""
    ids: npt.NDArray[np.uint64] = table[column].to_numpy().astype(np.uint64, copy=False)
    return ids


def micros(table: pa.Table, column: str) -> npt.NDArray[np.int64]:
    """A time column as UTC microseconds; a null is 0."""
    times: npt.NDArray[np.int64] = pc.fill_null(table[column].cast(pa.int64()), 0).to_numpy()
    return times
