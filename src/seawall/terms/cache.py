"""A compiled lexicon on disk, rebuilt when it is not whole.

The file is a magic word, the digest of the lexicon that it was made from, the digest of the compiled block and the
block itself (`compiled.pack`): numbers only, nothing that loading could execute. It spells out what an operator looks
for, so only its owner may read it.
"""

import hashlib
import os
import tempfile
import warnings
from pathlib import Path

import msgspec
import numpy as np

from seawall.records.errors import SeawallWarning
from seawall.terms.lexicon import Lexicon
from seawall.terms.scanner import Scanner

MAGIC = b"seawall-terms-4\n"
_DIGEST = 32


def lexicon_digest(lexicon: Lexicon) -> bytes:
    """BLAKE2b of everything that compiling reads, 32 bytes."""
    rows = [(term.text, term.status, term.match, term.together) for term in lexicon.terms]
    return hashlib.blake2b(msgspec.json.encode((rows, lexicon.innocent)), digest_size=_DIGEST).digest()


def load_or_compile(lexicon: Lexicon, path: str | Path) -> Scanner:
    """The scanner of this lexicon, from the cache at `path` where it holds it, else compiled and kept there.

    A file that is not what was written is rebuilt under a `SeawallWarning`; one of another lexicon is replaced.
    """
    path = Path(path)
    scanner = _load(lexicon, path)
    if scanner is None:
        scanner = Scanner.compile(lexicon)
        save(scanner, path)
    return scanner


def save(scanner: Scanner, path: Path) -> None:
    """Write the compiled lexicon whole or not at all, readable by its owner only."""
    block = scanner.blob.tobytes()
    head = MAGIC + lexicon_digest(scanner.lexicon) + hashlib.blake2b(block, digest_size=_DIGEST).digest()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(head)
        file.write(block)
    Path(name).replace(path)


def _load(lexicon: Lexicon, path: Path) -> Scanner | None:
    if not path.is_file():
        return None
    raw = path.read_bytes()
    head = len(MAGIC) + 2 * _DIGEST
    made_from, digest = raw[len(MAGIC) : head - _DIGEST], raw[head - _DIGEST : head]
    if not raw.startswith(MAGIC) or hashlib.blake2b(memoryview(raw)[head:], digest_size=_DIGEST).digest() != digest:
        warnings.warn(f"{path} is not what was written there; it is compiled again.", SeawallWarning, stacklevel=3)
        return None
    if made_from != lexicon_digest(lexicon):
        return None
    return Scanner(lexicon, np.frombuffer(raw, np.uint64, offset=head).copy())
