"""Arrow columns made from numbers: ids, digests, times, choices.

Ids are a bijection of a row's number that depends on the seed (odd multiplications and shifts modulo 2**48), so they
are unique and tell nothing of order or role.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from seawall.records.activity import TIME
from seawall.trials.draws import Bools, Ints

_MASK = np.uint64(2**48 - 1)
_DIGITS = np.frombuffer(b"0123456789abcdef", np.uint8)


def mix(numbers: Ints, seed: int) -> npt.NDArray[np.uint64]:
    """A bijection of 0..2**48-1 for each seed."""
    x = numbers.astype(np.uint64)
    for round_ in range(3):
        salt = np.uint64((seed * 0x9E3779B97F4A7C15 + round_ * 0xD1B54A32D192ED03) % 2**48)
        x = ((x ^ salt) * np.uint64(0x5851F42D4C957F2D)) & _MASK
        x ^= x >> np.uint64(25)
    return x


def hex_text(raw: npt.NDArray[np.uint8]) -> pa.Array:
    """Each row of bytes as lower-case hex, shape (rows, bytes) to (rows,)."""
    digits = _DIGITS[np.stack([raw >> 4, raw & 15], axis=2)].reshape(len(raw), -1)
    offsets = np.arange(len(raw) + 1, dtype=np.int64) * digits.shape[1]
    text = pa.LargeStringArray.from_buffers(len(raw), pa.py_buffer(offsets.tobytes()), pa.py_buffer(digits.tobytes()))
    return text.cast(pa.string())


def id_text(numbers: Ints, seed: int) -> pa.Array:
    """Ids of twelve hex digits."""
    raw = mix(numbers, seed).astype(">u8").view(np.uint8).reshape(-1, 8)[:, 2:]
    return hex_text(np.ascontiguousarray(raw))


def digests(numbers: Ints, seed: int, size: int) -> npt.NDArray[np.uint8]:
    """`size` bytes for each number, the same for the same number, shape (rows, size)."""
    blocks = [
        mix(numbers, seed + 101 * block).astype(">u8").view(np.uint8).reshape(-1, 8)[:, 2:]
        for block in range(-(-size // 6))
    ]
    return np.concatenate(blocks, axis=1)[:, :size]


def flip_bits(raw: npt.NDArray[np.uint8], count: Ints, seed: int) -> npt.NDArray[np.uint8]:
    """Up to count[i] bits of row i turned over, as copying and resizing a picture does."""
    out = raw.copy()
    row = np.repeat(np.arange(len(raw)), count)
    bit = (mix(np.arange(len(row)), seed) % np.uint64(8 * raw.shape[1])).astype(np.int64)
    np.bitwise_xor.at(out, (row, bit // 8), (1 << (bit % 8)).astype(np.uint8))
    return out


def times(seconds: Ints, missing: Bools | None = None) -> pa.Array:
    """Seconds since 1970 as the contract's times, null where `missing`."""
    return pa.array(seconds * 1_000_000, pa.int64(), mask=missing).cast(TIME)


def chosen(names: Sequence[str], number: Ints) -> pa.Array:
    """Names by number."""
    return pa.array(list(names), pa.string()).take(pa.array(number))


def masked(values: pa.Array, number: Ints) -> pa.Array:
    """values[number], null where the number is negative."""
    return values.take(pa.array(np.maximum(number, 0), mask=number < 0))


def lists(values: pa.Array, counts: Ints) -> pa.Array:
    """Consecutive values as lists of these lengths."""
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), values)
