"""Keyed 64-bit ids: they stand in a run for a platform's own ids.

SipHash-2-4 (Aumasson and Bernstein, INDOCRYPT 2012) is a keyed pseudorandom function made for short inputs: without
the key nobody can test a guess of an id against a run folder. It is compiled here because the door in hashes tens of
millions of ids straight from Arrow's buffers; `tests/records/test_ids.py` holds it to the paper's test vectors.
"""

import hashlib
import struct
from dataclasses import dataclass, field
from functools import lru_cache

import numba as nb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

Keys = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class IdKey:
    """A deployment's 32 secret bytes; every kind of id hashes under a key of its own."""

    secret: bytes = field(repr=False)

    def subkey(self, purpose: str) -> bytes:
        """32 bytes for one purpose, from which the others cannot be told (BLAKE2b, keyed and personalised)."""
        return hashlib.blake2b(purpose.encode(), digest_size=32, key=self.secret, person=b"seawall-subkey").digest()

    def pair(self, kind: str) -> tuple[np.uint64, np.uint64]:
        """The two SipHash words for ids of this kind."""
        return _pair(self, kind)

    def one(self, kind: str, text: str) -> int:
        """The keyed id of one text, as an unsigned 64-bit integer; asked at every request, so Arrow is left out."""
        said = text.encode()
        offsets = np.frombuffer(struct.pack("=2q", 0, len(said)), np.int64)
        return int(_siphash_many(np.frombuffer(said or b"\0", np.uint8), offsets, *self.pair(kind))[0])

    def column(self, kind: str, texts: pa.Array) -> Keys:
        """Keyed ids of a text column, shape (len(texts),); a null's id is 0."""
        k0, k1 = self.pair(kind)
        return hash_strings(texts, k0, k1)

    def check_column(self, kind: str, texts: pa.Array) -> Keys:
        """A second, independent hash of the same texts: equal ids with unequal checks are a collision."""
        k0, k1 = self.pair(f"{kind}:check")
        return hash_strings(texts, k0, k1)


@lru_cache(maxsize=256)
def _pair(key: IdKey, kind: str) -> tuple[np.uint64, np.uint64]:
    low, high = np.frombuffer(key.subkey(f"id:{kind}")[:16], dtype="<u8")
    return np.uint64(low), np.uint64(high)


def hash_strings(texts: pa.Array, k0: np.uint64, k1: np.uint64) -> Keys:
    """SipHash-2-4 of each UTF-8 string, shape (len(texts),), nulls as 0."""
    texts = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    texts = texts.cast(pa.large_string())
    if len(texts) == 0:
        return np.empty(0, np.uint64)
    _, offsets_buffer, data_buffer = texts.buffers()
    offsets = np.frombuffer(offsets_buffer, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    empty = data_buffer is None or data_buffer.size == 0
    data = np.zeros(1, np.uint8) if empty else np.frombuffer(data_buffer, np.uint8)
    out: Keys = _siphash_many(data, offsets, k0, k1)
    if texts.null_count:
        out[np.asarray(texts.is_null())] = 0
    return out


@nb.njit(inline="always")
def _rotl(x, b):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    return (x << np.uint64(b)) | (x >> np.uint64(64 - b))


@nb.njit(inline="always")
def _round(v0, v1, v2, v3):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    v0 += v1
    v1 = _rotl(v1, 13) ^ v0
    v0 = _rotl(v0, 32)
    v2 += v3
    v3 = _rotl(v3, 16) ^ v2
    v0 += v3
    v3 = _rotl(v3, 21) ^ v0
    v2 += v1
    v1 = _rotl(v1, 17) ^ v2
    v2 = _rotl(v2, 32)
    return v0, v1, v2, v3


@nb.njit(cache=True)
def hash_bytes(data, start, stop, k0, k1):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """SipHash-2-4 of data[start:stop], for kernels to call."""
    v0 = k0 ^ np.uint64(0x736F6D6570736575)
    v1 = k1 ^ np.uint64(0x646F72616E646F6D)
    v2 = k0 ^ np.uint64(0x6C7967656E657261)
    v3 = k1 ^ np.uint64(0x7465646279746573)
    length = stop - start
    whole = start + (length // 8) * 8
    for i in range(start, whole, 8):
        word = np.uint64(0)
        for j in range(8):
            word |= np.uint64(data[i + j]) << np.uint64(8 * j)
        v3 ^= word
        v0, v1, v2, v3 = _round(v0, v1, v2, v3)
        v0, v1, v2, v3 = _round(v0, v1, v2, v3)
        v0 ^= word
    last = np.uint64(length & 255) << np.uint64(56)
    for j in range(stop - whole):
        last |= np.uint64(data[whole + j]) << np.uint64(8 * j)
    v3 ^= last
    v0, v1, v2, v3 = _round(v0, v1, v2, v3)
    v0, v1, v2, v3 = _round(v0, v1, v2, v3)
    v0 ^= last
    v2 ^= np.uint64(0xFF)
    for _ in range(4):
        v0, v1, v2, v3 = _round(v0, v1, v2, v3)
    return v0 ^ v1 ^ v2 ^ v3


@nb.njit(cache=True)
def _siphash_many(data, offsets, k0, k1):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    out = np.empty(len(offsets) - 1, np.uint64)
    for row in range(len(out)):
        out[row] = hash_bytes(data, offsets[row], offsets[row + 1], k0, k1)
    return out


@nb.njit(inline="always")
def hash_word(word, k0, k1):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """SipHash-2-4 of one 64-bit word, as of its 8 bytes in little-endian order; for kernels to call."""
    v0 = k0 ^ np.uint64(0x736F6D6570736575)
    v1 = k1 ^ np.uint64(0x646F72616E646F6D)
    v2 = k0 ^ np.uint64(0x6C7967656E657261)
    v3 = k1 ^ np.uint64(0x7465646279746573) ^ word
    v0, v1, v2, v3 = _round(v0, v1, v2, v3)
    v0, v1, v2, v3 = _round(v0, v1, v2, v3)
    v0 ^= word
    last = np.uint64(8) << np.uint64(56)
    v3 ^= last
    v0, v1, v2, v3 = _round(v0, v1, v2, v3)
    v0, v1, v2, v3 = _round(v0, v1, v2, v3)
    v0 ^= last
    v2 ^= np.uint64(0xFF)
    for _ in range(4):
        v0, v1, v2, v3 = _round(v0, v1, v2, v3)
    return v0 ^ v1 ^ v2 ^ v3


@nb.njit(cache=True)
def hash_words(words, k0, k1):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """SipHash-2-4 of each 64-bit word, shape (len(words),)."""
    out = np.empty(len(words), np.uint64)
    for row in range(len(words)):
        out[row] = hash_word(words[row], k0, k1)
    return out
