"""The multi-pattern engine: which patterns may stand where.

A pattern is a run of at most 64 symbols. Its first `q` symbols lead to a 64-bit mask of the lengths that patterns with
this beginning have; the mask is cut down to the lengths at which a word ends in the text; the hash of each remaining
window is looked up. So a place costs one probe of a bit array that stays in cache, whatever the number of patterns
(the idea of Wu and Manber's shift tables, TR-94-17, with hashes of windows in place of blocks). Compared with hyperscan
in docs/why/terms.md.
"""

# Kernels are typed by numba when they compile; mypy and ruff read them as plain Python.
# mypy: disable-error-code="operator,arg-type,assignment,type-var,call-arg,unreachable"

from typing import NamedTuple

import numba as nb
import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

from seawall.terms.fold import power

SPREAD = np.uint64(0xFF51AFD7ED558CCD)
_ONE = np.uint64(1)


class Table(NamedTuple):
    """A compiled set of patterns.

    `starts` and `wholes` are bit arrays of the hashes of beginnings (of patterns shorter than `q`: as long as the
    shortest pattern) and of whole patterns. `prefix` and `lengths` [slots]: the lengths that patterns of one beginning
    have. `head` [slots] and `next` [patterns] chain the patterns of one hash `window`, -1 at the end. Without
    beginnings (`q` 0) a table serves `find_words` alone.
    """

    q: int
    many: int  # 1: some pattern is several words
    short: int  # bit L - 1: some pattern has L < q symbols
    starts: npt.NDArray[np.uint64]
    wholes: npt.NDArray[np.uint64]
    prefix: npt.NDArray[np.uint64]
    lengths: npt.NDArray[np.uint64]
    window: npt.NDArray[np.uint64]
    head: npt.NDArray[np.int32]
    next: npt.NDArray[np.int32]


def build(
    q: int,
    prefix: npt.NDArray[np.uint64],
    window: npt.NDArray[np.uint64],
    length: npt.NDArray[np.int64],
    *,
    many: bool = False,
) -> Table:
    """A table of patterns given their prefix hash, whole hash and length, each of shape (patterns,).

    The prefix of a pattern shorter than `q` is as long as the shortest pattern.
    """
    count = len(window)
    slots = _power_of_two(2 * count, 16)
    bits = min(1 << 24, _power_of_two(12 * count, 1 << 12)) >> 6
    beginnings = slots if q else 1
    table = Table(
        q,
        int(many),
        int(np.bitwise_or.reduce(1 << (length[length < q] - 1), initial=0)),
        np.zeros(bits if q else 1, np.uint64),
        np.zeros(bits, np.uint64),
        np.zeros(beginnings, np.uint64),
        np.zeros(beginnings, np.uint64),
        np.zeros(slots, np.uint64),
        np.full(slots, -1, np.int32),
        np.full(max(1, count), -1, np.int32),
    )
    _fill(table, prefix, window, length)
    return table


def _power_of_two(least: int, floor: int) -> int:
    return max(floor, 1 << int(max(least, 1) - 1).bit_length())


@nb.njit(inline="always")
def home(key, size):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The slot where a hash is first looked for."""
    mixed = key * SPREAD
    return np.int64((mixed ^ (mixed >> np.uint64(32))) & np.uint64(size - 1))


@nb.njit(inline="always")
def bit_of(key, last):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The bit of a hash in a bit array whose last bit is `last`."""
    return ((key * SPREAD) >> np.uint64(20)) & last


@nb.njit(inline="always")
def _in_bits(key, bits):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """1 where the bit of a hash is set, else 0."""
    bit = bit_of(key, np.uint64(len(bits) * 64 - 1))
    return (bits[bit >> np.uint64(6)] >> (bit & np.uint64(63))) & _ONE


@nb.njit(cache=True)
def _set(bits, key):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    bit = bit_of(key, np.uint64(len(bits) * 64 - 1))
    bits[bit >> np.uint64(6)] |= _ONE << (bit & np.uint64(63))


@nb.njit(cache=True)
def _fill(table, prefix, window, length):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    for pattern in range(len(window)):
        _set(table.wholes, window[pattern])
        key = prefix[pattern]
        if table.q:
            _set(table.starts, key)
        if 0 < table.q <= length[pattern]:
            slot = home(key, len(table.prefix))
            while table.lengths[slot] != 0 and table.prefix[slot] != key:
                slot = (slot + 1) & (len(table.prefix) - 1)
            table.prefix[slot] = key
            table.lengths[slot] |= _ONE << np.uint64(length[pattern] - 1)
        slot = home(window[pattern], len(table.window))
        while table.head[slot] >= 0 and table.window[slot] != window[pattern]:
            slot = (slot + 1) & (len(table.window) - 1)
        table.window[slot] = window[pattern]
        table.next[pattern] = table.head[slot]
        table.head[slot] = pattern


@intrinsic
def lowest_bit(_context, bits):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The place of the lowest set bit of 64, in one instruction."""

    def code(_target, builder, _signature, arguments):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(bits), code


@nb.njit(inline="always")
def first_pattern(key, wholes, windows, heads):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The first pattern with this hash, or -1; the others follow it in the table's chain."""
    pattern = np.int64(-1)
    if _in_bits(key, wholes):
        slot = home(key, len(windows))
        while heads[slot] >= 0 and windows[slot] != key:
            slot = (slot + 1) & (len(windows) - 1)
        pattern = np.int64(heads[slot])
    return pattern


@nb.njit(inline="always")
def _after(first, second, shift):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """64 bits of a bit set from `shift` on, given the two words that hold them."""
    return (first >> shift) | ((second << _ONE) << (np.uint64(63) - shift))


@nb.njit(cache=True, error_model="numpy")
def find(hashes, cut, space, n, keep, table, found):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201, C901
    """Windows whose hash is a pattern's: fills `found` with rows (start, end, pattern) and returns how many.

    `hashes` [n + 1], `cut` and `space` are a stream's; matches start before `keep`. Where a text is plain words,
    a match ends at the next white space or before; where single letters are spaced out it goes on. One flat loop: numba
    counts references to every array that a helper with two exits is given, which costs more than the loop itself.
    """
    q, many, short_lengths, beginnings, wholes, prefix, lengths, windows, heads, _ = table
    short = np.uint64(short_lengths)
    least = lowest_bit(short | (_ONE << np.uint64(63))) + 1
    count = 0
    for word in range((keep >> 6) + 1):
        starts = cut[word]
        while starts:
            i = (word << 6) + lowest_bit(starts)
            starts &= starts - _ONE
            if i >= keep:
                break
            at = i + 1
            shift = np.uint64(at & 63)
            ends = _after(cut[at >> 6], cut[(at >> 6) + 1], shift)
            spaces = _after(space[at >> 6], space[(at >> 6) + 1], shift)
            inner = ends & (spaces ^ (spaces - _ONE))
            ends = ends if inner & _ONE or many else inner
            left = ends & short
            if left:  # in scripts without spaces nearly always: one probe for all the short lengths
                left *= _in_bits(hashes[i + least] - hashes[i] * power[least], beginnings)
            if i + q <= n and ends >> np.uint64(q - 1):
                key = hashes[i + q] - hashes[i] * power[q]
                if _in_bits(key, beginnings):
                    slot = home(key, len(prefix))
                    while lengths[slot] != 0 and prefix[slot] != key:
                        slot = (slot + 1) & (len(prefix) - 1)
                    left |= lengths[slot] & ends
            while left:
                j = at + lowest_bit(left)
                left &= left - _ONE
                if j > n:
                    break
                pattern = first_pattern(hashes[j] - hashes[i] * power[j - i], wholes, windows, heads)
                if pattern >= 0 and count < len(found):
                    found[count, 0], found[count, 1], found[count, 2] = i, j, pattern
                    count += 1
    return count


@nb.njit(cache=True, error_model="numpy")
def find_words(hashes, edge, n, keep, table, found):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """As `find`, for windows that are one word (or two, where the table has phrases), from edge to edge."""
    _, many, _, _, wholes, _, _, windows, heads, _ = table
    count = 0
    first = -1
    second = -1
    for word in range((n >> 6) + 1):
        places = edge[word]
        while places:
            j = (word << 6) + lowest_bit(places)
            places &= places - _ONE
            for back in range(1 + many):
                i = first if back else second
                if 0 <= i < keep and 4 <= j - i <= 64:
                    pattern = first_pattern(hashes[j] - hashes[i] * power[j - i], wholes, windows, heads)
                    if pattern >= 0 and count < len(found):
                        found[count, 0], found[count, 1], found[count, 2] = i, j, pattern
                        count += 1
            first = second
            second = j
    return count
