"""Finds the tables that an activity folder holds, and their files."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from seawall.intake.chunk import Reader
from seawall.intake.comma import read_csv
from seawall.intake.lines import read_lines
from seawall.intake.parquet import read_parquet
from seawall.records.activity import ADMITTED
from seawall.records.errors import BadActivity

READERS: dict[str, Reader] = {
    ".parquet": read_parquet,
    ".jsonl": read_lines,
    ".jsonl.gz": read_lines,
    ".csv": read_csv,
    ".csv.gz": read_csv,
}


FEEDS: dict[str, tuple[str, ...]] = {"jetstream": (".jsonl", ".jsonl.gz"), "mastodon": (".json",)}


@dataclass(frozen=True, slots=True)
class Source:
    """The files of one table, in the order in which they are read; `format` is their common ending."""

    table: str
    format: str
    files: tuple[Path, ...]

    @property
    def bytes(self) -> int:
        return sum(path.stat().st_size for path in self.files)


def list_folder(folder: Path) -> list[Path]:
    """What a folder holds, by name; raises BadActivity where it cannot be listed or is empty."""
    try:
        found = sorted(Path(entry.path) for entry in os.scandir(folder))
    except FileNotFoundError as error:
        raise BadActivity(f"{folder} does not exist. Give the folder that holds accounts.parquet.") from error
    except NotADirectoryError as error:
        raise BadActivity(f"{folder} is a file. Give the folder that holds accounts.parquet.") from error
    except OSError as error:
        raise BadActivity(
            f"{folder} cannot be read ({error.strerror}). Let the user that runs seawall read it."
        ) from error
    if not found:
        raise BadActivity(f"{folder} is empty. Put accounts.parquet, accounts.jsonl or accounts.csv into it.")
    return found


def find_sources(paths: Iterable[Path]) -> dict[str, Source]:
    """The source of each table that is among these paths; raises BadActivity for a table given twice."""
    paths = list(paths)
    sources: dict[str, Source] = {}
    for table in ADMITTED:
        found = [source for path in paths if (source := _source(table, path))]
        if len(found) > 1:
            names = ", ".join(source.files[0].name for source in found)
            raise BadActivity(f"The table {table} is there more than once: {names}. Keep one of them.")
        sources.update({table: found[0]} if found else {})
    return sources


def find_feeds(paths: Iterable[Path]) -> dict[str, list[Path]]:
    """The recordings of each feed: `jetstream*.jsonl`, `mastodon*.json`, or what a folder so named holds."""
    found: dict[str, list[Path]] = {}
    for path in paths:
        for feed, endings in FEEDS.items():
            if path.name == feed and path.is_dir():
                found.setdefault(feed, []).extend(p for p in list_folder(path) if p.name.endswith(endings))
            elif path.name.startswith(feed) and path.name.endswith(endings):
                found.setdefault(feed, []).append(path)
    return found


def _source(table: str, path: Path) -> Source | None:
    if path.name == table and path.is_dir():
        parts = tuple(part for part in list_folder(path) if part.suffix == ".parquet")
        if not parts:
            raise BadActivity(f"{path} holds no Parquet parts. A table's folder holds *.parquet files.")
        return Source(table, ".parquet", parts)
    ending = path.name.removeprefix(table)
    return Source(table, ending, (path,)) if path.name != ending and ending in READERS else None
