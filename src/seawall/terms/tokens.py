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

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numba as nb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seawall.records.activity import TIME
from seawall.terms.alphabet import Disguise, Kind, alphabet
from seawall.terms.fold import BASE, alike, decode, lookup, mix
from seawall.terms.patterns import letters_of
from seawall.terms.utf8 import utf8

TOKENS = pa.schema(
    [
        pa.field("account_id", pa.uint64(), False),
        pa.field("token", pa.string(), False),
        pa.field("n", pa.int64(), False),
        pa.field("first_at", TIME),
        pa.field("last_at", TIME),
    ]
)
COUNTS = pa.schema([TOKENS.field(0), pa.field("key", pa.uint64(), False), *[TOKENS.field(k) for k in (2, 3, 4)]])
"""As `TOKENS`, a token told by its hash."""
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

    def spellings(self) -> Mapping[int, tuple[bool, str]]:
        """How each token is first spelt, in lower case, plainly where it ever is; and whether that is plain."""
        order = np.lexsort((~self.plain, self.key))
        keys, first = np.unique(self.key[order], return_index=True)
        return {
            key: (bool(self.plain[at]), self.spelt(at)) for key, at in zip(keys.tolist(), order[first], strict=True)
        }

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


def tokens_of(texts: Texts, accounts: Keys, at: Texts) -> pa.Table:
    """Token counts for each account, as `TOKENS`, ordered by account and then by the token's hash.

    `texts`, `accounts` and `at` (UTC microseconds) have one row a post.
    """
    times = np.asarray(pc.cast(at.combine_chunks() if isinstance(at, pa.ChunkedArray) else at, pa.int64()))
    seen = sightings(texts)
    return named(counted(seen, accounts, times), {key: word for key, (_, word) in seen.spellings().items()})


def counted(seen: Sightings, accounts: Keys, times: Places) -> pa.Table:
    """Sightings summed for each account and token, as `COUNTS`; `accounts` and `times` have one entry a row."""
    owner = accounts[seen.row]
    order = np.lexsort((seen.key, owner))
    new = np.ones(len(order), bool)
    new[1:] = (seen.key[order][1:] != seen.key[order][:-1]) | (owner[order][1:] != owner[order][:-1])
    starts = np.flatnonzero(new)
    when = times[seen.row][order]
    first = order[starts]
    columns = [
        pa.array(owner[first], pa.uint64()),
        pa.array(seen.key[first], pa.uint64()),
        pa.array(np.diff(np.append(starts, len(order))), pa.int64()),
        pa.array(_reduced(np.minimum, when, starts), TIME),
        pa.array(_reduced(np.maximum, when, starts), TIME),
    ]
    return pa.table(columns, schema=COUNTS)


def summed(parts: Sequence[pa.Table]) -> pa.Table:
    """Counts of several batches, as `COUNTS`, in the order of first appearance."""
    whole = pa.concat_tables([COUNTS.empty_table(), *parts])
    sums = [("n", "sum"), ("first_at", "min"), ("last_at", "max")]
    grouped = whole.group_by(["account_id", "key"], use_threads=False).aggregate(sums)
    columns = [grouped[name] for name in ("account_id", "key", "n_sum", "first_at_min", "last_at_max")]
    return pa.table(columns, schema=COUNTS)


def named(counts: pa.Table, spelt: Mapping[int, str]) -> pa.Table:
    """Counts with every token spelt, as `TOKENS`."""
    keys, which = np.unique(counts["key"].to_numpy(), return_inverse=True)
    words = pa.array([spelt[key] for key in keys.tolist()], pa.string()).take(pa.array(which))
    return pa.table([words if name == "token" else counts[name] for name in TOKENS.names], schema=TOKENS)


def _bits_of(wanted: Keys | None) -> Keys:
    """A bit array that lets these hashes through, and few others; every hash where none are named."""
    if wanted is None:
        return np.full(1, ~np.uint64(0), np.uint64)
    bits = np.zeros(1 << 14, np.uint64)
    place = wanted >> np.uint64(8) & np.uint64(len(bits) * 64 - 1)
    np.bitwise_or.at(bits, (place >> np.uint64(6)).astype(np.int64), np.uint64(1) << (place & np.uint64(63)))
    return bits


def _reduced(function: np.ufunc, values: Places, starts: Places) -> Places:
    reduced: Places = function.reduceat(values, starts) if len(starts) else values[:0]
    return reduced


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
                plain &= kind != _SIGN and ((entry >> np.uint32(25)) & np.uint32(15)) <= _UNDONE and symbol != before
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
def _bytes_hash(data, begin, end):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    whole = np.uint64(1)
    for k in range(begin, end):
        whole = whole * BASE + mix(np.uint64(data[k]))
    return whole
