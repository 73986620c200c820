"""The multi-pattern engine: which patterns may stand at a place.

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
_DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)
_place = np.zeros(64, np.uint8)
for _bit_place in range(64):
    _place[((int(_DE_BRUIJN) << _bit_place) & (2**64 - 1)) >> 58] = _bit_place


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


def build(
    q: int, prefix: npt.NDArray[np.uint64], window: npt.NDArray[np.uint64], length: npt.NDArray[np.int64]
) -> Table:
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


@nb.njit(inline="always")
def _home(key, size):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    mixed = key * SPREAD
    return np.int64((mixed ^ (mixed >> np.uint64(32))) & np.uint64(size - 1))


@nb.njit(inline="always")
def _bit(key, last):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    return ((key * SPREAD) >> np.uint64(20)) & last


@nb.njit(cache=True)
def _fill(table, prefix, window, length):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    for pattern in range(len(window)):
        key = prefix[pattern]
        bit = _bit(key, np.uint64(len(table.bits) * 64 - 1))
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


@nb.njit(inline="always")
def _lowest(bits):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Which product's top bits name the lowest set bit (Leiserson, Prokop and Randall, 1998)."""
    return ((bits & (~bits + _ONE)) * _DE_BRUIJN) >> np.uint64(58)


@nb.njit(cache=True, error_model="numpy")
def find(hashes, cut, n, keep, table, found):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Windows whose hash is a pattern's: fills `found` with rows (start, end, pattern) and returns how many.

    `hashes` [n + 1] are a stream's, `cut` the bits of its places where a match may start or end; matches start before
    `keep`. One flat loop: numba counts references to every array that a helper with two exits is given, which costs
    more than the loop itself.
    """
    q, short, bits, prefix, lengths, windows, heads, _ = table
    last_bit = np.uint64(len(bits) * 64 - 1)
    near_ends = np.uint64((1 << (q - 1)) - 1)
    count = 0
    for word in range((keep >> 6) + 1):
        starts = cut[word]
        while starts:
            i = (word << 6) + np.int64(_place[_lowest(starts)])
            starts &= starts - _ONE
            if i >= keep:
                break
            at = i + 1
            shift = np.uint64(at & 63)
            ends = (cut[at >> 6] >> shift) | ((cut[(at >> 6) + 1] << _ONE) << (np.uint64(63) - shift))
            left = np.uint64(0)
            if i + q <= n:
                key = hashes[i + q] - hashes[i] * power[q]
                bit = _bit(key, last_bit)
                if (bits[bit >> np.uint64(6)] >> (bit & np.uint64(63))) & _ONE:
                    slot = _home(key, len(prefix))
                    while lengths[slot] != 0 and prefix[slot] != key:
                        slot = (slot + 1) & (len(prefix) - 1)
                    left = lengths[slot] & ends
            near = ends & near_ends & np.uint64(short >> 1)
            while near:
                length = np.int64(_place[_lowest(near)]) + 1
                near &= near - _ONE
                if i + length <= n:
                    bit = _bit(hashes[i + length] - hashes[i] * power[length], last_bit)
                    if (bits[bit >> np.uint64(6)] >> (bit & np.uint64(63))) & _ONE:
                        left |= _ONE << np.uint64(length - 1)
            while left:
                j = at + np.int64(_place[_lowest(left)])
                left &= left - _ONE
                key = hashes[j] - hashes[i] * power[j - i]
                slot = _home(key, len(windows))
                while heads[slot] >= 0 and windows[slot] != key:
                    slot = (slot + 1) & (len(windows) - 1)
                if heads[slot] >= 0 and count < len(found):
                    found[count, 0] = i
                    found[count, 1] = j
                    found[count, 2] = heads[slot]
                    count += 1
    return count
