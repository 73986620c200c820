"""Keyed ids and columns of the texts of one request.

`pa.array` of a list loads pandas where it is installed: 26 MB that every worker would hold for itself.
"""

# Kernels are typed by numba when they compile; mypy and ruff read them as plain Python.
# mypy: disable-error-code="operator,arg-type,assignment,type-var"

from collections.abc import Sequence
from itertools import accumulate

import numba as nb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from seawall.records.ids import IdKey, Keys, hash_bytes

_BYTES = nb.types.Array(nb.uint8, 1, "C", readonly=True)


class Texts:
    """Hashes texts of one kind under a deployment's key."""

    def __init__(self, key: IdKey, kind: str) -> None:
        low, high = key.pair(kind)
        self._low, self._high = int(low), int(high)

    def one(self, text: str) -> int:
        """The keyed id of one text."""
        raw = text.encode("utf-8", "replace")
        return int(_hashed(np.frombuffer(raw or b"\0", np.uint8), len(raw), self._low, self._high))

    def many(self, texts: Sequence[str]) -> Keys:
        """The keyed ids of texts, shape (len(texts),)."""
        data, ends = _joined(texts)
        keyed: Keys = _all_hashed(np.frombuffer(data or b"\0", np.uint8), ends, self._low, self._high)
        return keyed


def column(texts: Sequence[str]) -> pa.StringArray:
    """A column of texts."""
    data, ends = _joined(texts)
    offsets = np.append(np.int32(0), ends.astype(np.int32))
    return pa.StringArray.from_buffers(len(texts), pa.py_buffer(offsets), pa.py_buffer(data))


def _joined(texts: Sequence[str]) -> tuple[bytes, npt.NDArray[np.int64]]:
    """The UTF-8 of texts in one piece, and where each ends."""
    whole = "".join(texts)
    if whole.isascii():
        return whole.encode(), np.fromiter(accumulate(map(len, texts)), np.int64, len(texts))
    raw = [text.encode("utf-8", "replace") for text in texts]
    return b"".join(raw), np.fromiter(accumulate(map(len, raw)), np.int64, len(raw))


@nb.njit(nb.uint64(_BYTES, nb.int64, nb.uint64, nb.uint64), cache=True)
def _hashed(data, size, low, high):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    return hash_bytes(data, 0, size, low, high)


@nb.njit(nb.uint64[::1](_BYTES, nb.types.Array(nb.int64, 1, "C", readonly=True), nb.uint64, nb.uint64), cache=True)
def _all_hashed(data, ends, low, high):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    out = np.empty(len(ends), np.uint64)
    begin = 0
    for row in range(len(ends)):
        out[row] = hash_bytes(data, begin, ends[row], low, high)
        begin = ends[row]
    return out
