"""Words, hashtags and emoji of a column, for each account.

One pass over Arrow's buffers: a token is a run of letters and digits, also with single dots, dashes and the like
between them, or a single emoji; a hashtag counts as itself, with its #, and as its word. Tokens that read alike (case,
marks, look-alikes, digits for letters, separators, repeats: `terms.fold`) are one token. Links, names after @ and bare
numbers are none. A script without spaces gives runs of two and three symbols outside hashtags, since its words cannot
be told apart here.
"""

# Kernels are typed by numba when they compile; mypy and ruff read them as plain Python.
# mypy: disable-error-code="operator,arg-type,assignment,type-var"
# ruff: noqa: SIM109

from dataclasses import dataclass
from typing import TypeAlias

import numba as nb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from seawall.terms.alphabet import Disguise, Kind, alphabet
from seawall.terms.fold import BASE, alike, decode, lookup, mix
from seawall.terms.patterns import letters_of
from seawall.terms.utf8 import utf8

Texts: TypeAlias = pa.Array | pa.ChunkedArray
Keys = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]
MIN_BYTES, MAX_BYTES = 3, 120
_LETTERS = np.uint32(sum(1 << kind for kind in (Kind.LETTER, Kind.DIGIT, Kind.SEVERAL, Kind.BESIDE)))
_ZERO_WIDTH = np.uint32(sum(1 << kind for kind in (Kind.MARK, Kind.INVISIBLE)))
_SPACE, _DIGIT, _SIGN, _HASH = (np.uint32(int(kind)) for kind in (Kind.SPACE, Kind.DIGIT, Kind.SIGN, Kind.HASH))
_EMOJI, _UNSPACED, _MASK = (np.uint32(int(kind)) for kind in (Kind.EMOJI, Kind.UNSPACED, Kind.MASK))
_SYMBOL = np.uint32(0x1FFFFF)
_UNDONE = np.uint32(int(Disguise.MARKS))
_TAG = np.uint64(0x5851F42D4C957F2D)


@dataclass(frozen=True, slots=True)
class Sightings:
    """Tokens where they stand, in the order of the column; every array has shape (sightings,).

    `begin` and `end` are bytes of `data`, without a hashtag's #; `plain` tells a token written without disguise.
    """

    data: npt.NDArray[np.uint8]
    offsets: Places
    row: Places
    begin: Places
    end: Places
    key: Keys
    plain: npt.NDArray[np.bool_]
    tagged: npt.NDArray[np.bool_]

    def spellings(self) -> tuple[Places, list[int]]:
        """The number of each sighting's spelling, and a sighting of each; case aside, equal texts may have two."""
        raw = _span_hashes(self.data, self.begin, self.end) ^ np.where(self.tagged, _TAG, np.uint64(0))
        _, first, which = np.unique(raw, return_index=True, return_inverse=True)
        return which, first.tolist()

    def spelt(self, at: int) -> str:
        """One sighting in lower case."""
        text = self.data[self.begin[at] : self.end[at]].tobytes().decode("utf-8", "replace").lower()
        return f"#{text}" if self.tagged[at] else text

    def around(self, at: int, width: int) -> str:
        """The words around one sighting, about `width` bytes of its row to either side; no word is cut."""
        row, begin, end = self.row[at], self.begin[at], self.end[at]
        low, high = max(begin - width, self.offsets[row]), min(end + width, self.offsets[row + 1])
        before, after = (self.data[a:b].tobytes().decode("utf-8", "ignore") for a, b in ((low, begin), (end, high)))
        if low > self.offsets[row]:
            before = before.partition(" ")[2]
        if high < self.offsets[row + 1]:
            after = after.rpartition(" ")[0]
        return before + self.data[begin:end].tobytes().decode("utf-8", "replace") + after


def sightings(texts: Texts, wanted: Keys | None = None, *, hashtags: bool = False) -> Sightings:
    """Every token of a column, or only those whose hash is in `wanted` (sorted).

    With `hashtags` each row is one hashtag without its #.
    """
    data, offsets = utf8(texts)
    found = _tokenise(data, offsets, letters_of(alphabet()), _bits_of(wanted), hashtags)
    if wanted is not None and len(found[3]):
        at = np.minimum(np.searchsorted(wanted, found[3]), len(wanted) - 1)
        found = tuple(part[wanted[at] == found[3]] for part in found)
    return Sightings(data, offsets, *found)


def _bits_of(wanted: Keys | None) -> Keys:
    """A bit array that lets these hashes through, and few others; every hash where none are named."""
    if wanted is None:
        return np.full(1, ~np.uint64(0), np.uint64)
    bits = np.zeros(1 << 14, np.uint64)
    place = wanted >> np.uint64(8) & np.uint64(len(bits) * 64 - 1)
    np.bitwise_or.at(bits, (place >> np.uint64(6)).astype(np.int64), np.uint64(1) << (place & np.uint64(63)))
    return bits


@nb.njit(inline="always")
def _passes(bits, key):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    place = (key >> np.uint64(8)) & np.uint64(len(bits) * 64 - 1)
    return (bits[place >> np.uint64(6)] >> (place & np.uint64(63))) & np.uint64(1)


@nb.njit(inline="always")
def _joins(code, kind):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Whether a character between two letters leaves them one word: . - ~ * _ and the like."""
    return kind == _MASK or code == 46 or code == 45 or code == 126


@nb.njit(inline="always")
def _lettered(data, i, stop, page, table):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Whether a letter or a digit stands at byte `i`."""
    if i >= stop:
        return False
    code = np.uint32(data[i])
    if code >= 128:
        code, _ = decode(data, i, stop)
    return (_LETTERS >> ((lookup(page, table, code) >> np.uint32(21)) & np.uint32(15))) & np.uint32(1) != 0


@nb.njit(cache=True, error_model="numpy")
def _tokenise(data, offsets, letters, bits, tags):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, C901
    """Row, byte span and hash of every token that `bits` lets through; whether it is plain, and a tag."""
    page, table, _, _ = letters
    room = offsets[-1] - offsets[0] + 1  # two tokens of a tag take four bytes, an emoji two, an unspaced script's three
    rows = np.empty(room, np.int64)
    begins = np.empty(room, np.int64)
    ends = np.empty(room, np.int64)
    keys = np.empty(room, np.uint64)
    plains = np.empty(room, np.bool_)
    tags_at = np.zeros(room, np.bool_)
    n = 0
    for row in range(len(offsets) - 1):
        i = offsets[row]
        stop = offsets[row + 1]
        tagged = tags
        begin = end = second = third = np.int64(-1)
        key = np.uint64(0)
        before = np.uint32(0)
        worded = False
        plain = True
        skipped = False  # a link or a name: nothing counts up to the next white space
        while i <= stop:
            kind = _SPACE
            code = entry = np.uint32(0)
            after = i + 1
            if i < stop:
                code = np.uint32(data[i])
                if code >= 128:
                    code, after = decode(data, i, stop)
                entry = lookup(page, table, code)
                kind = (entry >> np.uint32(21)) & np.uint32(15)
            own = tagged and (kind == _UNSPACED or (tags and kind == _EMOJI))
            letter = (_LETTERS >> kind) & np.uint32(1) != 0 or own
            if begin >= 0 and end >= 0 and not letter and _lettered(data, after, stop, page, table):
                if kind == _SIGN and code != 47:
                    letter = True
                elif _joins(code, kind):
                    plain = False
                    i = after
                    continue
            if letter:
                begin = i if begin < 0 else begin
                end = after
                own_symbol = kind == np.uint32(2) or kind == _DIGIT or kind == _SIGN
                symbol = (entry & _SYMBOL) if own_symbol else code
                symbol = alike[symbol] if symbol < 128 else symbol
                plain &= (
                    kind != _SIGN
                    and kind != _DIGIT
                    and ((entry >> np.uint32(25)) & np.uint32(15)) <= _UNDONE
                    and symbol != before
                )
                worded |= kind != _DIGIT
                if symbol != before:
                    key = key * BASE + mix(symbol)
                    before = symbol
            elif begin >= 0 and (_ZERO_WIDTH >> kind) & np.uint32(1):
                plain = False
            else:
                if code == 47 and begin >= 0:
                    skipped = True
                if end - begin >= MIN_BYTES and end - begin <= MAX_BYTES and begin >= 0 and worded and not skipped:
                    if code == 58 and i + 1 < stop and data[i + 1] == 47:
                        skipped = True
                    else:
                        if _passes(bits, key):
                            rows[n], begins[n], ends[n], keys[n], plains[n] = row, begin, end, key, plain
                            n += 1
                        if tagged and _passes(bits, key ^ _TAG):
                            rows[n], begins[n], ends[n], keys[n], plains[n] = row, begin, end, key ^ _TAG, plain
                            tags_at[n] = True
                            n += 1
                tagged = kind == _HASH
                begin = end = np.int64(-1)
                key = np.uint64(0)
                before = np.uint32(0)
                worded = False
                plain = True
                skipped = kind != _SPACE and (skipped or code == 64)
                if kind == _EMOJI and _passes(bits, mix(np.uint64(code))):
                    rows[n], begins[n], ends[n], keys[n], plains[n] = row, i, after, mix(np.uint64(code)), True
                    n += 1
            if kind == _UNSPACED and not own:
                for start in (second, third):
                    if start >= 0:
                        span = _bytes_hash(data, start, after)
                        if _passes(bits, span):
                            rows[n], begins[n], ends[n], keys[n], plains[n] = row, start, after, span, True
                            n += 1
                third = second
                second = i
            else:
                second = np.int64(-1)
                third = np.int64(-1)
            i = after
    return rows[:n].copy(), begins[:n].copy(), ends[:n].copy(), keys[:n].copy(), plains[:n].copy(), tags_at[:n].copy()


@nb.njit(cache=True)
def _span_hashes(data, begin, end):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """The hash of every span's bytes."""
    found = np.empty(len(begin), np.uint64)
    for k in range(len(begin)):
        found[k] = _bytes_hash(data, begin[k], end[k])
    return found


@nb.njit(cache=True)
def _bytes_hash(data, begin, end):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    whole = np.uint64(1)
    for k in range(begin, end):
        whole = whole * BASE + mix(np.uint64(data[k]))
    return whole
