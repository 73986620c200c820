"""Reads what people type, in one compiled call.

A query is three texts: as typed, without its spaces, and in Latin letters, since a short word in another script is too
little for the scanner of `terms/` to tell by its sound. All are folded at once; only where a pattern may stand are they
read one by one. What the query reader of `terms/` finds by sorted arrays (a word that begins a term, a wrong or an
extra letter) is looked up here in one hash table, of which each row says which of its terms is the worst.
"""

# Kernels are typed by numba when they compile; mypy and ruff read them as plain Python.
# mypy: disable-error-code="operator,arg-type,assignment,type-var"

import numba as nb
import numpy as np
import numpy.typing as npt

from seawall.guard.table import Table, home_of, place_of
from seawall.hashes.bits import prefetch
from seawall.terms.alphabet import Kind
from seawall.terms.compiled import unpack
from seawall.terms.engine import find, find_words
from seawall.terms.fold import WINDOW, decode, fold_rows, lookup, new_stream, power
from seawall.terms.query import MIN_PREFIX, QueryReader
from seawall.terms.reading import EDIT, EXACT, LANE, PHONETIC, ROW, TERM, search
from seawall.terms.scan import scan
from seawall.terms.sound import SCRIPTS, find_sounds

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
_LANES_OF_ROW = np.array([ALL_LANES, 1, 0], np.int64)
"""The lanes beyond exact and visual that are read for each, as bits."""
_SPACE, _BEYOND = np.uint32(Kind.SPACE), 0x1D00


def _latin() -> npt.NDArray[np.uint32]:
    """The Latin letters of each code point: three bytes, above them how many and one; 0 where it stays as it is."""
    table = np.zeros(_BEYOND, np.uint32)
    for letters, sounds in (*SCRIPTS.items(), ("й", "j")):  # й as ISO 9 writes it, the others as they sound
        for letter, sound in zip(letters, sounds.split(), strict=True):
            raw = sound.replace("-", "").encode()
            table[[ord(letter), ord(letter.upper()[0])]] = (len(raw) + 1) << 24 | int.from_bytes(raw, "little")
    return table


latin_of = _latin()


@nb.njit(cache=True)
def readings(data, letters):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """A query's bytes, again without its spaces, again in Latin letters; and where each of the three begins and ends.

    The second is empty where there is no space between two words, the third where all letters are Latin.
    """
    size = len(data)
    out, latin = np.empty(4 * size + 4, np.uint8), np.empty(2 * size, np.uint8)
    joined, spelled, spaced, foreign, i = size, 0, False, False, 0
    while i < size:
        code, following = np.uint32(data[i]), i + 1
        if code >= 128:
            code, following = decode(data, i, size)
        read = latin_of[code] if code < _BEYOND else np.uint32(0)
        space = (lookup(letters.page, letters.entry, code) >> np.uint32(21)) & np.uint32(15) == _SPACE
        for k in range(i, following):
            out[k] = data[k]
            if not space:
                out[joined] = data[k]
                joined += 1
            if not read:
                latin[spelled] = data[k]
                spelled += 1
        spaced |= space
        if read:
            foreign = True
            for k in range((read >> np.uint32(24)) - 1):
                latin[spelled] = (read >> np.uint32(8 * k)) & np.uint32(255)
                spelled += 1
        i = following
    joined = joined if spaced else size
    spelled = spelled if foreign else 0
    out[joined : joined + spelled] = latin[:spelled]
    return out, np.array((0, size, joined, joined + spelled))


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


def spelled(reader: QueryReader, severity: npt.NDArray[np.uint8], alone: npt.NDArray[np.bool_]) -> Table:
    """The query reader's beginnings, wholes and holes as one table; of equal ones the worst term's stays.

    `alone` [terms] marks terms that count by themselves: one that needs company is not looked for by halves.
    """
    none = np.zeros(1, np.int32)
    parts = []
    for kind, keys, terms, at in (
        (BEGUN, reader.begun, reader.begun_term, none),
        (WHOLE, reader.whole, reader.whole_term, none),
        (HOLED, reader.holed, reader.holed_term, reader.holed_at),
    ):
        chosen = alone[terms]
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
def _asked(hashes, edges, n, keys, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """The keys of what n folded symbols may begin or misspell; how many. Memory is asked for all before one is read.

    A letter too many may be any; a wrong one is not the first, where slips are rare (Pollock and Zamora, CACM 27(4),
    1984) and other words are many.
    """
    count = i = 0
    for j in range(1, n + 1):
        if not (edges[j >> 6] >> np.uint64(j & 63)) & np.uint64(1):
            continue
        if MIN_TYPO <= j - i <= WINDOW:
            for k in range(i, j):
                holed = _span(hashes, i, k) * power[j - k - 1] + _span(hashes, k + 1, j)
                out[count] = spot(holed, WHOLE, np.int64(0))
                count += 1
                if k > i:
                    out[count] = spot(holed, HOLED, np.int64(k - i))
                    count += 1
        if j == n and MIN_PREFIX <= j - i <= WINDOW:
            out[count] = spot(_span(hashes, i, j), BEGUN, np.int64(0))
            count += 1
        i = j
    for k in range(count):
        prefetch(keys, home_of(out[k], keys))
    return count


@nb.njit(cache=True)
def _worst_word(hashes, edges, n, keys, rows, severity, exempt, best):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """The worst term that a word of n folded symbols misspells or that its last word begins."""
    asked = np.empty(2 * n + 1, np.uint64)
    for k in range(_asked(hashes, edges, n, keys, asked)):
        at = place_of(asked[k], keys)
        if at >= 0:
            best = _worse(best, np.int64(rows[at]), severity, exempt)
    return best


@nb.njit(cache=True)
def read_words(data, blob, keys, rows, severity, exempt, best):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The worst term that a word of a query misspells or that its last word begins, or `best`."""
    out = new_stream(4 * len(data) + 8)
    bounds = np.array((0, len(data)))
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


@nb.njit(inline="always")
def _rows(places, found, begins):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """The readings that hold found places, as bits."""
    rows = 0
    for k in range(found):
        rows |= 1 << (np.int64(places[k, 0] >= begins[1]) + np.int64(places[k, 0] >= begins[2]))
    return rows


@nb.njit(cache=True)
def _suspects(text, n, begins, compiled, places):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """The readings in which a pattern may stand, as bits, each looked at for the lanes that count in it."""
    found = find(text.hash, text.cut, text.space, n, n, compiled.visual, places)
    rows = _rows(places, found, begins)
    if len(compiled.phrase_patterns.form):
        found = find(text.hash, text.cut, text.space, n, n, compiled.phrase, places)
        rows |= _rows(places, found, begins)
    upto = begins[2] - 1
    found = find_words(text.hash, text.edge, upto, upto, compiled.edit, places)
    rows |= _rows(places, found, begins)
    upto = begins[1] - 1
    found = find_sounds(text.code, text.edge, upto, upto, compiled.sound_terms.latin, compiled.sound, places)
    return rows | _rows(places, found, begins)


@nb.njit(cache=True)
def every_hit(texts, bounds, blob):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The hits in a query's readings that count in them, of innocent words and companions too, as `terms.scan` tells.

    The scan itself passes over a text that holds innocent words alone.
    """
    compiled = unpack(blob)
    room = 4 * bounds[3] + 10
    text, places = new_stream(room), np.empty((room, 3), np.int32)
    hits, kept = np.empty((16, 7), np.int64), 0
    for row in range(3):
        if bounds[row] < bounds[row + 1]:
            one, lanes = bounds[row : row + 2], _LANES_OF_ROW[row]
            hits, count, _ = search(texts, one, False, lanes, compiled, text, places, hits, kept)
            for k in range(kept, count):
                if hits[k, LANE] <= LANE_OF_ROW[row]:
                    hits[kept] = hits[k]
                    hits[kept, ROW] = row
                    kept += 1
    return hits[:kept]


@nb.njit(cache=True)
def read(data, blob, keys, rows, severity, exempt):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The worst term in a query, as severity << 32 | number, or `NOTHING`.

    Most queries hold none: their readings are folded into one stream, and it is looked at once for all.
    """
    compiled = unpack(blob)
    texts, bounds = readings(data, compiled.letters)
    room = 4 * bounds[3] + 10
    text, places, begins = new_stream(room), np.empty((room, 3), np.int32), np.empty(3, np.int32)
    n = fold_rows(texts, bounds[:3], bounds[1:], compiled.letters, False, False, text, begins)
    best = _worst_word(text.hash, text.edge, begins[1] - 1, keys, rows, severity, exempt, NOTHING)
    suspects = _suspects(text, n, begins, compiled, places)
    if not suspects:
        return best
    hits, heard = np.empty((16, 7), np.int64), NOTHING
    for row in range(3):
        if suspects >> row & 1:
            one, lanes = bounds[row : row + 2], _LANES_OF_ROW[row]
            hits, count, _ = search(texts, one, False, lanes, compiled, text, places, hits, 0)
            for k in range(count):
                if hits[k, LANE] <= LANE_OF_ROW[row]:
                    heard = _worse(heard, hits[k, TERM], severity, exempt)
    return heard if (heard >> 32) >= (best >> 32) else best
