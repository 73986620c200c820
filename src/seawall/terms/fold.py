"""One pass over UTF-8: what a text reads as, with byte offsets.

A stream holds one row per symbol. `entry`: the symbol and the disguise it was read through (`terms.alphabet`); `code`:
the original code point; `start`, `end`: bytes of the original; `level`: what stands before the symbol; `run`: how often
it was repeated; `flag`: what was dropped around it; `hash`: the polynomial hash of all symbols before it (modulo 2^64),
so that the hash of any window is two loads and a multiplication.
"""

from typing import NamedTuple

import numba as nb
import numpy as np
import numpy.typing as npt

from seawall.terms.alphabet import ALIKE, Kind

NONE, WEAK, EDGE, GAP, SPACE = 0, 1, 2, 3, 4
"""Levels: inside a word; a change of case or from letters to digits; a change of script or an emoji; punctuation; white
space. From `EDGE` on a word may end; from `GAP` on characters were left out."""
IN_TAG, HIDDEN, MARKED, MASKED, IN_RUN = 1, 2, 4, 8, 16
"""Flags: inside a hashtag; after a dropped invisible character; carries dropped marks; after a mask character; of a
script that writes no spaces."""
CHUNK = 1 << 16
WINDOW = 64
BASE = np.uint64(0x9E3779B97F4A7C15)
MIX = np.uint64(0xD6E8FEB86659FD93)

_SEPARATOR, _SPACE, _LETTER, _DIGIT, _SIGN = (np.uint32(int(kind)) for kind in list(Kind)[:5])
_INVISIBLE, _MARK, _HASH, _EMOJI, _SEVERAL = (np.uint32(int(kind)) for kind in list(Kind)[5:10])
_UNSPACED, _BESIDE, _MASK = (np.uint32(int(kind)) for kind in list(Kind)[10:13])
_LETTERLIKE = np.uint32(sum(1 << kind for kind in (2, 3, 4, 8, 9, 10)))
_SYMBOL = np.uint32(0x1FFFFF)
_LOOKALIKE_LETTER = np.uint32((2 << 21) | (5 << 25))
_DOLLAR = np.uint32(ord("$"))

alike = np.arange(128, dtype=np.uint32)
for _symbol, _reads_as in ALIKE.items():
    alike[ord(_symbol)] = ord(_reads_as)
power = np.ones(WINDOW + 2, np.uint64)
for _exponent in range(1, WINDOW + 2):
    power[_exponent : _exponent + 1] = power[_exponent - 1 : _exponent] * BASE


class Letters(NamedTuple):
    """The alphabet as the kernels take it."""

    page: npt.NDArray[np.uint16]
    entry: npt.NDArray[np.uint32]
    several: npt.NDArray[np.uint32]
    count: npt.NDArray[np.uint8]


class Stream(NamedTuple):
    """The buffers of one folded text; `hash` has one row more than the others, and so have `level` and `start`."""

    entry: npt.NDArray[np.uint32]
    code: npt.NDArray[np.int32]
    start: npt.NDArray[np.int32]
    end: npt.NDArray[np.int32]
    level: npt.NDArray[np.uint8]
    run: npt.NDArray[np.uint8]
    flag: npt.NDArray[np.uint8]
    hash: npt.NDArray[np.uint64]
    cut: npt.NDArray[np.uint64]


@nb.njit(cache=True)
def new_stream(size):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Buffers for a text of at most `size` symbols."""
    return Stream(
        np.empty(size, np.uint32),
        np.empty(size, np.int32),
        np.empty(size + 1, np.int32),
        np.empty(size, np.int32),
        np.empty(size + 1, np.uint8),
        np.empty(size, np.uint8),
        np.empty(size + 1, np.uint8),
        np.empty(size + 1, np.uint64),
        np.empty((size >> 6) + 3, np.uint64),
    )


@nb.njit(inline="always")
def _tail(data, i, stop, length):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    code = np.uint32(data[i]) & np.uint32(0xFF >> (length + 1))
    for j in range(i + 1, i + length):
        if j >= stop or data[j] & 0xC0 != 0x80:
            return np.uint32(0xFFFD), i + 1
        code = (code << np.uint32(6)) | np.uint32(data[j] & 0x3F)
    return (code, i + length) if code < 0x110000 else (np.uint32(0xFFFD), i + 1)


@nb.njit(inline="always")
def decode(data, i, stop):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The code point at byte `i` and where the next one starts; a stray byte reads as U+FFFD."""
    lead = data[i]
    if lead < 0xC0 or lead >= 0xF8:
        return np.uint32(0xFFFD), i + 1
    return _tail(data, i, stop, 2 if lead < 0xE0 else (3 if lead < 0xF0 else 4))


@nb.njit(inline="always")
def lookup(page, table, code):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The alphabet's entry of a code point."""
    return table[(np.uint32(page[code >> np.uint32(8)]) << np.uint32(8)) | (code & np.uint32(255))]


@nb.njit(inline="always")
def _next_kind(data, i, stop, page, table):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """The kind of the character at byte `i`; beyond ASCII any character counts as a letter."""
    if i >= stop:
        return _SPACE
    if data[i] >= 128:
        return _LETTER
    return (lookup(page, table, np.uint32(data[i])) >> np.uint32(21)) & np.uint32(15)


@nb.njit(inline="always")
def _sign(code, kind, adjacent, following):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Whether punctuation stands for a letter: between letters, or as money signs do at either end of a word."""
    inside = following == _LETTER or following == _DIGIT or following == _SIGN
    if code == _DOLLAR or code > 128:
        return (inside and following != _DIGIT) or adjacent
    return adjacent and inside


@nb.njit(inline="always")
def _group(kind, entry, code):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Characters of different groups may belong to different words."""
    if kind == _LETTER:
        if code >= 0x1F1E6 and code <= 0x1F1FF:
            return 6
        return 1 if (entry >> np.uint32(25)) == 1 else 0
    return int(kind)


@nb.njit(inline="always")
def _between(before, after):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """The level between two neighbouring characters of these groups."""
    if before == after:
        return EDGE if before == 8 else NONE
    if before >= 8 or after >= 8:
        return EDGE
    return NONE if before == 1 and after == 0 else WEAK


@nb.njit(inline="always")
def _special(kind, entry, code, adjacent, latin, following, several):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Signs and look-alikes settled by their neighbours: what kind they are here, and the entry they read as."""
    if kind == _SIGN:
        return (_SIGN if _sign(code, kind, adjacent, following) else _SEPARATOR), entry
    row = entry & _SYMBOL
    if (adjacent and latin) or following == _LETTER:
        symbol = several[4 * row + 1]
        if (adjacent and latin) or not adjacent:
            return _LETTER, symbol | _LOOKALIKE_LETTER
    return _LETTER, several[4 * row] | np.uint32(2 << 21)


@nb.njit(cache=True, error_model="numpy")
def fold_bytes(data, begin, stop, origin, letters, in_tag, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Fold bytes [begin, stop) into `out`; offsets count from `origin`. Returns the number of symbols."""
    page, table, several, count = letters
    entries, codes, starts, ends, levels, runs, flags, hashes, cut = out
    n = 0
    pending = SPACE
    flag = IN_TAG if in_tag else 0
    group = 0
    single = 0
    rolling = np.uint64(0)
    hashes[0] = rolling
    before = np.uint32(0)
    i = begin
    while i < stop:
        code = np.uint32(data[i])
        following = i + 1
        if code >= 128:
            code, following = decode(data, i, stop)
        entry = lookup(page, table, code)
        kind = (entry >> np.uint32(21)) & np.uint32(15)
        if kind == _SIGN or kind == _BESIDE:
            latin = n > 0 and (before & _SYMBOL) < 128
            after = _next_kind(data, following, stop, page, table)
            if kind == _BESIDE and following < stop and data[following] >= 128:
                after = _SPACE
            kind, entry = _special(kind, entry, code, n > 0 and pending < EDGE, latin, after, several)
        if (_LETTERLIKE >> kind) & np.uint32(1):
            now = _group(kind, entry, code)
            level = max(pending, _between(group, now))
            parts = np.int64(count[entry & _SYMBOL]) if kind == _SEVERAL else 1
            for part in range(parts):
                read = entry
                if kind == _SEVERAL:
                    read = several[4 * (entry & _SYMBOL) + np.uint32(part)] | (entry & np.uint32(0xFFE00000))
                same = n > 0 and (before ^ read) & _SYMBOL == 0 and (code != 73 or codes[n - 1] == 73)
                if same and level >= GAP:
                    after = _next_kind(data, following, stop, page, table)
                    same = single == 1 and after != _LETTER and after != _DIGIT
                if same:
                    runs[n - 1] = min(runs[n - 1] + 1, 200)
                    ends[n - 1] = following - origin
                else:
                    symbol = read & _SYMBOL
                    if symbol < 128:
                        symbol = alike[symbol]
                    entries[n] = read
                    codes[n] = code
                    starts[n] = i - origin
                    ends[n] = following - origin
                    levels[n] = level
                    runs[n] = 1
                    flags[n] = flag | (IN_RUN if kind == _UNSPACED else 0)
                    mixed = (np.uint64(symbol) + np.uint64(1)) * MIX
                    rolling = rolling * BASE + (mixed ^ (mixed >> np.uint64(29)))
                    n += 1
                    hashes[n] = rolling
                    before = read
                single = 1 if level >= GAP else single + 1
                level = NONE
            group = now
            pending = NONE
            flag &= IN_TAG
        elif kind == _INVISIBLE or kind == _MARK:
            flag |= HIDDEN if kind == _INVISIBLE else 0
            if kind == _MARK and n > 0:
                flags[n - 1] |= MARKED
        else:
            pending = max(pending, SPACE if kind == _SPACE else GAP)
            if kind == _HASH:
                flag = IN_TAG
            elif kind == _MASK:
                flag |= MASKED
            else:
                flag = 0
        i = following
    levels[n] = SPACE
    starts[n] = stop - origin
    flags[n] = flag & ~IN_TAG
    _cuts(levels, flags, cut, n)
    return n


@nb.njit(cache=True, error_model="numpy")
def _cuts(levels, flags, cut, n):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """One bit for each place where a match may start or end."""
    before = np.uint8(0)
    word = np.uint64(0)
    for k in range(n + 1):
        loose = ((before & flags[k]) & IN_TAG) | ((before | flags[k]) & IN_RUN)
        word |= np.uint64((levels[k] > NONE) | (loose != 0)) << np.uint64(k & 63)
        before = flags[k]
        if k & 63 == 63:
            cut[k >> 6] = word
            word = np.uint64(0)
    cut[(n + 1) >> 6] = word
    cut[((n + 1) >> 6) + 1] = 0
