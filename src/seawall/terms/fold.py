"""One pass over UTF-8: what a text reads as, with byte offsets and disguises.

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


@nb.njit(cache=True)
def _tail(data, i, stop, length):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    code = np.uint32(data[i]) & np.uint32(0xFF >> (length + 1))
    for j in range(i + 1, i + length):
        if j >= stop or data[j] & 0xC0 != 0x80:
            return np.uint32(0xFFFD), i + 1
        code = (code << np.uint32(6)) | np.uint32(data[j] & 0x3F)
    return (code, i + length) if code < 0x110000 else (np.uint32(0xFFFD), i + 1)


@nb.njit(cache=True)
def decode(data, i, stop):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The code point at byte `i` and where the next one starts; a stray byte reads as U+FFFD."""
    lead = data[i]
    if lead < 0xC0 or lead >= 0xF8:
        return np.uint32(0xFFFD), i + 1
    return _tail(data, i, stop, 2 if lead < 0xE0 else (3 if lead < 0xF0 else 4))


@nb.njit(cache=True)
def lookup(letters, code):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The alphabet's entry of a code point."""
    return letters.entry[(np.uint32(letters.page[code >> np.uint32(8)]) << np.uint32(8)) | (code & np.uint32(255))]


@nb.njit(cache=True)
def _next_kind(data, i, stop, letters):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """The kind of the character at byte `i`; beyond ASCII any character counts as a letter."""
    if i >= stop:
        return _SPACE
    if data[i] >= 128:
        return _LETTER
    return (lookup(letters, np.uint32(data[i])) >> np.uint32(21)) & np.uint32(15)


@nb.njit(cache=True)
def _sign(code, kind, adjacent, following):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Whether punctuation stands for a letter: between letters, or as money signs do at either end of a word."""
    inside = following == _LETTER or following == _DIGIT or following == _SIGN
    if code == _DOLLAR or code > 128:
        return (inside and following != _DIGIT) or adjacent
    return adjacent and inside


@nb.njit(cache=True)
def _group(kind, entry, code):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Characters of different groups may belong to different words."""
    if kind == _LETTER:
        if code >= 0x1F1E6 and code <= 0x1F1FF:
            return 6
        return 1 if (entry >> np.uint32(25)) == 1 else 0
    return int(kind)


@nb.njit(cache=True)
def _between(before, after):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """The level between two neighbouring characters of these groups."""
    if before == after:
        return EDGE if before == 8 else NONE
    if before >= 8 or after >= 8:
        return EDGE
    return NONE if before == 1 and after == 0 else WEAK


@nb.njit(cache=True)
def _put(out, n, entry, code, start, end, level, flag):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    symbol = entry & _SYMBOL
    if symbol < 128:
        symbol = alike[symbol]
    out.entry[n] = entry
    out.code[n] = code
    out.start[n] = start
    out.end[n] = end
    out.level[n] = level
    out.run[n] = 1
    out.flag[n] = flag
    mixed = (np.uint64(symbol) + np.uint64(1)) * MIX
    out.hash[n + 1] = out.hash[n] * BASE + (mixed ^ (mixed >> np.uint64(29)))


@nb.njit(cache=True)
def _special(kind, entry, code, adjacent, latin, following, letters):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Signs and look-alikes settled by their neighbours: what kind they are here, and the entry they read as."""
    if kind == _SIGN:
        return (_SIGN if _sign(code, kind, adjacent, following) else _SEPARATOR), entry
    row = entry & _SYMBOL
    if (adjacent and latin) or following == _LETTER:
        symbol = letters.several[row, 1]
        if (adjacent and latin) or not adjacent:
            return _LETTER, symbol | _LOOKALIKE_LETTER
    return _LETTER, letters.several[row, 0] | np.uint32(2 << 21)


@nb.njit(cache=True)
def fold_bytes(data, begin, stop, origin, letters, in_tag, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Fold bytes [begin, stop) into `out`; offsets count from `origin`. Returns the number of symbols."""
    n = 0
    pending = SPACE
    flag = IN_TAG if in_tag else 0
    group = 0
    single = 0
    out.hash[0] = 0
    i = begin
    while i < stop:
        code = np.uint32(data[i])
        following = i + 1
        if code >= 128:
            code, following = decode(data, i, stop)
        entry = lookup(letters, code)
        kind = (entry >> np.uint32(21)) & np.uint32(15)
        if kind == _SIGN or kind == _BESIDE:
            latin = n > 0 and (out.entry[n - 1] & _SYMBOL) < 128
            after = _next_kind(data, following, stop, letters)
            if kind == _BESIDE and following < stop and data[following] >= 128:
                after = _SPACE
            kind, entry = _special(kind, entry, code, n > 0 and pending < EDGE, latin, after, letters)
        if kind == _LETTER or kind == _DIGIT or kind == _SIGN or kind >= _EMOJI and kind != _MASK:
            now = _group(kind, entry, code)
            level = max(pending, _between(group, now))
            count = np.int64(letters.count[entry & _SYMBOL]) if kind == _SEVERAL else 1
            for part in range(count):
                read = entry
                if kind == _SEVERAL:
                    read = letters.several[entry & _SYMBOL, part] | (entry & np.uint32(0xFFE00000))
                same = n > 0 and (out.entry[n - 1] ^ read) & _SYMBOL == 0
                if same and level >= GAP:
                    after = _next_kind(data, following, stop, letters)
                    same = single == 1 and after != _LETTER and after != _DIGIT
                if same:
                    out.run[n - 1] = min(out.run[n - 1] + 1, 200)
                    out.end[n - 1] = following - origin
                else:
                    tail = IN_RUN if kind == _UNSPACED else 0
                    _put(out, n, read, code, i - origin, following - origin, level, flag | tail)
                    n += 1
                single = 1 if level >= GAP else single + 1
                level = NONE
            group = now
            pending = NONE
            flag &= IN_TAG
        elif kind == _INVISIBLE or kind == _MARK:
            flag |= HIDDEN if kind == _INVISIBLE else 0
            if kind == _MARK and n > 0:
                out.flag[n - 1] |= MARKED
        else:
            pending = max(pending, SPACE if kind == _SPACE else GAP)
            if kind == _HASH:
                flag = IN_TAG
            elif kind == _MASK:
                flag |= MASKED
            else:
                flag = 0
        i = following
    out.level[n] = SPACE
    out.start[n] = stop - origin
    out.flag[n] = flag & ~IN_TAG
    _cuts(out, n)
    return n


@nb.njit(cache=True)
def _cuts(out, n):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """One bit for each place where a match may start or end."""
    for word in range((n >> 6) + 3):
        out.cut[word] = 0
    before = np.uint8(0)
    for k in range(n + 1):
        loose = before & out.flag[k] & IN_TAG or (before | out.flag[k]) & IN_RUN
        if out.level[k] > NONE or loose:
            out.cut[k >> 6] |= np.uint64(1) << np.uint64(k & 63)
        before = out.flag[k]
