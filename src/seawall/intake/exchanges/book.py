"""The exchanges that a deployment reads, each into a bank.

What is set here comes over HTTP too, so it names no address: an exchange is reached at the base that the operator's
code lists for its kind. Credentials lie in files of their own, readable by their owner alone.
"""

import os
import sqlite3
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import msgspec

from seawall.hashes.store import BankStore
from seawall.intake.exchanges.base import Pulled, pull
from seawall.intake.exchanges.opening import SECRETS, open_exchange
from seawall.records.errors import BadConfiguration, BadInput, Refused, SeawallError, Unavailable

_TABLES = """
CREATE TABLE IF NOT EXISTS exchanges (
  name TEXT PRIMARY KEY, kind TEXT NOT NULL, base TEXT NOT NULL, enabled INTEGER NOT NULL DEFAULT 1,
  started REAL, completed REAL, succeeded INTEGER, items INTEGER NOT NULL DEFAULT 0);
"""
_ROW = "name, kind, base, enabled, started, completed, succeeded, items"

OFFICIAL: Mapping[str, tuple[str, ...]] = {
    "ncmec": ("https://report.cybertip.org/hashsharing", "https://exttest.cybertip.org/hashsharing"),
    "stopncii": ("https://api.stopncii.org/v1",),
    "threatexchange": ("https://graph.facebook.com/v21.0",),
}
"""Where each kind of exchange is reached unless the operator lists other bases."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One exchange: its bank, how it is reached, and how its last reading went (times in Unix seconds)."""

    name: str
    kind: str
    base: str
    enabled: bool
    started: float | None
    completed: float | None
    succeeded: bool | None
    items: int

    @property
    def running(self) -> bool:
        """Whether a reading has begun and not ended."""
        return self.started is not None and (self.completed is None or self.completed < self.started)


@dataclass(frozen=True, slots=True)
class ExchangeBook:
    """The exchanges of a store, kept in its ledger; `bases` are the addresses that each kind may have."""

    store: BankStore
    bases: Mapping[str, tuple[str, ...]]
    private: bool = False

    @classmethod
    def of(cls, store: BankStore, bases: Mapping[str, tuple[str, ...]] | None = None, *, private: bool = False) -> Self:
        """The book of a store; `private` for bases on one's own network."""
        store.ledger.executescript(_TABLES)
        return cls(store, bases or OFFICIAL, private)

    def list(self) -> list[Listed]:
        """Every exchange, by name."""
        return [_listed(row) for row in self.store.ledger.execute(f"SELECT {_ROW} FROM exchanges ORDER BY name")]  # noqa: S608

    def get(self, name: str) -> Listed | None:
        """One exchange, or None."""
        return next((one for one in self.list() if one.name == name), None)

    def add(self, name: str, kind: str, base: str | None = None) -> None:
        """List an exchange; its entries go into the bank of its name."""
        if kind not in self.bases:
            raise BadInput(f"there is no kind of exchange {kind!r}; known: {', '.join(self.bases)}.")
        base = base or self.bases[kind][0]
        if base not in self.bases[kind]:
            raise Refused(f"{kind} is not reached at that address; listed: {', '.join(self.bases[kind])}.")
        try:
            insert = "INSERT INTO exchanges (name, kind, base) VALUES (?, ?, ?)"
            self.store.ledger.execute(insert, (name, kind, base))
        except sqlite3.IntegrityError as error:
            raise BadInput(f"there is an exchange {name} already; choose another name.") from error

    def enable(self, name: str, enabled: bool) -> None:
        """Let an exchange be read, or leave it alone."""
        self.store.ledger.execute("UPDATE exchanges SET enabled = ? WHERE name = ?", (enabled, name))

    def remove(self, name: str, *, bank: bool) -> None:
        """Read an exchange no more; with `bank`, withdraw what it brought."""
        with self.store.ledger as ledger:
            ledger.execute("BEGIN IMMEDIATE")
            ledger.execute("DELETE FROM exchanges WHERE name = ?", (name,))
            ledger.execute("DELETE FROM checkpoints WHERE substr(exchange, instr(exchange, '/') + 1) = ?", (name,))
        if bank:
            self.store.drop_bank(name)

    def has_secrets(self, kind: str) -> bool:
        """Whether credentials for a kind of exchange were given."""
        return self._secrets(kind).exists()

    def set_secrets(self, kind: str, secrets: Mapping[str, Any] | None) -> None:
        """Keep credentials in a file that only its owner can read, or forget them."""
        path = self._secrets(kind)
        if not secrets:
            path.unlink(missing_ok=True)
            return
        try:
            msgspec.convert(secrets, SECRETS[kind])
        except msgspec.ValidationError as error:
            fields = ", ".join(SECRETS[kind].__struct_fields__)
            raise BadConfiguration(f"the credentials of {kind} are an object with {fields} ({error}).") from error
        path.parent.mkdir(mode=0o700, exist_ok=True)
        new = path.with_suffix(".new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(msgspec.json.encode(secrets))
        new.replace(path)

    def read(self, name: str, held: AbstractContextManager[object] | None = None) -> Pulled:
        """Read what is new at an exchange, and remember how that went; `held` as `pull` takes it."""
        held = held or nullcontext()
        with held:
            one = self._readable(name)
            self._note(name, "started = ?", time.time())
        try:
            ledger = self.store.folder / "outbound.jsonl"
            source = open_exchange(one.kind, one.base, self._secrets(one.kind), ledger, private=self.private)
            told = pull(source, self.store, name, held)
        except SeawallError:
            with held:
                self._note(name, "completed = ?, succeeded = 0", time.time())
            raise
        with held:
            self._note(name, "completed = ?, succeeded = 1, items = items + ?", time.time(), told.entries)
        return told

    def _readable(self, name: str) -> Listed:
        one = self.get(name)
        if one is None or not one.enabled:
            raise BadInput(f"there is no exchange {name} that may be read; list and enable it.")
        if not self.has_secrets(one.kind):
            raise Unavailable(f"{name} cannot be read: no credentials for {one.kind} were given.")
        return one

    def _note(self, name: str, change: str, *values: float) -> None:
        self.store.ledger.execute(f"UPDATE exchanges SET {change} WHERE name = ?", (*values, name))  # noqa: S608

    def _secrets(self, kind: str) -> Path:
        return self.store.folder / "secrets" / f"{kind}.json"


def _listed(row: tuple[Any, ...]) -> Listed:
    name, kind, base, enabled, started, completed, succeeded, items = row
    return Listed(
        name, kind, base, bool(enabled), started, completed, None if succeeded is None else bool(succeeded), items
    )
