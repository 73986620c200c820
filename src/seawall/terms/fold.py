"""One pass over UTF-8: what it reads as, where, through what.

A stream holds one row per symbol. `entry`: the symbol and the disguise it was read through (`terms.alphabet`); `code`:
the original code point; `start`, `end`: bytes of the original; `level`: what stands before the symbol; `run`: how often
it was repeated; `flag`: what was dropped around it; `hash`: the polynomial hash of all symbols before it (modulo 2^64),
so that the hash of any window is two loads and a multiplication; `cut`, `edge`: bits of the places where a match may
start or end, where a word does, and where white space stands.
"""

# Kernels are typed by numba when they compile; mypy and ruff read them as plain Python.
# mypy: disable-error-code="operator,arg-type,assignment,type-var"
# ruff: noqa: SIM109

from typing import NamedTuple

import numba as nb
import numpy as np
import numpy.typing as npt

from seawall.terms.alphabet import ALIKE, Group, Kind

NONE, WEAK, EDGE, GAP, SPACE = 0, 1, 2, 3, 4
"""Levels: inside a word; a change of case or from letters to digits; a change of script or an emoji; punctuation; white
space. From `EDGE` on a word may end; from `GAP` on characters were left out."""
IN_TAG, HIDDEN, MARKED, MASKED, IN_RUN = 1, 2, 4, 8, 16
"""Flags: inside a hashtag; after a dropped invisible character; carries dropped marks; after a mask character; of a
script that writes no spaces."""
CHUNK = 1 << 16
WINDOW = 64
AHEAD = 12
BASE = np.uint64(0x9E3779B97F4A7C15)
MIX = np.uint64(0xD6E8FEB86659FD93)
WALL = np.uint64(0x2545F4914F6CDD1D)

_SEPARATOR, _SPACE, _LETTER, _DIGIT, _SIGN = (np.uint32(int(kind)) for kind in list(Kind)[:5])
_INVISIBLE, _MARK, _HASH, _EMOJI, _SEVERAL = (np.uint32(int(kind)) for kind in list(Kind)[5:10])
_UNSPACED, _BESIDE, _MASK = (np.uint32(int(kind)) for kind in list(Kind)[10:13])
_LETTERLIKE = np.uint32(sum(1 << kind for kind in (2, 3, 4, 8, 9, 10)))
_SYMBOL = np.uint32(0x1FFFFF)
_LOOKALIKE_LETTER = np.uint32((2 << 21) | (5 << 25))
_DOLLAR = np.uint32(ord("$"))
_QUESTION = np.uint32(ord("?"))
_RUN = np.uint32(int(Group.UNSPACED))
_KIND_AND_GROUP = np.uint32((15 << 21) | (7 << 29))
_NOT_IN_A_WORD = np.uint32(0xFFFFFFFF)

alike = np.arange(128, dtype=np.uint32)
for _symbol, _reads_as in ALIKE.items():
    alike[ord(_symbol)] = ord(_reads_as)
power = np.ones(WINDOW + 2, np.uint64)
for _exponent in range(1, WINDOW + 2):
    power[_exponent : _exponent + 1] = power[_exponent - 1 : _exponent] * BASE


transition = np.full((8, 8), WEAK, np.uint8)
"""The level between two neighbouring characters of these groups (`terms.alphabet.Group`)."""
np.fill_diagonal(transition, NONE)
transition[Group.CAPITAL, Group.SMALL] = NONE
transition[[Group.UNSPACED, Group.EMOJI], :] = EDGE
transition[:, [Group.UNSPACED, Group.EMOJI]] = EDGE
transition[Group.UNSPACED, Group.UNSPACED] = NONE
transition = transition.reshape(-1)


@nb.njit(inline="always")
def mix(symbol):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """A symbol spread over 64 bits, before it enters the polynomial."""
    mixed = (np.uint64(symbol) + np.uint64(1)) * MIX
    return mixed ^ (mixed >> np.uint64(29))


mixes = np.array([int(read) + 1 for read in alike], np.uint64) * MIX
mixes ^= mixes >> np.uint64(29)


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
    edge: npt.NDArray[np.uint64]
    space: npt.NDArray[np.uint64]


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
        np.empty((size >> 6) + 3, np.uint64),
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
def _masks(code, data, i, stop, page, table):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Whether a mask character, the next at byte `i`, stands for a letter: a question mark at a word's end asks."""
    return code != _QUESTION or (_LETTERLIKE >> _next_kind(data, i, stop, page, table)) & np.uint32(1) != 0


@nb.njit(cache=True, error_model="numpy")
def _latin_ahead(data, i, stop):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """The kind of a letter where the same word goes on with a Latin one within these bytes, else that of a space."""
    for k in range(i, stop):
        if data[k] < 128:
            small = data[k] | 0x20
            return _LETTER if 97 <= small <= 122 else _SPACE
    return _SPACE


@nb.njit(inline="always")
def _sign(code, adjacent, following):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Whether punctuation stands for a letter: between letters, or as money signs do at either end of a word."""
    inside = following == _LETTER or following == _DIGIT or following == _SIGN
    if code == _DOLLAR or code > 128:
        return (inside and following != _DIGIT) or adjacent
    return adjacent and inside


@nb.njit(inline="always")
def _special(kind, entry, code, adjacent, latin, following, several):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Signs and look-alikes settled by their neighbours: what kind they are here, and the entry they read as."""
    if kind == _SIGN:
        return (_SIGN if _sign(code, adjacent, following) else _SEPARATOR), entry
    row = entry & _SYMBOL
    if (adjacent and latin) or following == _LETTER:
        symbol = several[4 * row + 1]
        if (adjacent and latin) or not adjacent:
            return _LETTER, symbol | _LOOKALIKE_LETTER
    return _LETTER, several[4 * row] | np.uint32(2 << 21)


@nb.njit(inline="always")
def _close(out, n, end, flag, cut, edge, space):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """The end of a text is a boundary like any other."""
    out.level[n] = SPACE
    out.start[n] = end
    out.flag[n] = flag & ~IN_TAG
    bit = np.uint64(1) << np.uint64(n & 63)
    at = n >> 6
    out.cut[at], out.edge[at], out.space[at] = cut | bit, edge | bit, space | bit
    out.cut[at + 1], out.edge[at + 1], out.space[at + 1] = 0, 0, 0


@nb.njit(inline="always")
def _settled(data, following, stop, letters, kind, entry, code, adjacent, before):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Kind and entry of a character, signs and look-alikes settled by their neighbours."""
    page, table, several, _ = letters
    if kind == _SIGN or kind == _BESIDE:
        after = _next_kind(data, following, stop, page, table)
        if kind == _BESIDE:
            after = _latin_ahead(data, following, min(stop, following + AHEAD))
        kind, entry = _special(kind, entry, code, adjacent, adjacent and before < 128, after, several)
    return kind, entry


@nb.njit(cache=True, error_model="numpy")
def fold_rows(data, begins, ends_at, letters, in_tag, full, out, row_at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201, C901
    """Fold the texts data[begins[r]:ends_at[r]] into `out`. Returns the number of symbols.

    `row_at` takes the place of each text's first symbol. Offsets count from the first text's first byte. Without `full`
    only `hash`, `code`, `cut`, `edge` and `space` are written: all that the search needs.
    """
    page, table, several, count = letters
    entries, codes, starts, ends, levels, runs, flags, hashes, cuts, edges, spaces = out
    ascii_page = np.uint32(page[0]) << np.uint32(8)
    i = origin = begins[0]
    n = 0
    rolling = hashes[0] = cut = edge = space = loose = np.uint64(0)
    flag = 0
    for row in range(len(begins)):
        i, stop = begins[row], ends_at[row]
        if row:
            bit = np.uint64(1) << np.uint64(n & 63)  # a symbol that no pattern has stands between two texts
            cut, edge, space = cut | bit, edge | bit, space | bit
            cuts[n >> 6], edges[n >> 6], spaces[n >> 6] = cut, edge, space
            rolling = rolling * BASE + WALL
            n += 1
            hashes[n] = rolling
            if n & 63 == 0:
                cut = edge = space = np.uint64(0)
        row_at[row] = head = n
        pending, single, flag = SPACE, 0, (IN_TAG if in_tag else 0)
        group = before = last_code = np.uint32(0)
        alike_next = _NOT_IN_A_WORD
        while i < stop:
            code, following = np.uint32(data[i]), i + 1
            if code < 128:
                entry = table[ascii_page | code]
            else:
                code, following = decode(data, i, stop)
                entry = lookup(page, table, code)
            if entry & _KIND_AND_GROUP == alike_next and entry & _SYMBOL != before:
                before = entry & _SYMBOL  # most letters follow another letter of their kind: nothing else changes
                cut |= loose << np.uint64(n & 63)
                codes[n] = last_code = code
                rolling = rolling * BASE + (mixes[before] if before < 128 else mix(before))
                single, i, n = single + 1, following, n + 1
                hashes[n] = rolling
                if n & 63 == 0:
                    cuts[(n >> 6) - 1], edges[(n >> 6) - 1], spaces[(n >> 6) - 1] = cut, edge, space
                    cut = edge = space = np.uint64(0)
                continue
            kind = (entry >> np.uint32(21)) & np.uint32(15)
            if kind == _SIGN or kind == _BESIDE:
                adjacent = n > head and pending < EDGE
                kind, entry = _settled(data, following, stop, letters, kind, entry, code, adjacent, before)
            if (_LETTERLIKE >> kind) & np.uint32(1):
                now = entry >> np.uint32(29)
                level = max(pending, np.int64(transition[(group << np.uint32(3)) | now]))
                loose = np.uint64(flag & IN_TAG != 0) | np.uint64(now == _RUN)
                parts = np.int64(count[entry & _SYMBOL]) if kind == _SEVERAL else 1
                for part in range(parts):
                    read = entry
                    if kind == _SEVERAL:
                        read = several[4 * (entry & _SYMBOL) + np.uint32(part)] | (entry & np.uint32(0xFFE00000))
                    symbol = read & _SYMBOL
                    same = n > head and before == symbol and (code != 73 or last_code == 73)
                    if same and level >= GAP:
                        after = _next_kind(data, following, stop, page, table)
                        same = single == 1 and after != _LETTER and after != _DIGIT
                    if same:
                        if full:
                            runs[n - 1] = min(runs[n - 1] + 1, 200)
                            ends[n - 1] = following - origin
                    else:
                        bit = np.uint64(n & 63)
                        cut |= (np.uint64(level > NONE) | (loose & np.uint64(part == 0))) << bit
                        edge |= np.uint64(level > (GAP if flag & MASKED else WEAK)) << bit
                        space |= np.uint64(level == SPACE) << bit
                        cuts[n >> 6], edges[n >> 6], spaces[n >> 6] = cut, edge, space
                        codes[n] = code
                        if full:
                            entries[n], starts[n], ends[n] = read, i - origin, following - origin
                            levels[n], runs[n], flags[n] = level, 1, flag | (IN_RUN if now == _RUN else 0)
                        rolling = rolling * BASE + (mixes[symbol] if symbol < 128 else mix(symbol))
                        before, last_code = symbol, code
                        n += 1
                        hashes[n] = rolling
                        if n & 63 == 0:
                            cut = edge = space = np.uint64(0)
                    single, level = (1 if level >= GAP else single + 1), NONE
                group, pending, flag = now, NONE, flag & IN_TAG
                alike_next = _NOT_IN_A_WORD
                if not full and (kind == _LETTER or kind == _UNSPACED):
                    alike_next = (kind << np.uint32(21)) | (now << np.uint32(29))
            elif kind == _INVISIBLE or kind == _MARK:
                flag |= HIDDEN if kind == _INVISIBLE else 0
                if full and kind == _MARK and n > head:
                    flags[n - 1] |= MARKED
            else:
                pending, alike_next = max(pending, SPACE if kind == _SPACE else GAP), _NOT_IN_A_WORD
                masks = kind == _MASK and _masks(code, data, following, stop, page, table)
                flag = IN_TAG if kind == _HASH else (flag | MASKED if masks else 0)
            i = following
    _close(out, n, i - origin, flag, cut, edge, space)
    return n
