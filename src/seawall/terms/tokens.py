"""Words, hashtags and emoji of a column, for each account.

One pass over Arrow's buffers: a token is a run of letters and digits (with its marks), `#` kept before a hashtag, or a
single emoji. A script without spaces gives runs of two and three symbols, since its words cannot be told apart here.
"""

import numba as nb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seawall.records.activity import TIME
from seawall.terms.alphabet import Kind, alphabet
from seawall.terms.fold import BASE, decode, lookup, mix
from seawall.terms.patterns import letters_of
from seawall.terms.scanner import utf8

TOKENS = pa.schema(
    [
        pa.field("account_id", pa.uint64(), False),
        pa.field("token", pa.string(), False),
        pa.field("n", pa.int64(), False),
        pa.field("first_at", TIME),
        pa.field("last_at", TIME),
    ]
)
MIN_BYTES, MAX_BYTES = 3, 120
_LETTERS = np.uint32(sum(1 << kind for kind in (Kind.LETTER, Kind.DIGIT, Kind.MARK, Kind.SEVERAL, Kind.BESIDE)))
_EMOJI, _UNSPACED, _HASH = (np.uint32(int(kind)) for kind in (Kind.EMOJI, Kind.UNSPACED, Kind.HASH))


def tokens_of(texts: pa.Array | pa.ChunkedArray, accounts: npt.NDArray[np.uint64], at: pa.Array) -> pa.Table:
    """Token counts for each account, as `TOKENS`, ordered by account and then by token's first use in the column.

    `texts`, `accounts` and `at` (UTC microseconds) have one row a post. Tokens differ by spelling, not by ASCII case.
    """
    data, offsets = utf8(texts)
    table = alphabet()
    rows, begins, ends, hashes = _tokenise(data, offsets, letters_of(table))
    times = np.asarray(pc.cast(at.combine_chunks() if isinstance(at, pa.ChunkedArray) else at, pa.int64()))
    owner = accounts[rows]
    order = np.lexsort((hashes, owner))
    new = np.ones(len(order), bool)
    new[1:] = (hashes[order][1:] != hashes[order][:-1]) | (owner[order][1:] != owner[order][:-1])
    starts = np.flatnonzero(new)
    when = times[rows][order]
    counts = np.diff(np.append(starts, len(order)))
    first = order[starts]
    return pa.table(
        {
            "account_id": pa.array(owner[first], pa.uint64()),
            "token": _spelled(data, begins, ends, hashes, first),
            "n": pa.array(counts, pa.int64()),
            "first_at": pa.array(_reduced(np.minimum, when, starts), TIME),
            "last_at": pa.array(_reduced(np.maximum, when, starts), TIME),
        },
        schema=TOKENS,
    )


def _reduced(function: np.ufunc, values: npt.NDArray[np.int64], starts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    reduced: npt.NDArray[np.int64] = function.reduceat(values, starts) if len(starts) else values[:0]
    return reduced


def _spelled(
    data: npt.NDArray[np.uint8],
    begins: npt.NDArray[np.int64],
    ends: npt.NDArray[np.int64],
    hashes: npt.NDArray[np.uint64],
    chosen: npt.NDArray[np.int64],
) -> pa.Array:
    """The text of each chosen token in lower case, each different one decoded once."""
    _, example, which = np.unique(hashes[chosen], return_index=True, return_inverse=True)
    raw = data.tobytes()
    spans = chosen[example]
    words = [raw[a:b].decode("utf-8", "replace") for a, b in zip(begins[spans], ends[spans], strict=True)]
    return pc.take(pc.utf8_lower(pa.array(words, pa.string())), pa.array(which))


@nb.njit(cache=True, error_model="numpy")
def _tokenise(data, offsets, letters):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, C901
    """Row, byte span and hash of every token, each of shape (tokens,)."""
    page, table, _, _ = letters
    room = 2 * (offsets[-1] - offsets[0]) + 1
    rows = np.empty(room, np.int64)
    begins = np.empty(room, np.int64)
    ends = np.empty(room, np.int64)
    hashes = np.empty(room, np.uint64)
    n = 0
    for row in range(len(offsets) - 1):
        begin = np.int64(-1)
        second = np.int64(-1)
        third = np.int64(-1)
        whole = np.uint64(0)
        i = offsets[row]
        stop = offsets[row + 1]
        while i <= stop:
            kind = np.uint32(1)
            code = np.uint32(0)
            after = i + 1
            if i < stop:
                code = np.uint32(data[i])
                if code >= 128:
                    code, after = decode(data, i, stop)
                kind = (lookup(page, table, code) >> np.uint32(21)) & np.uint32(15)
            inside = (_LETTERS >> kind) & np.uint32(1) or code == 95
            if inside:
                begin = i if begin < 0 else begin
                whole = whole * BASE + mix(code + 32 if 65 <= code <= 90 else code)
            elif begin >= 0:
                if MIN_BYTES <= i - begin <= MAX_BYTES:
                    rows[n], begins[n], ends[n], hashes[n] = row, begin, i, whole
                    n += 1
                begin = np.int64(-1)
                whole = np.uint64(0)
            if kind == _HASH:
                begin = i
                whole = mix(np.uint64(35))
            if kind == _EMOJI:
                rows[n], begins[n], ends[n], hashes[n] = row, i, after, mix(np.uint64(code))
                n += 1
            if kind == _UNSPACED:
                for start in (second, third):
                    if start >= 0:
                        rows[n], begins[n], ends[n] = row, start, after
                        hashes[n] = _bytes_hash(data, start, after)
                        n += 1
                third = second
                second = i
            else:
                second = np.int64(-1)
                third = np.int64(-1)
            i = after
    return rows[:n].copy(), begins[:n].copy(), ends[:n].copy(), hashes[:n].copy()


@nb.njit(cache=True)
def _bytes_hash(data, begin, end):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    whole = np.uint64(1)
    for k in range(begin, end):
        whole = whole * BASE + mix(np.uint64(data[k]))
    return whole
