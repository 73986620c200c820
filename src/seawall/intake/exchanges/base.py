"""What an exchange is to Seawall: pages into a bank, votes out."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Protocol

import pyarrow as pa

from seawall.hashes.entries import DIGITS, HASH_LIST, HashKind
from seawall.hashes.store import BankStore


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: entries that stand now, references taken back, and where to go on from once it is kept.

    An entry replaces what its reference said before. `checkpoint` is None where a crash must not go on from here.
    """

    entries: list[dict[str, str]]
    withdrawn: list[str] = field(default_factory=list)
    checkpoint: str | None = None
    refused: list[str] = field(default_factory=list)


class Exchange(Protocol):
    """An exchange by name; `pages` raises `Unavailable` or `Refused` where it cannot go on."""

    name: str

    def pages(self, checkpoint: str | None) -> Iterator[Page]:
        """What is new since a checkpoint, or everything."""

    def stale(self, checkpoint: str) -> bool:
        """Whether withdrawals since the checkpoint may be forgotten already, so that all must be read again."""

    def vote(self, reference: str, kind: HashKind, value: str, *, agree: bool) -> None:
        """Tell the exchange what a person found of one hash."""


@dataclass(slots=True)
class Pulled:
    """What one reading brought."""

    entries: int = 0
    withdrawn: int = 0
    refused: list[str] = field(default_factory=list)


def pull(exchange: Exchange, store: BankStore, bank: str, held: AbstractContextManager[object] | None = None) -> Pulled:
    """Read what is new into a bank; each page is kept before its checkpoint is.

    Where reading stops in the middle, the pages before stand and the next call goes on or begins again; nothing is
    lost and nothing is twice. After a reading from the start, what the exchange no longer lists is taken back too.
    `held` is the lock of a store that other threads use: it is taken for a page at a time, never while waiting.
    """
    key, held = f"{exchange.name}/{bank}", held or nullcontext()
    with held:
        checkpoint = store.checkpoint(key)
    if checkpoint is not None and exchange.stale(checkpoint):
        checkpoint = None
    whole, seen, told = checkpoint is None, set[str](), Pulled()
    for page in exchange.pages(checkpoint):
        with held:
            seen |= _keep(page, exchange.name, store, bank, told)
            seen -= set(page.withdrawn)
            if page.checkpoint is not None:
                store.set_checkpoint(key, page.checkpoint)
    if whole:
        with held:
            gone = [reference for reference in store.references(bank, exchange.name) if reference not in seen]
            told.withdrawn += store.withdraw(bank, exchange.name, gone)
    return told


def _keep(page: Page, source: str, store: BankStore, bank: str, told: Pulled) -> set[str]:
    """Bring a bank up to date with a page; returns the references that stand by it."""
    fine = [row for row in page.entries if _usable(row)]
    told.refused += page.refused + [f"{row['reference']}: no {row['kind']}" for row in page.entries if not _usable(row)]
    told.withdrawn += store.withdraw(bank, source, page.withdrawn)
    told.entries += len(store.replace(bank, _table(source, fine)))
    return {row["reference"] for row in fine}


def _usable(row: dict[str, str]) -> bool:
    digits, value = DIGITS[HashKind(row["kind"])], row["value"]
    return len(value) == digits and all(digit in "0123456789abcdefABCDEF" for digit in value)


def _table(source: str, rows: list[dict[str, str]]) -> pa.Table:
    full = [
        {"category": "", "opinion": "positive", **row, "source": source, "value": row["value"].lower()} for row in rows
    ]
    return pa.Table.from_pylist(full, HASH_LIST) if full else HASH_LIST.empty_table()
