"""What people set on banks and entries: shares, names, pauses, notes."""

import math
from dataclasses import dataclass
from typing import Self

from seawall.hashes.entries import HashKind
from seawall.hashes.store import BankStore
from seawall.records.errors import BadInput

_TABLES = """
CREATE TABLE IF NOT EXISTS notes (entry INTEGER PRIMARY KEY, note TEXT NOT NULL, about TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS kinds (kind TEXT PRIMARY KEY, share REAL NOT NULL);
"""
LONGEST_NOTE = 255


@dataclass(frozen=True, slots=True)
class Curation:
    """The settings of a store's banks, kept in its ledger."""

    store: BankStore

    @classmethod
    def of(cls, store: BankStore) -> Self:
        """The settings of a store; its ledger gets their tables."""
        store.ledger.executescript(_TABLES)
        return cls(store)

    def matching(self) -> dict[str, float]:
        """Every bank's share of lookups that it takes part in, from 0 (off) to 1."""
        return dict(self.store.ledger.execute("SELECT name, matching FROM banks ORDER BY name"))

    def set_matching(self, bank: str, share: float) -> None:
        """Let a bank take part in a share of lookups; a new bank is begun."""
        insert = "INSERT INTO banks (name, matching) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET matching = ?"
        self.store.ledger.execute(insert, (bank, _share("bank", share), share))

    def rename(self, bank: str, name: str) -> None:
        """Give a bank another name, entries and checkpoints included; a name that is taken is refused."""
        if name in self.matching():
            raise BadInput("there is a bank of that name already; choose another name.")
        with self.store.ledger as ledger:
            ledger.execute("BEGIN IMMEDIATE")
            ledger.execute("UPDATE banks SET name = ? WHERE name = ?", (name, bank))
            ledger.execute("UPDATE entries SET bank = ? WHERE bank = ?", (name, bank))
            change = "UPDATE checkpoints SET exchange = substr(exchange, 1, instr(exchange, '/')) || ?"
            ledger.execute(f"{change} WHERE substr(exchange, instr(exchange, '/') + 1) = ?", (name, bank))

    def kinds(self) -> dict[HashKind, float]:
        """Every kind of hash and the share of lookups that it takes part in."""
        told = dict(self.store.ledger.execute("SELECT kind, share FROM kinds"))
        return {kind: told.get(str(kind), 1.0) for kind in HashKind}

    def set_kind(self, kind: HashKind, share: float) -> None:
        """Let a kind of hash take part in a share of lookups."""
        insert = "INSERT OR REPLACE INTO kinds VALUES (?, ?)"
        self.store.ledger.execute(insert, (str(kind), _share("kind of hash", share)))

    def pause(self, entry: int, until: float | None) -> None:
        """Let an entry match nothing until a time in Unix seconds, or `math.inf`; None ends the pause."""
        if until is None:
            self.store.ledger.execute("DELETE FROM pauses WHERE entry = ?", (entry,))
        else:
            self.store.ledger.execute("INSERT OR REPLACE INTO pauses VALUES (?, ?)", (entry, until))

    def paused_until(self, entry: int) -> float | None:
        """When an entry's pause ends, in Unix seconds or `math.inf`; None where nobody paused it."""
        row = self.store.ledger.execute("SELECT until FROM pauses WHERE entry = ?", (entry,)).fetchone()
        return None if row is None else float(row[0])

    def note(self, entry: int, note: str | None = None, about: str | None = None) -> None:
        """Keep a person's note on an entry, and the operator's own JSON about it; None leaves what was said."""
        if note is not None and len(note) > LONGEST_NOTE:
            raise BadInput(f"a note has at most {LONGEST_NOTE} characters; this one has {len(note)}.")
        before = self.noted(entry)
        kept = (before[0] if note is None else note, before[1] if about is None else about)
        self.store.ledger.execute("INSERT OR REPLACE INTO notes VALUES (?, ?, ?)", (entry, *kept))

    def noted(self, entry: int) -> tuple[str, str]:
        """The note on an entry and the JSON about it, each empty where there is none."""
        row = self.store.ledger.execute("SELECT note, about FROM notes WHERE entry = ?", (entry,)).fetchone()
        return ("", "") if row is None else (str(row[0]), str(row[1]))


def _share(of: str, share: float) -> float:
    if not 0 <= share <= 1 or math.isnan(share):
        raise BadInput(f"a {of} takes part in a share of lookups from 0 to 1; {share} was given.")
    return share
