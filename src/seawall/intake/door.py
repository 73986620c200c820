"""The door itself: an activity folder in, a lake and a quarantine out."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from seawall.intake.admission import Admission, Count
from seawall.intake.chunk import Chunk
from seawall.intake.columns import Fault, Mask, empty_lists, to_contract
from seawall.intake.feed import Feed, Origin
from seawall.intake.folder import READERS, Source, find_feeds, find_sources, list_folder
from seawall.intake.headers import LISTS
from seawall.intake.jetstream import Jetstream
from seawall.intake.keying import Keying
from seawall.intake.keyset import KeySet
from seawall.intake.mastodon import Mastodon
from seawall.intake.names import Names
from seawall.intake.quarantine import Quarantine, by_reason, read_quarantine
from seawall.intake.sink import Parts
from seawall.records.activity import ADMITTED, Table
from seawall.records.errors import BadActivity
from seawall.records.ids import IdKey

FEED_TYPES: dict[str, Callable[[Sequence[Path], Path], Feed]] = {"jetstream": Jetstream, "mastodon": Mastodon}
Progress = Callable[[str, int], None]


def admit(
    activity: Path, work: Path, key: IdKey, *, plain_ids: bool, now: datetime, progress: Progress | None = None
) -> Admission:
    """Read an activity folder into `work/lake` and `work/quarantine`, ids keyed, every row kept or quarantined.

    `now` decides what lies in the future (one day is allowed). `progress` is told each table and its rows so far.
    With `plain_ids`, `work/lake/names` holds the name behind each key. Raises BadActivity for a folder that
    cannot be admitted as a whole: no accounts, a required column missing, a damaged file.
    """
    paths = list_folder(activity)
    sources = find_sources(paths)
    feeds: list[Feed] = [FEED_TYPES[name](files, activity) for name, files in find_feeds(paths).items()]
    held = frozenset(sources).union(*(feed.tables() for feed in feeds))
    if "accounts" not in held:
        raise BadActivity.missing_accounts(activity, (path.name for path in paths))
    _prepare(work)
    with ExitStack() as stack:
        names = stack.enter_context(Names(work / "lake" / "names", key)) if plain_ids else None
        quarantine = stack.enter_context(Quarantine(work / "quarantine"))
        door = _Door(activity, work / "lake", Keying(key, names), quarantine, names, now, progress)
        for feed in feeds:
            door.refuse(feed.refused)
        tables = {name: door.table(ADMITTED[name], sources.get(name), feeds) for name in ADMITTED if name in held}
    if not tables["accounts"].kept:
        raise BadActivity(_no_account(activity, work, tables["accounts"].rows))
    return Admission(tables, {feed.name: feed.count() for feed in feeds}, tuple(sorted(set(ADMITTED) - held)))


def _no_account(activity: Path, work: Path, rows: int) -> str:
    """What to tell where no account was kept; its quarantine goes with the run that does not come to be."""
    reasons = [f"{count} times: {reason}" for reason, count in by_reason(read_quarantine(work)).items()][:3]
    why = f"Mend {rows} quarantined rows: {'; '.join(reasons)}." if reasons else "Write accounts into it."
    return f"{activity} holds no account that can be used. {why}"


def _prepare(work: Path) -> None:
    """A private work folder without an earlier admission."""
    work.mkdir(parents=True, exist_ok=True, mode=0o700)
    work.chmod(0o700)
    if (work / "lake").exists() or (work / "quarantine").exists():
        raise BadActivity(f"{work} holds another admission. Give a folder of its own to each.")


@dataclass
class _Tally:
    """Counts while a table streams through."""

    kept: int = 0
    quarantined: int = 0
    unknown: set[str] = field(default_factory=set)

    @property
    def rows(self) -> int:
        return self.kept + self.quarantined


@dataclass(frozen=True)
class _Door:
    """Takes tables through, one after the other, accounts first."""

    activity: Path
    lake: Path
    keying: Keying
    quarantine: Quarantine
    names: Names | None
    now: datetime
    progress: Progress | None

    def refuse(self, rows: Iterable[tuple[Origin, str]]) -> None:
        """Quarantine what a feed could not turn into rows."""
        for file, run in groupby(sorted(rows, key=lambda row: (row[0].file, row[0].line)), key=lambda row: row[0].file):
            self.quarantine.refuse(file, *_unzip([(origin.line, reason) for origin, reason in run]))

    def table(self, table: Table, source: Source | None, feeds: Sequence[Feed]) -> Count:
        """Take one table through, from its own files and then from every feed."""
        tally = _Tally()
        unlinked = self.keying.unlinked
        seen = self.keying.accounts if table.name == "accounts" else KeySet()
        with Parts(self.lake / table.name, table.keyed_schema) as parts:
            for chunk in self._chunks(table, source, feeds):
                self._chunk(table, chunk, seen, parts, tally)
                if self.progress is not None:
                    self.progress(table.name, tally.rows)
        unknown = tuple(sorted(tally.unknown))
        lost = self.keying.unlinked - unlinked
        return Count(tally.rows, tally.kept, tally.quarantined, lost, source.bytes if source else 0, unknown)

    def _chunks(self, table: Table, source: Source | None, feeds: Sequence[Feed]) -> Iterator[Chunk]:
        if source is not None:
            for path in source.files:
                yield from READERS[source.format](path, path.relative_to(self.activity).as_posix(), table)
        for feed in feeds:
            if table.name in feed.tables():
                yield from feed.chunks(table)

    def _chunk(self, table: Table, chunk: Chunk, seen: KeySet, parts: Parts, tally: _Tally) -> None:
        rows = len(chunk.lines)
        self.quarantine.refuse(chunk.file, *_unzip(chunk.bad))
        tally.quarantined += len(chunk.bad)
        tally.unknown |= chunk.unknown
        if not rows:
            return
        columns, good = self._check(table, chunk, seen)
        batch = pa.RecordBatch.from_arrays(list(columns.values()), schema=table.keyed_schema)
        kept = batch if good.all() else batch.filter(pa.array(good))
        parts.write(kept)
        if self.names is not None:
            self.names.add_listed(dict(zip(kept.schema.names, kept.columns, strict=True)))
        tally.kept += kept.num_rows
        tally.quarantined += rows - kept.num_rows

    def _check(self, table: Table, chunk: Chunk, seen: KeySet) -> tuple[dict[str, pa.Array], Mask]:
        """The columns as the lake holds them, and the rows that are kept; the others go to the quarantine."""
        columns: dict[str, pa.Array] = {}
        faults: list[Fault] = []
        for column in table.columns:
            found = chunk.columns.get(column.name)
            if found is None:
                found = empty_lists(len(chunk.lines)) if column.type in LISTS else pa.nulls(len(chunk.lines))
            columns[column.name], wrong = to_contract(column, found, self.now)
            faults += wrong
        faults += self.keying.apply(table, columns, _without(faults, len(chunk.lines)), seen)
        good = _without(faults, len(chunk.lines))
        if not good.all():
            rows = np.flatnonzero(~good)
            self.quarantine.refuse(chunk.file, chunk.lines[rows], _first_reasons(faults, rows))
        return columns, good


def _without(faults: Iterable[Fault], rows: int) -> Mask:
    """Rows that no fault marks."""
    good = np.ones(rows, np.bool_)
    for fault in faults:
        good &= ~fault.rows
    return good


def _first_reasons(faults: list[Fault], rows: npt.NDArray[np.int64]) -> list[str]:
    """The first fault of each of these rows, in the order of the checks."""
    first = np.full(len(rows), -1)
    for number, fault in enumerate(faults):
        first[(first < 0) & fault.rows[rows]] = number
    return [faults[number].reason for number in first]


def _unzip(bad: list[tuple[int, str]]) -> tuple[npt.NDArray[np.int64], list[str]]:
    return np.array([line for line, _ in bad], np.int64), [reason for _, reason in bad]
