"""Banks as a reader sees them, whoever writes them meanwhile."""

import math
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from seawall.hashes.entries import DIGITS, HashKind, Opinion
from seawall.hashes.hexadecimal import decode, words
from seawall.hashes.index import HashIndex
from seawall.hashes.ledger import AWAKE, opened
from seawall.records.errors import BadInput

_MOST = 1000  # a flat image may be near a hundred thousand others: the nearest say enough
_COLUMNS = "entry, bank, kind, value, category, opinion, source, reference"


@dataclass(frozen=True, slots=True)
class Match:
    """One standing entry that a hash matches."""

    entry: int
    bank: str
    kind: str
    distance: int
    category: str
    opinion: str
    source: str


class BankReader:
    """What the banks of one deployment answer, from their ledger and index."""

    ledger: sqlite3.Connection
    index: HashIndex

    def notices(self) -> list[tuple[str, int, str]]:
        """What people must look at, (time, entry or 0, reason), oldest first."""
        return list(self.ledger.execute("SELECT at, entry, text FROM notices ORDER BY at, entry"))

    def lookup(
        self, hashes: Sequence[tuple[HashKind, str]], threshold: int | None = None, *, paused: bool = False
    ) -> list[list[Match]]:
        """The standing entries that each (kind, hexadecimal text) matches, nearest first, of PDQ the nearest 1,000.

        Entries that a person paused match only where `paused` asks for them.
        """
        now = math.inf if paused else time.time()
        out: list[list[Match]] = [[] for _ in hashes]
        for place, (kind, value) in enumerate(hashes):
            if kind is not HashKind.PDQ:
                query = f"SELECT {_COLUMNS} FROM entries WHERE kind = ? AND value = ? AND {AWAKE}"  # noqa: S608
                out[place] = [_match(row, 0) for row in self.ledger.execute(query, (str(kind), value.lower(), now))]
        places = [place for place, (kind, _) in enumerate(hashes) if kind is HashKind.PDQ]
        for place, matches in zip(places, self._near([hashes[p][1] for p in places], threshold, now), strict=True):
            out[place] = matches
        return out

    def banks(self) -> dict[str, int]:
        """Every bank and how many entries stand in it."""
        query = (
            "SELECT b.name, COUNT(e.entry) FROM banks b LEFT JOIN entries e ON e.bank = b.name AND e.state = 'standing'"
        )
        return dict(self.ledger.execute(f"{query} GROUP BY b.name ORDER BY b.name"))

    def _near(self, values: Sequence[str], threshold: int | None, now: float) -> list[list[Match]]:
        hashes, fine = decode(pa.array(values, pa.string()), DIGITS[HashKind.PDQ])
        if not fine.all():
            raise BadInput(f"a pdq is {DIGITS[HashKind.PDQ]} hexadecimal digits; {len(values) - fine.sum()} are not.")
        out: list[list[Match]] = [[] for _ in values]
        found = self.index.search(words(hashes), threshold)
        place = np.arange(len(found)) - np.searchsorted(found[:, 0], found[:, 0])
        for query, entry, distance in np.unique(found[place < _MOST], axis=0).tolist():
            row = self.ledger.execute(
                f"SELECT {_COLUMNS} FROM entries WHERE entry = ? AND {AWAKE}",  # noqa: S608
                (entry, now),
            ).fetchone()
            out[query] += [_match(row, distance)] if row else []
        return [sorted(matches, key=lambda match: (match.distance, match.entry)) for matches in out]


class _Opened(BankReader):
    def __init__(self, ledger: sqlite3.Connection, index: HashIndex) -> None:
        self.ledger, self.index = ledger, index


@contextmanager
def read_banks(folder: Path) -> Iterator[BankReader]:
    """The banks in a folder as they stand now; another process may hold and change them.

    Raises `BadInput` where there are none. What a killed writer left undone is seen once a writer has opened them.
    """
    with opened(folder) as ledger:
        yield _Opened(ledger, HashIndex.open(folder / "index", verify=False))


def _match(row: tuple[int, str, str, str, str, str, str, str], distance: int) -> Match:
    entry, bank, kind, _, category, opinion, source, _ = row
    return Match(entry, bank, kind, distance, category, opinion, source)


def standing_opinion(matches: Sequence[Match]) -> Opinion | None:
    """What matches come to: negative where nothing is nearer than a negative entry, else the nearest's opinion."""
    if not matches:
        return None
    nearest = {Opinion(match.opinion) for match in matches if match.distance == matches[0].distance}
    return next(opinion for opinion in (Opinion.NEGATIVE, Opinion.POSITIVE, Opinion.SEED) if opinion in nearest)
