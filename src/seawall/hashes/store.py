"""Banks on disk: a ledger of entries, and the index kept in step.

The ledger is SQLite and says what stands; the index follows it. An entry's number is used once. Each change is
written to the ledger first, marked as still to be done in the index, and marked done afterwards: what a killed process
left undone is done at the next opening, and doing it twice changes nothing.
"""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import numpy as np
import pyarrow as pa

from seawall.hashes.entries import DIGITS, HASH_LIST, THRESHOLD, HashKind
from seawall.hashes.hexadecimal import decode, words
from seawall.hashes.index import IndexWriter
from seawall.hashes.ledger import LEDGER, TABLES, VERSION, check_version, quarantine
from seawall.hashes.reading import BankReader
from seawall.hashes.tables import Entries
from seawall.records.errors import BadHashList


class BankStore(BankReader):
    """The banks of one deployment; one process writes, and its lookups see every change at once."""

    def __init__(self, folder: Path, threshold: int = THRESHOLD) -> None:
        """Open the banks in a folder, or begin some, and finish what a killed process left undone."""
        self.folder = Path(folder)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.writer = IndexWriter(self.folder / "index", threshold)
        self.index = self.writer.index
        ledger = self.folder / LEDGER
        os.close(os.open(ledger, os.O_RDWR | os.O_CREAT, 0o600))
        self.ledger = sqlite3.connect(ledger, isolation_level=None, check_same_thread=False)
        check_version(self.ledger, ledger)
        self.ledger.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA user_version={VERSION};")
        self.ledger.executescript(TABLES)
        self._follow()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let another process write."""
        self.ledger.close()
        self.writer.close()

    def add(self, bank: str, entries: pa.Table) -> list[int]:
        """Add a hash list (columns of `HASH_LIST`) to a bank; returns the numbers of entries that were new."""
        rows = entries.select(HASH_LIST.names).to_pylist()
        for kind in HashKind:
            values = [row["value"] for row in rows if row["kind"] == kind]
            if not decode(pa.array(values, pa.string()), DIGITS[kind])[1].all():
                raise BadHashList(f"a {kind} is not {DIGITS[kind]} hexadecimal digits; nothing was added.")
        at = datetime.now(UTC).isoformat()
        with self.ledger:
            self.ledger.execute("BEGIN IMMEDIATE")
            before = self._largest()
            self.ledger.execute("INSERT OR IGNORE INTO banks (name) VALUES (?)", (bank,))
            self.ledger.executemany(
                "INSERT OR IGNORE INTO entries (bank, kind, value, category, opinion, source, reference, added_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (bank, r["kind"], r["value"].lower(), r["category"], r["opinion"], r["source"], r["reference"], at)
                    for r in rows
                ],
            )
            new = [n for (n,) in self.ledger.execute("SELECT entry FROM entries WHERE entry > ? ORDER BY 1", (before,))]
        self._follow()
        return new

    def withdraw(self, bank: str, source: str, references: Iterable[str]) -> int:
        """Take back what a source no longer lists, by its own ids: the hashes go at once, from ledger and index."""
        wanted = [(bank, source, reference) for reference in references]
        change = (
            "UPDATE entries SET state = 'withdrawn', pending = 1 "
            "WHERE bank = ? AND source = ? AND reference = ? AND state != 'withdrawn'"
        )
        return self._retire(change, wanted)

    def replace(self, bank: str, entries: pa.Table) -> list[int]:
        """Add entries and take back whatever else their references said before; returns the new entries' numbers."""
        new = self.add(bank, entries)
        said: dict[tuple[str, str], set[tuple[str, str]]] = {}
        for row in entries.to_pylist():
            said.setdefault((row["source"], row["reference"]), set()).add((row["kind"], row["value"].lower()))
        query = (
            "SELECT entry, kind, value FROM entries WHERE bank = ? AND source = ? AND reference = ? AND value NOTNULL"
        )
        old = [
            entry
            for (source, reference), hashes in said.items()
            for entry, kind, value in self.ledger.execute(query, (bank, source, reference))
            if (kind, value) not in hashes
        ]
        if old:
            self.withdraw_entries(old)
        return new

    def references(self, bank: str, source: str) -> list[str]:
        """The ids under which a source lists something in a bank now."""
        query = "SELECT DISTINCT reference FROM entries WHERE bank = ? AND source = ? AND state != 'withdrawn'"
        return [reference for (reference,) in self.ledger.execute(query, (bank, source))]

    def withdraw_entries(self, entries: Sequence[int]) -> int:
        """Take entries back by number."""
        change = "UPDATE entries SET state = 'withdrawn', pending = 1 WHERE entry = ? AND state != 'withdrawn'"
        return self._retire(change, [(entry,) for entry in entries])

    def quarantine(self, entry: int, why: str) -> None:
        """Let an entry match nothing until a person has looked, and leave that person a notice."""
        if quarantine(self.ledger, entry):
            self.tell(why, entry)

    def tell(self, why: str, entry: int = 0) -> None:
        """Leave a notice for a person, on an entry or, as 0, on none."""
        at = datetime.now(UTC).isoformat()
        self.ledger.execute("INSERT INTO notices (at, entry, text) VALUES (?, ?, ?)", (at, entry, why))

    def drop_bank(self, bank: str) -> None:
        """Withdraw all of a bank and forget its name from now on."""
        change = "UPDATE entries SET state = 'withdrawn', pending = 1 WHERE bank = ? AND state != 'withdrawn'"
        self._retire(change, [(bank,)])
        self.ledger.execute("DELETE FROM banks WHERE name = ?", (bank,))

    def extent(self, kind: HashKind) -> tuple[int, int]:
        """How many entries of a kind can match, and when the newest of all was added in Unix seconds, -1 for never.

        PDQ are counted as the index does, for a ledger may hold millions.
        """
        query = "SELECT added_at FROM entries WHERE kind = ? ORDER BY entry DESC LIMIT 1"
        newest = self.ledger.execute(query, (str(kind),)).fetchone()
        standing = "SELECT COUNT(*) FROM entries WHERE kind = ? AND state = 'standing'"
        pdq = kind is HashKind.PDQ
        size = len(self.index) if pdq else int(self.ledger.execute(standing, (str(kind),)).fetchone()[0])
        return size, int(datetime.fromisoformat(newest[0]).timestamp()) if newest else -1

    def entry(self, entry: int) -> tuple[str, str, str] | None:
        """(bank, kind, value) of an entry that stands, or None."""
        query = "SELECT bank, kind, value FROM entries WHERE entry = ? AND state = 'standing'"
        row = self.ledger.execute(query, (entry,)).fetchone()
        return None if row is None else (str(row[0]), str(row[1]), str(row[2]))

    def checkpoint(self, exchange: str) -> str | None:
        """Where the reading of an exchange stands, or None before its first page."""
        row = self.ledger.execute("SELECT value FROM checkpoints WHERE exchange = ?", (exchange,)).fetchone()
        return None if row is None else str(row[0])

    def set_checkpoint(self, exchange: str, value: str) -> None:
        """Remember where the reading of an exchange stands, after the data it brought."""
        self.ledger.execute("INSERT OR REPLACE INTO checkpoints VALUES (?, ?)", (exchange, value))

    @classmethod
    def rebuild(cls, folder: Path, threshold: int = THRESHOLD) -> int:
        """Make the index anew from the ledger; returns the entries in it. No process may have it open."""
        new, old = folder / "index.new", folder / "index.old"
        for left in (new, old):
            shutil.rmtree(left, ignore_errors=True)
        with contextlib.closing(sqlite3.connect(folder / LEDGER)) as ledger:
            query = "SELECT entry, value FROM entries WHERE kind = 'pdq' AND state = 'standing' ORDER BY entry"
            rows = ledger.execute(query).fetchall()
        hashes, _ = decode(pa.array([value for _, value in rows], pa.string()), DIGITS[HashKind.PDQ])
        with IndexWriter(new, threshold) as writer:
            writer.seal(words(hashes), _numbers(entry for entry, _ in rows))
        if (folder / "index").exists():
            (folder / "index").rename(old)
        new.rename(folder / "index")
        shutil.rmtree(old, ignore_errors=True)
        return len(rows)

    def compact(self) -> None:
        """Rewrite the index without what was taken back, so that no file holds it any longer."""
        self.writer.seal(everything=True)
        self.writer.seal(everything=True)  # the generation before is kept as a fallback: it must be clean too

    def _retire(self, change: str, parameters: Sequence[tuple[object, ...]]) -> int:
        with self.ledger:
            self.ledger.execute("BEGIN IMMEDIATE")
            before = self.ledger.total_changes
            self.ledger.executemany(change, parameters)
            changed = self.ledger.total_changes - before
        self._follow()
        return changed

    def _largest(self) -> int:
        return int(self.ledger.execute("SELECT COALESCE(MAX(entry), 0) FROM entries").fetchone()[0])

    def _follow(self) -> None:
        """Do in the index what the ledger says is still to be done there."""
        todo = self.ledger.execute("SELECT entry, kind, value, state FROM entries WHERE pending = 1").fetchall()
        if not todo:
            return
        near = [(entry, value, state) for entry, kind, value, state in todo if kind == HashKind.PDQ]
        added = [(entry, value) for entry, value, state in near if state == "standing"]
        if added:
            hashes, _ = decode(pa.array([value for _, value in added]), DIGITS[HashKind.PDQ])
            self.writer.add(words(hashes), _numbers(entry for entry, _ in added))
        gone = _numbers(entry for entry, _, state in near if state != "standing")
        if len(gone):
            self.writer.remove(gone)
        self.writer.sync()
        with self.ledger:
            self.ledger.execute("BEGIN IMMEDIATE")
            self.ledger.executemany("UPDATE entries SET pending = 0 WHERE entry = ?", [(row[0],) for row in todo])
            self.ledger.execute("UPDATE entries SET value = NULL WHERE state = 'withdrawn' AND value IS NOT NULL")


def _numbers(entries: Iterable[int]) -> Entries:
    return np.fromiter(entries, np.int64)
