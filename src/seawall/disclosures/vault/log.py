"""Who did what to a case's evidence, when and why: a keyed chain."""

import hashlib
import os
import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from seawall.records.errors import Damaged


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that somebody did; `name` is sealed."""

    number: int
    at: datetime
    who: str
    action: str
    purpose: str
    item: int = 0
    name: str = ""
    size: int = 0
    sealed_sha256: str = ""
    chain: str = ""


class CustodyLog:
    """The lines of one case, appended and never changed."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._path, self._key = path, key
        self._names = hashlib.blake2b(b"names", digest_size=32, key=key, person=b"seawall-custody").digest()

    def append(self, line: Line) -> Line:
        """Write a line down, chained to the one before, on disk before this returns."""
        before = self.last()
        named = msgspec.structs.replace(
            line,
            number=(before.number if before else 0) + 1,
            name=self._seal(line.name) if line.name else "",
        )
        whole = msgspec.structs.replace(named, chain=self._link(before.chain if before else "", named))
        handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.encode(whole) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        return msgspec.structs.replace(whole, name=line.name)

    def last(self) -> Line | None:
        """The last line, whose chain the next one goes on with."""
        if not self._path.exists():
            return None
        with self._path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 4096))
            lines = file.read().splitlines()
        return msgspec.json.decode(lines[-1], type=Line) if lines else None

    def lines(self) -> Iterator[Line]:
        """Every line, names opened; raises Damaged at the first that is not what was written."""
        before, number = "", 0
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            for number, text in enumerate(file, 1):
                line = self._read(text, number, before)
                before = line.chain
                yield msgspec.structs.replace(line, name=self._open(line.name) if line.name else "")

    def _read(self, text: bytes, number: int, before: str) -> Line:
        try:
            line = msgspec.json.decode(text, type=Line)
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise Damaged(
                f"line {number} of the custody log {self._path} is cut or changed; restore a backup."
            ) from error
        if line.number != number or line.chain != self._link(before, line):
            raise Damaged(f"line {number} of the custody log {self._path} is not what was written; restore a backup.")
        return line

    def _seal(self, name: str) -> str:
        nonce = secrets.token_bytes(12)
        return (nonce + AESGCM(self._names).encrypt(nonce, name.encode(), None)).hex()

    def _open(self, sealed: str) -> str:
        blob = bytes.fromhex(sealed)  # its line is proved by the chain before it is opened
        return AESGCM(self._names).decrypt(blob[:12], blob[12:], None).decode()

    def _link(self, before: str, line: Line) -> str:
        said = before.encode() + msgspec.json.encode(msgspec.structs.replace(line, chain=""))
        return hashlib.blake2b(said, digest_size=32, key=self._key, person=b"seawall-custody").hexdigest()
