"""What becomes of runs later: old ones purged, an account erased."""

import os
import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

NAMING = {"signals": "subject_id", "findings": "subject_id", "members": "account_id"}
"""The column of each table of a run that names accounts."""
ERASED = "erased"
"""What stands for an erased account in the evidence of others."""


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
    tables = ((run / f"{table}.parquet", column) for table, column in NAMING.items())
    found = (pq.read_table(path, columns=[column])[column] for path, column in tables if path.is_file())
    return any(pc.any(pc.is_in(column, wanted)).as_py() for column in found)


@dataclass
class Erasure:
    """Takes one account out of a run's files, given one after the other in the order of their names.

    `keyed` is its keyed id, `own` the platform's own, which stands in runs with plain ids. `rows` counts the rows
    removed; `stuck` lists the files that hold the id in a form that cannot be changed, such as a guard index.
    """

    keyed: int
    own: str
    rows: int = 0
    stuck: list[str] = field(default_factory=list)
    _lost: Counter[str] = field(default_factory=Counter)

    @property
    def names(self) -> tuple[str, ...]:
        """The account's names in files; the report's are escaped."""
        return (f"{self.keyed:016x}", self.own, escape(self.own))

    def of(self, name: str, content: bytes) -> bytes:
        """The content of the file `name`, without the account; the same bytes where it was not there."""
        if name.endswith(".parquet"):
            return self._parquet(name.removesuffix(".parquet"), content)
        text = self._unnamed(content.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        if self.keyed.to_bytes(8, "little") in text:
            self.stuck.append(name)
        if name == "summary.json" and self.rows:
            summary = msgspec.json.decode(text)
            summary[ERASED] = summary.get(ERASED, 0) + 1
            text = msgspec.json.format(msgspec.json.encode(summary), indent=2) + b"\n"
        return text

    def _unnamed(self, text: str) -> str:
        names = "|".join(map(re.escape, sorted(self.names, key=len, reverse=True)))
        return re.sub(rf"(?<![\w.-])(?:{names})(?![\w-]|\.\w)", ERASED, text)

    def _parquet(self, table: str, content: bytes) -> bytes:
        before = rows = pq.read_table(BytesIO(content))
        if table in NAMING:
            theirs = pc.is_in(rows[NAMING[table]], pa.array(self.names))
            if "subject_kind" in rows.column_names:
                theirs = pc.and_(theirs, pc.equal(rows["subject_kind"], "account"))
            if table == "members":
                self._lost.update(rows["network_id"].filter(theirs).to_pylist())
            rows = rows.filter(pc.invert(theirs))
            self.rows += before.num_rows - rows.num_rows
        elif table == "networks" and self._lost:
            pairs = zip(rows["network_id"].to_pylist(), rows["members"].to_pylist(), strict=True)
            rows = _with(rows, "members", [members - self._lost[network] for network, members in pairs])
        for name in ("evidence", "reason"):
            if name in rows.column_names:
                rows = _with(rows, name, [text and self._unnamed(text) for text in rows[name].to_pylist()])
        if rows.equals(before):
            return content
        out = BytesIO()
        pq.write_table(rows, out, compression="zstd")
        return out.getvalue()


def _with(table: pa.Table, name: str, values: list[Any]) -> pa.Table:
    at = table.column_names.index(name)
    return table.set_column(at, table.schema.field(at), pa.array(values, table.schema.field(at).type))


def erase_from_run(run: Path, erasure: Erasure) -> None:
    """Take an account out of a run folder, file by file; the run keeps its age. Once killed, it can be repeated."""
    for path in sorted(run.rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        content = path.read_bytes()
        without = erasure.of(path.relative_to(run).as_posix(), content)
        if without != content:
            times = path.stat()
            partial = path.with_name(f".{path.name}.partial")
            partial.write_bytes(without)
            partial.chmod(0o600)
            os.utime(partial, ns=(times.st_atime_ns, times.st_mtime_ns))
            partial.replace(path)
