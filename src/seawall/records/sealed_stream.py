"""Sealed streams: long content in chunks that prove their places.

STREAM (Hoang, Reyhanitabar, Rogaway and Vizár, CRYPTO 2015, section 7) over AES-256-GCM: a nonce is the chunk's number
and whether it is the last one, so chunks cannot be changed, swapped, left out or cut off. Every stream has a key of its
own, drawn from the deployment's key and a random salt; no nonce ever serves two chunks.
"""

import hashlib
import secrets
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from seawall.records.errors import Damaged

MAGIC = b"seawall-sealed-1\n"
CHUNK = 1 << 20
SALT = 16
TAG = 16


class SealedWriter:
    """Writes what it is given into a file, sealed; without `close` the stream has no end and does not open."""

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        salt = secrets.token_bytes(SALT)
        self._file, self._cipher = file, _cipher(key, salt)
        self._number, self._rest = 0, bytearray()
        file.write(MAGIC + salt)

    def write(self, data: bytes) -> int:
        self._rest += data
        while len(self._rest) > CHUNK:  # the last chunk must wait for `close`, which marks it
            self._chunk(self._rest[:CHUNK], last=False)
            del self._rest[:CHUNK]
        return len(data)

    def close(self) -> None:
        """Write the last chunk; the file itself stays open."""
        self._chunk(self._rest, last=True)

    def _chunk(self, data: bytes | bytearray, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, last=last), bytes(data), MAGIC))
        self._number += 1


class SealedReader:
    """Reads a sealed stream back; raises Damaged at the first chunk that is not what was written."""

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        head = file.read(len(MAGIC) + SALT)
        self._ahead = file.read(CHUNK + TAG)
        if not head.startswith(MAGIC) or not self._ahead:
            raise Damaged("this is not a whole sealed stream that this Seawall knows. Give a file that it wrote.")
        self._file, self._cipher = file, _cipher(key, head[len(MAGIC) :])
        self._number, self._rest = 0, bytearray()

    def read(self, size: int) -> bytes:
        """The next `size` bytes; fewer only at the end."""
        while len(self._rest) < size and self._ahead:
            self._rest += self._next()
        data = bytes(self._rest[:size])
        del self._rest[:size]
        return data

    def _next(self) -> bytes:
        chunk, self._ahead = self._ahead, self._file.read(CHUNK + TAG)
        try:
            data = self._cipher.decrypt(_nonce(self._number, last=not self._ahead), chunk, MAGIC)
        except InvalidTag as error:
            raise Damaged(
                "a sealed stream does not open: it was changed or cut off, or sealed under another key file."
            ) from error
        self._number += 1
        return data


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(hashlib.blake2b(salt, digest_size=32, key=key, person=b"seawall-stream").digest())


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
