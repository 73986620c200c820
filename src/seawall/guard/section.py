"""One file of an index: a head checked at once, a mapped body.

Layout, in little-endian words of 64 bits: magic, schema version, name, index version, four numbers of the section's
own, a word that tells whether the key fits, the length of the body in words, four words of SHA-256 over the body, and
two of SHA-256 over the head before them. Opening reads the head alone, whatever the size of the body; `verify` reads
everything.
"""

import hashlib
import mmap
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from seawall.guard.secrets import Secrets
from seawall.records.errors import Damaged, Refused, UnknownVersion
from seawall.records.run import SCHEMA_VERSION

Words = npt.NDArray[np.uint64]

MAGIC = np.frombuffer(b"SEAWALLG", np.uint64)[0]
HEAD = 16
"""Words of a section's head."""
_FACTS, _FITS, _LENGTH, _BODY, _OWN = 4, 8, 9, 10, 14
_MEND = "Publish it again with `seawall run`."


@dataclass(frozen=True, slots=True)
class Section:
    """An open section: its numbers, and its body as read-only words on the pages of the file."""

    path: Path
    stamp: int
    facts: tuple[int, int, int, int]
    body: Words
    digest: bytes

    @classmethod
    def open(cls, path: Path, name: str, secrets: Secrets) -> Self:
        """Check the head of a file and map its body; the pages are shared by all who map it."""
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        try:
            size = os.fstat(handle).st_size
            mapped = mmap.mmap(handle, size, access=mmap.ACCESS_READ) if size else b""
        finally:
            os.close(handle)
        return cls.read(mapped, path, name, secrets)

    @classmethod
    def read(cls, blob: bytes | mmap.mmap, path: Path, name: str, secrets: Secrets) -> Self:
        """A section from its bytes. Errors: `Damaged`, `UnknownVersion`, `Refused` for another key; `path` names it."""
        if len(blob) < 8 * HEAD or len(blob) % 8:
            raise Damaged(f"{path} is shorter than the head of a guard index, or cut. {_MEND}")
        words = np.frombuffer(blob, np.uint64)
        head, body = words[:HEAD], words[HEAD:]
        if head[0] != MAGIC or hashlib.sha256(head[:_OWN].tobytes()).digest()[:16] != head[_OWN:].tobytes():
            raise Damaged(f"{path} is no part of a guard index: its head fails its check. {_MEND}")
        if int(head[1]) != SCHEMA_VERSION:
            raise UnknownVersion.of(str(path), int(head[1]), SCHEMA_VERSION)
        if head[2] != _word(name) or int(head[_LENGTH]) != len(body):
            raise Damaged(f"{path} is not the whole section {name!r}: it was cut or renamed. {_MEND}")
        if int(head[_FITS]) != secrets.fits:
            raise Refused(f"{path} was published under another key file; open it with that one, or publish it again.")
        one, two, three, four = (int(word) for word in head[_FACTS:_FITS])
        return cls(path, int(head[3]), (one, two, three, four), body, head[_BODY:_OWN].tobytes())

    def verify(self) -> None:
        """Read the whole body. Errors: `Damaged` where a byte of it has changed."""
        if body_digest([self.body]) != self.digest:
            raise Damaged(f"{self.path} fails its check: a part of it was changed. {_MEND}")


def body_digest(parts: Sequence[Words]) -> bytes:
    """SHA-256 over the parts of a body, 32 bytes."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(np.ascontiguousarray(part).data)
    return digest.digest()


def section_bytes(name: str, stamp: int, secrets: Secrets, parts: Sequence[Words], facts: Sequence[int] = ()) -> bytes:
    """A section as bytes; `parts` follow each other as its body, `facts` are up to four numbers of its own."""
    head = np.zeros(HEAD, np.uint64)
    head[:4] = MAGIC, SCHEMA_VERSION, _word(name), stamp
    head[_FACTS : _FACTS + len(facts)] = facts
    head[_FITS], head[_LENGTH] = secrets.fits, sum(map(len, parts))
    head[_BODY:_OWN] = np.frombuffer(body_digest(parts), np.uint64)
    head[_OWN:] = np.frombuffer(hashlib.sha256(head[:_OWN].tobytes()).digest()[:16], np.uint64)
    return b"".join(np.ascontiguousarray(part).data for part in (head, *parts))


def padded(array: npt.NDArray[Any]) -> Words:
    """An array's bytes as whole words, the last filled up with zeros."""
    raw = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
    words = np.zeros(-(-len(raw) // 8), np.uint64)
    words.view(np.uint8)[: len(raw)] = raw
    return words


def _word(name: str) -> np.uint64:
    return np.uint64(int.from_bytes(name.encode()[:8].ljust(8), "little"))
