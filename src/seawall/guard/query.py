"""Reads what people type, in one compiled call.

The scanner of `terms/` reads the query, and the query without its spaces, as two texts of one call. What the query
reader of `terms/` finds by sorted arrays (a word that begins a term, a wrong or an extra letter) is looked up here in
one hash table, of which each row says how bad the worst of its terms is and which it is.
"""

# Kernels are typed by numba when they compile; mypy and ruff read them as plain Python.
# mypy: disable-error-code="operator,arg-type,assignment,type-var"

import numba as nb
import numpy as np
import numpy.typing as npt

from seawall.guard.table import Table, place_of
from seawall.terms.compiled import unpack
from seawall.terms.fold import WINDOW, fold_rows, new_stream, power
from seawall.terms.query import MIN_PREFIX, QueryReader
from seawall.terms.reading import EDIT, EXACT, LANE, PHONETIC, TERM, search
from seawall.terms.scan import scan

Words = npt.NDArray[np.uint64]

BEGUN, WHOLE, HOLED = np.uint64(1), np.uint64(2), np.uint64(3)
_KIND = np.uint64(0x9E3779B97F4A7C15)
_AT = np.uint64(0xC2B2AE3D27D4EB4F)
_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
NOTHING = np.int64(-1)
ALL_LANES = 3
MIN_TYPO = 8
"""The fewest letters of a word that may be a slip of a term: two more than `terms/` takes, for fewer refusals."""
LANE_OF_ROW = np.array([PHONETIC, EDIT, EXACT], np.int64)
"""The loosest lane that counts in the query, without its spaces, and in Latin letters."""


@nb.njit(inline="always")
def spot(hashed, kind, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The key of a span's hash, of one kind and hole, spread evenly (splitmix64's finaliser, Steele et al. 2014)."""
    word = hashed + kind * _KIND + np.uint64(at) * _AT
    word = (word ^ (word >> np.uint64(30))) * _MIX_1
    word = (word ^ (word >> np.uint64(27))) * _MIX_2
    return min(max(word ^ (word >> np.uint64(31)), np.uint64(1)), np.uint64(0xFFFFFFFFFFFFFFFE))


@nb.njit(cache=True)
def _spots(hashes, kind, at):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    out = np.empty(len(hashes), np.uint64)
    for row in range(len(hashes)):
        out[row] = spot(hashes[row], kind, at[row])
    return out


def spelled(reader: QueryReader, severity: npt.NDArray[np.uint8]) -> Table:
    """The query reader's beginnings, wholes and holes as one table; of equal ones the worst term's stays."""
    none = np.zeros(1, np.int32)
    parts = []
    for kind, keys, terms, at in (
        (BEGUN, reader.begun, reader.begun_term, none),
        (WHOLE, reader.whole, reader.whole_term, none),
        (HOLED, reader.holed, reader.holed_term, reader.holed_at),
    ):
        chosen = terms < len(severity)
        places = np.broadcast_to(at, keys.shape)[chosen] if len(at) == 1 else at[chosen]
        parts.append((_spots(keys[chosen], kind, np.ascontiguousarray(places)), terms[chosen]))
    keys = np.concatenate([part[0] for part in parts])
    terms = np.concatenate([part[1] for part in parts])
    order = np.lexsort((terms, -severity[terms].astype(np.int64), keys))
    keys, terms = keys[order], terms[order]
    first = np.append(True, keys[1:] != keys[:-1])[: len(keys)]
    return Table.plain(keys[first], terms[first].astype(np.uint32))


@nb.njit(inline="always")
def _worse(best, term, severity, exempt):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """The worse of two terms, as severity and number in one word; an exempt term is none."""
    for one in exempt:
        if one == term:
            return best
    found = (np.int64(severity[term]) << 32) | np.int64(term)
    return found if best < 0 or (found >> 32) > (best >> 32) else best


@nb.njit(inline="always")
def _span(hashes, i, j):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """The hash of symbols [i, j)."""
    return hashes[j] - hashes[i] * power[j - i]


@nb.njit(cache=True)
def _misspelt(hashes, i, j, keys, rows, severity, exempt, best):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """The worst term that symbols [i, j) are with one letter wrong or too many."""
    for k in range(i, j):
        holed = _span(hashes, i, k) * power[j - k - 1] + _span(hashes, k + 1, j)
        at = place_of(spot(holed, WHOLE, np.int64(0)), keys)
        if at >= 0:
            best = _worse(best, np.int64(rows[at]), severity, exempt)
        at = place_of(spot(holed, HOLED, np.int64(k - i)), keys)
        if at >= 0:
            best = _worse(best, np.int64(rows[at]), severity, exempt)
    return best


@nb.njit(cache=True)
def _worst_word(hashes, edges, n, keys, rows, severity, exempt, best):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """The worst term that a word of n folded symbols misspells or that its last word begins."""
    i = 0
    for j in range(1, n + 1):
        if not (edges[j >> 6] >> np.uint64(j & 63)) & np.uint64(1):
            continue
        if MIN_PREFIX <= j - i <= WINDOW:
            if j - i >= MIN_TYPO:
                best = _misspelt(hashes, i, j, keys, rows, severity, exempt, best)
            if j == n:
                at = place_of(spot(_span(hashes, i, j), BEGUN, np.int64(0)), keys)
                if at >= 0:
                    best = _worse(best, np.int64(rows[at]), severity, exempt)
        i = j
    return best


@nb.njit(cache=True)
def read_words(data, size, blob, keys, rows, severity, exempt, best):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The worst term that a word of the first `size` bytes misspells or that the last word begins."""
    out = new_stream(4 * size + 8)
    bounds = np.array((0, size))
    n = fold_rows(data, bounds[:1], bounds[1:], unpack(blob).letters, False, False, out, np.zeros(1, np.int32))
    return _worst_word(out.hash, out.edge, n, keys, rows, severity, exempt, best)


@nb.njit(cache=True)
def worst_of(found, severity, exempt):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The worst term among the scanner's hits."""
    best = NOTHING
    for k in range(len(found)):
        best = _worse(best, found[k, TERM], severity, exempt)
    return best


@nb.njit(cache=True)
def read_text(data, bounds, hashtag, blob, memory, severity, exempt):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The worst term in one text, as severity << 32 | number, or `NOTHING`."""
    return worst_of(scan(data, bounds, hashtag, ALL_LANES, blob, memory), severity, exempt)


@nb.njit(cache=True)
def read(data, size, joined, blob, keys, rows, severity, exempt):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The worst term in a query, as severity << 32 | number, or `NOTHING`.

    The first `size` bytes of `data` are the query, those up to `joined` the query without its spaces, what follows the
    query in Latin letters.
    """
    room = 4 * len(data) + 10
    compiled = unpack(blob)
    text, places = new_stream(room), np.empty((room, 3), np.int32)
    hits = np.empty((16, 7), np.int64)
    best = NOTHING
    bounds = np.array((0, size, joined, len(data)))
    for row in range(3):
        begin, end = bounds[row], bounds[row + 1]
        if begin == end:
            continue
        hits, count, _ = search(data, np.array((begin, end)), False, ALL_LANES, compiled, text, places, hits, 0)
        for k in range(count):
            if hits[k, LANE] <= LANE_OF_ROW[row]:
                best = _worse(best, hits[k, TERM], severity, exempt)
    n = fold_rows(data, np.array((0,)), np.array((size,)), compiled.letters, False, False, text, places[:1, 0])
    return _worst_word(text.hash, text.edge, n, keys, rows, severity, exempt, best)
