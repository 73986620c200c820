"""The terms of an index: sealed in the file, opened once a machine.

A compiled lexicon spells out what an operator looks for, so it stands in the file under AES-256-GCM. Opened, it is too
large for every worker to hold its own: they share it in the machine's memory (`machine_memory.py`).
"""

import hashlib
from dataclasses import dataclass, field
from functools import partial
from typing import Self

import msgspec
import numpy as np
import numpy.typing as npt
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from seawall.guard.machine_memory import Block, block
from seawall.guard.query import (
    ALL_LANES,
    LANE_OF_ROW,
    NOTHING,
    every_hit,
    read,
    read_text,
    read_words,
    readings,
    spelled,
    worst_of,
)
from seawall.guard.secrets import Secrets
from seawall.guard.section import Section, Words, padded
from seawall.guard.table import Rows, frozen
from seawall.records.errors import Damaged
from seawall.terms.compiled import unpack
from seawall.terms.fold import CHUNK
from seawall.terms.lexicon import Lexicon
from seawall.terms.query import QueryReader
from seawall.terms.reading import END, LANE, ROW, START, TERM, VISUAL
from seawall.terms.rules import Rules
from seawall.terms.scan import scan
from seawall.terms.scanner import Scanner
from seawall.terms.sieve import new_memory

Codes = npt.NDArray[np.uint8]

_PARTS = 7
_SEAL = 4  # words before the sealed block: nonce and tag
_PIECE = 1 << 19  # words that are sealed or opened at once
NO_TERMS = frozen(np.empty(0, np.int64))


class Found(msgspec.Struct, frozen=True):
    """The worst term in a text: how bad (1 weak, 2, 3 blocks a search) and its number in the lexicon."""

    severity: int
    term: int


@dataclass(frozen=True, slots=True)
class Wording:
    """Terms that can be read for. `marks` are the keyed ids of the terms' texts; `rows` belong to `keys`."""

    blob: Words
    keys: Words
    rows: Rows
    severity: Codes
    marks: Words
    rules: Rules
    private: bool = True
    memory: npt.NDArray[np.uint32] = field(default_factory=new_memory)

    @classmethod
    def compile(cls, lexicon: Lexicon, marks: Words) -> Self:
        """The active terms of a lexicon, compiled; `marks` are the keyed ids of all its terms."""
        blob = frozen(Scanner.compile(lexicon).blob)
        severity = frozen(np.array([term.severity for term in lexicon.terms], np.uint8))
        compiled = unpack(blob)
        alone = np.array([not term.together for term in lexicon.terms], np.bool_)
        table = spelled(QueryReader.of(compiled.forms, compiled.letters, len(lexicon)), severity, alone)
        return cls(blob, table.keys, table.rows, severity, marks, Rules.of(lexicon))

    def query(self, text: str, exempt: npt.NDArray[np.int64] = NO_TERMS) -> Found | None:
        """The worst term in a query, in any disguise, misspelt or begun; `exempt` are numbers of terms to pass over."""
        data = _bytes(text)
        if self.rules.plain and len(data) <= CHUNK:
            return _told(read(data, self.blob, self.keys, self.rows, self.severity, exempt))
        texts, bounds = readings(data, unpack(self.blob).letters)
        short = len(data) <= CHUNK
        hits = every_hit(texts, bounds, self.blob) if short else self._long(frozen(texts), bounds)
        best = worst_of(self.rules.settled(hits), self.severity, exempt)
        data = frozen(self._without_innocent(data, hits))
        return _told(read_words(data, self.blob, self.keys, self.rows, self.severity, exempt, best))

    def _long(self, texts: Codes, bounds: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        hits = scan(texts, bounds, False, ALL_LANES, self.blob, self.memory)
        found: npt.NDArray[np.int64] = hits[hits[:, LANE] <= LANE_OF_ROW[hits[:, ROW]]]
        return found

    def _without_innocent(self, data: Codes, hits: npt.NDArray[np.int64]) -> Codes:
        """A query with its innocent words blotted out: they are no slips of a term."""
        innocent = hits[:, TERM] >= self.rules.terms + self.rules.companions
        out = data.copy()
        for start, end in hits[innocent & (hits[:, ROW] == 0) & (hits[:, LANE] <= VISUAL)][:, [START, END]].tolist():
            out[start:end] = ord(" ")
        return out

    def text(self, text: str, exempt: npt.NDArray[np.int64] = NO_TERMS, *, hashtag: bool = False) -> Found | None:
        """The worst term in a text, or in one hashtag without its #."""
        data = _bytes(text)
        bounds = np.array((0, len(data)), np.int64)
        if self.rules.plain:
            return _told(read_text(data, bounds, hashtag, self.blob, self.memory, self.severity, exempt))
        found = self.rules.settled(scan(data, bounds, hashtag, ALL_LANES, self.blob, self.memory))
        return _told(worst_of(found, self.severity, exempt))

    def seal(self, secrets: Secrets) -> tuple[list[Words], tuple[int]]:
        """The parts of the section that holds these terms, and its numbers."""
        plain = self._plain()
        nonce = hashlib.blake2b(plain.data, digest_size=16, key=secrets.terms[:32], person=b"seawall-terms").digest()
        cipher = Cipher(algorithms.AES256(secrets.terms), modes.GCM(nonce)).encryptor()
        sealed = np.empty(len(plain) + 2, np.uint64)
        _through(cipher, plain, sealed)
        cipher.finalize()
        head = np.frombuffer(nonce + cipher.tag, np.uint64)
        return [head, sealed[:-2]], (len(plain),)

    @classmethod
    def open(cls, section: Section, secrets: Secrets) -> Self:
        """The terms of a section. Errors: `Damaged` where what is sealed is not what was written."""
        size = section.facts[0]
        name, group = f"{section.stamp:016x}", f"{secrets.fits:016x}"
        return cls._of(block(group, name, size + 2, partial(_unseal, section, secrets)))

    def _plain(self) -> Words:
        """All parts in one block: where each begins and how long it is, then the parts."""
        rules = msgspec.msgpack.encode((self.rules.terms, self.rules.companions, self.rules.company, self.rules.plain))
        parts = (self.blob, self.keys, self.rows, self.severity, self.marks, self.rules.whole_words)
        raw = [np.frombuffer(rules, np.uint8), *(part.view(np.uint8) for part in parts)]
        bodies = [padded(part) for part in raw]
        begins = np.cumsum([2 * _PARTS, *map(len, bodies)])[:-1]
        head = np.stack([begins, [len(part) for part in raw]], axis=1).astype(np.uint64).reshape(-1)
        return np.concatenate([head, *bodies])

    @classmethod
    def _of(cls, held: Block) -> Self:
        head = held.words[: 2 * _PARTS].reshape(-1, 2).astype(np.int64)
        rules, *parts = (held.words[at : at - (-size // 8)].view(np.uint8)[:size] for at, size in head.tolist())
        terms, companions, company, plain = msgspec.msgpack.decode(
            rules.tobytes(), type=tuple[int, int, dict[int, tuple[int, ...]], bool]
        )
        blob, keys, rows, severity, marks, whole = parts
        return cls(
            blob.view(np.uint64),
            keys.view(np.uint64),
            rows.view(np.uint32),
            severity,
            marks.view(np.uint64),
            Rules(terms, companions, whole.view(np.bool_), company, plain),
            held.private,
        )


def _unseal(section: Section, secrets: Secrets, out: Words) -> None:
    head, sealed = section.body[:_SEAL].tobytes(), section.body[_SEAL:]
    cipher = Cipher(algorithms.AES256(secrets.terms), modes.GCM(head[:16], head[16:])).decryptor()
    _through(cipher, sealed, out)
    try:
        cipher.finalize()
    except InvalidTag as error:
        raise Damaged(
            f"the terms in {section.path} do not open: they were changed. Publish the index again."
        ) from error


def _through(cipher: object, source: Words, target: Words) -> None:
    """Seal or open words piece by piece; `target` has two words more, since the cipher asks for room to spare."""
    for at in range(0, len(source), _PIECE):
        piece = np.ascontiguousarray(source[at : at + _PIECE]).data.cast("B")
        room = target[at : at + len(piece) // 8 + 2].data.cast("B")
        cipher.update_into(piece, room)  # type: ignore[attr-defined]


def _bytes(text: str) -> Codes:
    return np.frombuffer(text.encode("utf-8", "surrogatepass") or b" ", np.uint8)


def _told(best: int) -> Found | None:
    return None if best == NOTHING else Found(best >> 32, best & 0xFFFFFFFF)
