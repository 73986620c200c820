"""Runs that are kept: found again, told apart, removed."""

import os
import shutil
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

NAMING: dict[str, tuple[str, ...]] = {
    "signals": ("subject_id",),
    "findings": ("subject_id",),
    "members": ("account_id",),
    "returns": ("account_id", "returned_from"),
    "sample": ("account_id",),
    "spread_media": ("account_id",),
}
"""The columns of each table of a run that name accounts."""


def is_run(folder: Path) -> bool:
    """Whether a folder is one that `seawall run` wrote."""
    try:
        return "seawall_version" in msgspec.json.decode((folder / "summary.json").read_bytes())
    except (OSError, TypeError, msgspec.DecodeError):
        return False


def find_runs(folder: Path) -> Iterator[Path]:
    """The run folders in a folder and below it, itself included; links are not followed."""
    for place, folders, _ in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        if is_run(Path(place)):
            folders.clear()
            yield Path(place)


def made_at(run: Path) -> datetime:
    """When a run was made: summary.json is written last."""
    return datetime.fromtimestamp((run / "summary.json").stat().st_mtime, UTC)


def remove_run(run: Path) -> None:
    """Remove a run folder; a killed removal leaves no half run under its name, and the next run there ends it."""
    hidden = run.with_name(f".{run.name}.partial-{os.getpid()}")
    run.rename(hidden)
    shutil.rmtree(hidden)


def names_any(run: Path, accounts: Iterable[str]) -> bool:
    """Whether a run says anything of one of these accounts."""
    wanted = pa.array(sorted(accounts), pa.string())
    tables = ((run / f"{table}.parquet", column) for table, columns in NAMING.items() for column in columns)
    found = (pq.read_table(path, columns=[column])[column] for path, column in tables if path.is_file())
    return any(pc.any(pc.is_in(column, wanted)).as_py() for column in found)
