"""The multi-pattern engine: which patterns may stand at a place of a stream.

A pattern is a run of at most 64 symbols. Its first `q` symbols lead to a 64-bit mask of the lengths that patterns with
this beginning have; the mask is cut down to the lengths at which a word ends in the text; the hash of each remaining
window is looked up. So a place costs one probe of a bit array that stays in cache, whatever the number of patterns
(the idea of Wu and Manber's shift tables, TR-94-17, with hashes of windows in place of blocks). Compared with hyperscan
in docs/why/terms.md.
"""

from typing import NamedTuple

import numba as nb
import numpy as np
import numpy.typing as npt

from seawall.terms.fold import WINDOW, power

SPREAD = np.uint64(0xFF51AFD7ED558CCD)
_ONE = np.uint64(1)


class Table(NamedTuple):
    """A compiled set of patterns. `head` [slots] and `next` [patterns] chain patterns of one hash, -1 at the end."""

    q: int
    short: int  # bit L: some pattern has L < q symbols
    bits: npt.NDArray[np.uint64]
    prefix: npt.NDArray[np.uint64]
    lengths: npt.NDArray[np.uint64]
    window: npt.NDArray[np.uint64]
    head: npt.NDArray[np.int32]
    next: npt.NDArray[np.int32]


def build(q: int, prefix: npt.NDArray[np.uint64], window: npt.NDArray[np.uint64], length: npt.NDArray[np.int64]) -> Table:
    """A table of patterns given their prefix hash, whole hash and length, each of shape (patterns,)."""
    slots = 1 << max(4, int(2 * len(window) - 1).bit_length())
    bits = min(1 << 23, 1 << max(12, int(12 * len(window) - 1).bit_length()))
    table = Table(
        q,
        int(np.bitwise_or.reduce((1 << length[length < q]).astype(np.int64), initial=0)),
        np.zeros(bits >> 6, np.uint64),
        np.zeros(slots, np.uint64),
        np.zeros(slots, np.uint64),
        np.zeros(slots, np.uint64),
        np.full(slots, -1, np.int32),
        np.full(max(1, len(window)), -1, np.int32),
    )
    _fill(table, prefix, window, length)
    return table


@nb.njit(cache=True)
def _home(key, size):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    mixed = key * SPREAD
    return np.int64((mixed ^ (mixed >> np.uint64(32))) & np.uint64(size - 1))


@nb.njit(cache=True)
def _bit(key, words):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    mixed = (key * SPREAD) >> np.uint64(20)
    return mixed & np.uint64(words * 64 - 1)


@nb.njit(cache=True)
def _fill(table, prefix, window, length):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    for pattern in range(len(window)):
        key = prefix[pattern]
        bit = _bit(key, len(table.bits))
        table.bits[bit >> np.uint64(6)] |= _ONE << (bit & np.uint64(63))
        if length[pattern] >= table.q:
            slot = _home(key, len(table.prefix))
            while table.lengths[slot] != 0 and table.prefix[slot] != key:
                slot = (slot + 1) & (len(table.prefix) - 1)
            table.prefix[slot] = key
            table.lengths[slot] |= _ONE << np.uint64(length[pattern] - 1)
        slot = _home(window[pattern], len(table.window))
        while table.head[slot] >= 0 and table.window[slot] != window[pattern]:
            slot = (slot + 1) & (len(table.window) - 1)
        table.window[slot] = window[pattern]
        table.next[pattern] = table.head[slot]
        table.head[slot] = pattern


@nb.njit(cache=True)
def span(hashes, i, j):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The hash of symbols [i, j), at most 64 of them."""
    return hashes[j] - hashes[i] * power[j - i]


@nb.njit(cache=True)
def may_hold(table, key):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """False where no pattern has this prefix (or, when shorter, this hash)."""
    bit = _bit(key, len(table.bits))
    return (table.bits[bit >> np.uint64(6)] >> (bit & np.uint64(63))) & _ONE != 0


@nb.njit(cache=True)
def first(table, key):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The first pattern of this hash, or -1; `table.next` leads to the others."""
    slot = _home(key, len(table.window))
    while table.head[slot] >= 0:
        if table.window[slot] == key:
            return table.head[slot]
        slot = (slot + 1) & (len(table.window) - 1)
    return np.int32(-1)


@nb.njit(cache=True)
def lengths_at(table, key):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Bit L - 1 is set where a pattern of L symbols has this prefix."""
    slot = _home(key, len(table.prefix))
    while table.lengths[slot] != 0:
        if table.prefix[slot] == key:
            return table.lengths[slot]
        slot = (slot + 1) & (len(table.prefix) - 1)
    return np.uint64(0)


@nb.njit(cache=True)
def ends_after(cut, i):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Bit L - 1 is set where a match of L symbols that starts at `i` may end."""
    at = i + 1
    shift = np.uint64(at & (WINDOW - 1))
    low = cut[at >> 6] >> shift
    return low if shift == 0 else low | (cut[(at >> 6) + 1] << (np.uint64(64) - shift))


@nb.njit(cache=True)
def candidates(table, hashes, cut, i, n):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The lengths of the windows at `i` that may be patterns, as bits L - 1."""
    q = table.q
    ends = ends_after(cut, i)
    found = np.uint64(0)
    if i + q <= n:
        key = span(hashes, i, i + q)
        if may_hold(table, key):
            found = lengths_at(table, key) & ends
    if table.short:
        for length in range(1, min(q, n - i + 1)):
            if (table.short >> length) & 1 and (ends >> np.uint64(length - 1)) & _ONE:
                if may_hold(table, span(hashes, i, i + length)):
                    found |= _ONE << np.uint64(length - 1)
    return found


@nb.njit(cache=True)
def lowest(bits):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The place of the lowest set bit of a number that is not 0."""
    place = 0
    if bits & np.uint64(0xFFFFFFFF) == 0:
        place += 32
        bits >>= np.uint64(32)
    if bits & np.uint64(0xFFFF) == 0:
        place += 16
        bits >>= np.uint64(16)
    if bits & np.uint64(0xFF) == 0:
        place += 8
        bits >>= np.uint64(8)
    while bits & _ONE == 0:
        place += 1
        bits >>= _ONE
    return place
