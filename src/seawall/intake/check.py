"""Says what an activity folder holds, and what it lacks."""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from seawall.intake.admission import Count
from seawall.intake.comma import csv_columns
from seawall.intake.door import FEED_TYPES
from seawall.intake.folder import FEEDS, READERS, Source, find_feeds, find_sources, list_folder
from seawall.intake.headers import must_have, unknown_columns
from seawall.intake.lines import open_bytes
from seawall.intake.parquet import parquet_columns, unreadable
from seawall.records.activity import ADMITTED, TABLES

_SAMPLE = 1000
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Found:
    """One table that is there; `rows` counts lines where the format has no row count, so it is a guide there."""

    table: str
    format: str
    rows: int
    columns: tuple[str, ...]
    unknown: tuple[str, ...]
    lacking: tuple[str, ...]  # required columns that are missing

    def line(self) -> str:
        """What was found, in a line for people."""
        text = f"{self.table}: {self.rows:,} rows ({self.format.removeprefix('.')})"
        text += f"; lacks {', '.join(self.lacking)}: cannot be used" if self.lacking else ""
        return text + (f"; left aside: {', '.join(self.unknown)}" if self.unknown else "")


@dataclass(frozen=True, slots=True)
class Survey:
    """What is there, what is missing, and what is not looked at; `missing` maps a table to what it would add."""

    folder: Path
    found: tuple[Found, ...]
    feeds: dict[str, Count]
    missing: dict[str, str]
    ignored: tuple[str, ...]

    @property
    def usable(self) -> bool:
        """Whether a run can start: accounts are there, from a table or a feed, and no table lacks a column."""
        bare = any(found.table == "accounts" and not found.rows for found in self.found) and not self.feeds
        return "accounts" not in self.missing and not bare and not any(found.lacking for found in self.found)

    def lines(self) -> list[str]:
        """The survey for people, one fact a line."""
        feeds = [
            f"{name}: {count.rows:,} events or answers, {count.quarantined:,} of no use"
            for name, count in self.feeds.items()
        ]
        missing = [f"{table}: missing; it would add {adds}" for table, adds in self.missing.items()]
        ignored = [
            f"not read: {', '.join(self.ignored)}; a table is named TABLE.parquet, TABLE.jsonl or TABLE.csv"
            for _ in self.ignored[:1]
        ]
        return [*(found.line() for found in self.found), *feeds, *missing, *ignored]


def survey(activity: Path) -> Survey:
    """Look at a folder without admitting anything; raises BadActivity where it or a file in it cannot be read."""
    paths = list_folder(activity)
    sources, recordings = find_sources(paths), find_feeds(paths)
    feeds = [FEED_TYPES[name](files, activity) for name, files in recordings.items()]
    held = frozenset(sources).union(*(feed.tables() for feed in feeds))
    used = {path.name for source in sources.values() for path in source.files} | set(sources) | set(FEEDS)
    used |= {path.name for files in recordings.values() for path in files}
    ignored = tuple(path.name for path in paths if path.name not in used and not _is_known(path.name))
    missing = {name: table.adds for name, table in ADMITTED.items() if name not in held}
    found = tuple(_look(source) for source in sources.values())
    return Survey(activity, found, {feed.name: feed.count() for feed in feeds}, missing, ignored)


def _is_known(name: str) -> bool:
    """Whether it is a table that the contract has, whoever reads it; `posts.json` is none."""
    table, dot, ending = name.partition(".")
    return table in TABLES and (not dot or f".{ending}" in READERS)


def _look(source: Source) -> Found:
    table = ADMITTED[source.table]
    looked = [_columns_and_rows(path, source.format) for path in source.files]
    columns, rows = looked[0][0], sum(rows for _, rows in looked)
    nameless = source.format.startswith(".jsonl") and not columns  # no row, so no column that could be missing
    lacking = tuple(c.name for c in table.columns if must_have(c) and c.name not in columns and not nameless)
    return Found(
        table.name, source.format, rows, tuple(columns), tuple(sorted(unknown_columns(columns, table))), lacking
    )


def _columns_and_rows(path: Path, ending: str) -> tuple[list[str], int]:
    if ending == ".parquet":
        return parquet_columns(path)
    if ending.startswith(".csv"):
        return csv_columns(path), max(0, _lines(path) - 1)
    return _keys(path), _lines(path)


def _lines(path: Path) -> int:
    try:
        with open_bytes(path) as file:
            return sum(block.count(b"\n") for block in iter(lambda: file.read(_BLOCK), b""))
    except (OSError, EOFError) as error:
        raise unreadable(path, error) from error


def _keys(path: Path) -> list[str]:
    """The keys of the first lines of a JSON lines file, in the order of their first use."""
    decode = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
    keys: dict[str, None] = {}
    try:
        with open_bytes(path) as file:
            for _, line in zip(range(_SAMPLE), file, strict=False):
                try:
                    keys.update(dict.fromkeys(decode(line)))
                except (msgspec.DecodeError, UnicodeDecodeError):
                    continue  # the door will quarantine it
    except (OSError, EOFError) as error:
        raise unreadable(path, error) from error
    return list(keys)
