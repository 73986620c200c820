"""Closed tags, refused links and known digests: one look each."""

# Kernels are typed by numba when they compile; mypy and ruff read them as plain Python.
# mypy: disable-error-code="operator,arg-type,assignment,type-var"

import unicodedata

import numba as nb
import numpy as np

from seawall.guard.holdings import tag_key_at, things_at
from seawall.guard.secrets import again, mask
from seawall.guard.table import place_of
from seawall.records.ids import hash_bytes

_OPENED = np.uint64(1 << 8)
_SPACE, _HASH = 32, 35


@nb.njit(inline="always")
def thing_of(hashed, keys, rows, late_keys, late_rows, words):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The policy subject of a thing, 0 where it is none; what people decided since the run counts first."""
    if len(late_keys) > 1:
        at = place_of(hashed, late_keys)
        if at >= 0:
            row = np.uint64(late_rows[at] ^ mask(hashed, words))
            return np.int64(0) if row & _OPENED else np.int64(row)
    at = place_of(hashed, keys)
    return np.int64(rows[at] ^ mask(hashed, words)) if at >= 0 else np.int64(0)


@nb.njit(cache=True)
def look_up(ids, kind, held):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The policy subject of each keyed id, shape (n,); `kind` are its kind's key words."""
    keys, rows, late_keys, late_rows, words = things_at(held)
    out = np.zeros(len(ids), np.uint8)
    for k in range(len(ids)):
        out[k] = thing_of(again(ids[k], kind), keys, rows, late_keys, late_rows, words)
    return out


@nb.njit(cache=True)
def worst_tag(data, held):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The worst policy subject among a query's words, each as a hashtag, keyed as the door does."""
    keys, rows, late_keys, late_rows, words = things_at(held)
    low, high = tag_key_at(held)
    worst = np.int64(0)
    begin = 0
    for i in range(len(data) + 1):
        if i < len(data) and data[i] != _SPACE:
            continue
        while begin < i and data[begin] == _HASH:
            begin += 1
        if begin < i:
            hashed = again(hash_bytes(data, begin, i, low, high), words)
            worst = max(worst, thing_of(hashed, keys, rows, late_keys, late_rows, words))
        begin = i + 1
    return worst


def spelled_tag(text: str) -> bytes:
    """A query or a tag as the door in spells hashtags: NFKC, lower case; UTF-8."""
    return (text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).lower()).encode("utf-8", "replace")
