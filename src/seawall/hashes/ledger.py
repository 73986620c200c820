"""The ledger of banks, also read beside the process that changes it."""

import contextlib
import hashlib
import math
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
import pyarrow as pa

from seawall.hashes.entries import HASH_LIST
from seawall.records.errors import BadInput, Damaged, Unavailable, UnknownVersion

LEDGER = "ledger.sqlite"
"""The file of a banks' folder that says what stands."""

VERSION = 2
TABLES = """
CREATE TABLE IF NOT EXISTS banks (name TEXT PRIMARY KEY, matching REAL NOT NULL DEFAULT 1.0);
CREATE TABLE IF NOT EXISTS entries (
  entry INTEGER PRIMARY KEY AUTOINCREMENT, bank TEXT NOT NULL, kind TEXT NOT NULL, value TEXT,
  category TEXT NOT NULL, opinion TEXT NOT NULL, source TEXT NOT NULL, reference TEXT NOT NULL, added_at TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'standing', pending INTEGER NOT NULL DEFAULT 1);
CREATE UNIQUE INDEX IF NOT EXISTS once ON entries (bank, source, reference, kind, value) WHERE state != 'withdrawn';
CREATE INDEX IF NOT EXISTS by_value ON entries (kind, value) WHERE state = 'standing';
CREATE INDEX IF NOT EXISTS undone ON entries (pending) WHERE pending = 1;
CREATE TABLE IF NOT EXISTS notices (at TEXT NOT NULL, entry INTEGER NOT NULL, text TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS checkpoints (exchange TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS pauses (entry INTEGER PRIMARY KEY, until REAL NOT NULL);
"""
AWAKE = "state = 'standing' AND NOT EXISTS (SELECT 1 FROM pauses p WHERE p.entry = entries.entry AND p.until > ?)"
"""What an entry must be to match; the parameter is the time in Unix seconds."""

_ROWS = 1 << 16
_LAST = (1 << 63) - 1


@contextlib.contextmanager
def opened(folder: Path, mode: str = "ro") -> Iterator[sqlite3.Connection]:
    """The ledger of a banks' folder while another process may change it; `mode` is ro or rw.

    Raises `BadInput` where there is none, `Damaged` and `UnknownVersion` for one that cannot be read.
    """
    path = Path(folder) / LEDGER
    if not path.exists():
        raise BadInput(f"{folder} holds no banks; `seawall hashes add` begins some.")
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=30, isolation_level=None)
    try:
        check_version(connection, path)
        yield connection
    except sqlite3.OperationalError as error:
        raise Unavailable(f"{path} cannot be opened now ({error}); try again.") from error
    except sqlite3.DatabaseError as error:
        raise Damaged(f"{path} cannot be read ({error}); bring back its last backup.") from error
    finally:
        connection.close()


def check_version(ledger: sqlite3.Connection, path: Path) -> None:
    """Raise `UnknownVersion` for a ledger of another version; 0 is a new one, and 1 had no pauses."""
    found = int(ledger.execute("PRAGMA user_version").fetchone()[0])
    if found not in {0, 1, VERSION}:
        raise UnknownVersion.of(str(path), found, VERSION)


def standing(folder: Path, *, after: int = 0, up_to: int | None = None) -> pa.Table:
    """The entries with numbers above `after`, up to `up_to`, that match now, as `HASH_LIST`."""
    query = (
        f"SELECT {', '.join(HASH_LIST.names)} FROM entries WHERE {AWAKE} AND entry > ? AND entry <= ? ORDER BY entry"  # noqa: S608
    )
    with opened(folder) as ledger:
        rows = ledger.execute(query, (time.time(), after, _LAST if up_to is None else up_to))
        batches = [_batch(some) for some in iter(lambda: rows.fetchmany(_ROWS), [])]
    return pa.Table.from_batches(batches, HASH_LIST)


def digest_of(folder: Path) -> str:
    """SHA-256 of what stands: equal banks have the same."""
    told = hashlib.sha256()
    for batch in standing(folder).to_batches():
        told.update(msgspec.json.encode(batch.to_pylist()))
    return told.hexdigest()


def newest(folder: Path) -> int:
    """The number of the entry that arrived last, or 0."""
    with opened(folder) as ledger:
        return int(ledger.execute("SELECT COALESCE(MAX(entry), 0) FROM entries").fetchone()[0])


def entry_of(folder: Path, entry: int) -> tuple[str, str, str, str]:
    """Kind, value, source and the source's own reference of an entry that stands; raises BadInput where none does."""
    query = "SELECT kind, value, source, reference FROM entries WHERE entry = ? AND state = 'standing'"
    with opened(folder) as ledger:
        row = ledger.execute(query, (entry,)).fetchone()
    if row is None:
        raise BadInput(f"no entry {entry} stands in {folder}; lookups over HTTP and notices name entries.")
    return str(row[0]), str(row[1]), str(row[2]), str(row[3])


def quarantine(ledger: sqlite3.Connection, entry: int) -> bool:
    """Let an entry match nothing until a person ends that; says whether it could match until now."""
    insert = "INSERT INTO pauses SELECT entry, ? FROM entries WHERE entry = ? AND state = 'standing'"
    change = " ON CONFLICT (entry) DO UPDATE SET until = excluded.until WHERE until < excluded.until"
    return ledger.execute(insert + change, (math.inf, entry)).rowcount > 0


def settle(folder: Path, entries: Iterable[int], *, release: bool) -> int:
    """Take the notices on entries away, and with `release` let them match again; returns the notices settled."""
    wanted = [(entry,) for entry in entries]
    with opened(folder, "rw") as ledger, ledger:
        ledger.execute("BEGIN IMMEDIATE")
        before = ledger.total_changes
        ledger.executemany("DELETE FROM notices WHERE entry = ?", wanted)
        settled = ledger.total_changes - before
        if release:
            ledger.executemany("DELETE FROM pauses WHERE entry = ?", wanted)
    return settled


def _batch(rows: Sequence[tuple[str, ...]]) -> pa.RecordBatch:
    return pa.record_batch([pa.array(column, pa.string()) for column in zip(*rows, strict=True)], schema=HASH_LIST)
