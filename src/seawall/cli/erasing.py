"""Takes an account out of a run, its guard index and its report."""

import os
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import reduce
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from seawall.guard.index import ACCOUNTS, without_accounts
from seawall.lake.kept_runs import NAMING
from seawall.records.ids import IdKey

ERASED = "erased"
"""What stands for an erased account in the evidence of others."""
GUARD = f"guard/{ACCOUNTS}"


@dataclass
class Erasure:
    """Takes one account out of a run's files, given one after the other in the order of their names.

    `own` is the platform's own id, which stands in runs with plain ids; in others it is keyed with `key`. `rows` counts
    the rows removed from tables.
    """

    key: IdKey
    own: str
    rows: int = 0
    _lost: Counter[str] = field(default_factory=Counter)

    @property
    def names(self) -> tuple[str, ...]:
        """The account's names in files; the report's are escaped."""
        return (f"{self.key.one('account', self.own):016x}", self.own, escape(self.own))

    def of(self, name: str, content: bytes) -> bytes:
        """The content of the file `name`, without the account; the same bytes where it was not there."""
        if name.endswith(".parquet"):
            return self._parquet(name.removesuffix(".parquet"), content)
        if name == GUARD:
            return without_accounts(content, Path(name), self.key, self.key.column("account", pa.array([self.own])))
        if name.startswith("guard/"):
            return content  # keyed ids and sealed terms: no other part of an index names an account
        text = self._unnamed(content.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
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
            naming = [pc.is_in(rows[column], pa.array(self.names)) for column in NAMING[table]]
            theirs = reduce(pc.or_, naming)
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
