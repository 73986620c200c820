"""Hexadecimal text columns to bytes and 64-bit words, compiled."""

import numba as nb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

Bytes = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]

_VALUE = np.full(256, 255, np.uint8)
for _digit in range(16):
    _VALUE[ord("0123456789abcdef"[_digit])] = _VALUE[ord("0123456789ABCDEF"[_digit])] = _digit


def decode(column: pa.Array | pa.ChunkedArray, digits: int) -> tuple[Bytes, Flags]:
    """Bytes of each hex text, shape (n, digits // 2), and which rows are exactly `digits` hex digits of any case."""
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    column = column.cast(pa.large_string())
    if len(column) == 0:
        return np.zeros((0, digits // 2), np.uint8), np.zeros(0, np.bool_)
    valid = np.ones(len(column), np.bool_)
    if column.null_count:
        valid = np.asarray(column.is_valid())
    _, offset_buffer, text_buffer = column.buffers()
    offsets = np.frombuffer(offset_buffer, np.int64)[column.offset : column.offset + len(column) + 1]
    empty = text_buffer is None or text_buffer.size == 0
    text = np.zeros(1, np.uint8) if empty else np.frombuffer(text_buffer, np.uint8)
    return _decode(text, offsets, valid, digits, _VALUE)  # type: ignore[no-any-return]


def words(hashes: Bytes) -> Words:
    """256-bit hashes of shape (n, 32) as four 64-bit words each, first hex digit highest, shape (n, 4)."""
    return np.ascontiguousarray(hashes).view(">u8").astype(np.uint64).reshape(-1, 4)


def text(row: Words) -> str:
    """One hash of four words as 64 lower-case hex digits."""
    return "".join(f"{int(word):016x}" for word in row)


@nb.njit(cache=True, nogil=True)
def _decode(text, offsets, valid, digits, value):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    rows = len(offsets) - 1
    out = np.zeros((rows, digits // 2), np.uint8)
    fine = np.zeros(rows, np.bool_)
    for row in range(rows):
        start = offsets[row]
        if not valid[row] or offsets[row + 1] - start != digits:
            continue
        bad = np.uint8(0)
        for i in range(digits // 2):
            high, low = value[text[start + 2 * i]], value[text[start + 2 * i + 1]]
            bad |= (high | low) & np.uint8(0xF0)
            out[row, i] = (high << np.uint8(4)) | (low & np.uint8(15))
        fine[row] = bad == 0
        if bad:
            out[row, :] = 0
    return out, fine
