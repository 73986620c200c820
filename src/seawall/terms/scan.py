"""The scan kernel: fold texts, look up words, verify candidates."""

# Kernels are typed by numba when they compile; mypy and ruff read them as plain Python.
# mypy: disable-error-code="operator,arg-type,assignment,type-var"

from typing import NamedTuple

import numba as nb
import numpy as np
import numpy.typing as npt

from seawall.terms.alphabet import Disguise
from seawall.terms.engine import Table, find, find_words
from seawall.terms.fold import CHUNK, IN_TAG, WINDOW, Letters, Stream, fold_rows, new_stream
from seawall.terms.patterns import Forms, Patterns
from seawall.terms.sound import MIN_FOREIGN, find_sounds
from seawall.terms.verify import verify

ROW, TERM, START, END, LANE, BITS, COST = range(7)
EXACT, VISUAL, EDIT, PHONETIC = range(4)
MILLI = 1000
BATCH = 2048
HEARD = np.float32(1.2)
_HEARD = 1 << Disguise.PHONETIC


class Sounds(NamedTuple):
    """The term of each pattern of the phonetic lane, and how code points are written in Latin letters."""

    term: npt.NDArray[np.int32]
    latin: npt.NDArray[np.uint16]


class Compiled(NamedTuple):
    """Everything that the scan kernel reads."""

    letters: Letters
    forms: Forms
    visual: Table
    visual_patterns: Patterns
    phrase: Table
    phrase_patterns: Patterns
    edit: Table
    edit_patterns: Patterns
    sound: Table
    sound_terms: Sounds


def pack(compiled: Compiled) -> npt.NDArray[np.uint64]:
    """One block of words for all arrays: what the kernel takes in one argument, and what the cache file holds.

    Word 2k is where array k starts, word 2k + 1 its number of items; a number stands for itself.
    """
    leaves = [leaf for part in compiled for leaf in part]
    header = np.zeros(2 * len(leaves), np.uint64)
    blocks = [header]
    at = len(header)
    for k, leaf in enumerate(leaves):
        if isinstance(leaf, int):
            header[2 * k + 1] = leaf
            continue
        raw = np.ascontiguousarray(leaf).reshape(-1)
        words = np.zeros(-(-raw.nbytes // 8), np.uint64)
        words.view(np.uint8)[: raw.nbytes] = raw.view(np.uint8)
        header[2 * k : 2 * k + 2] = at, raw.size
        blocks.append(words)
        at += len(words)
    return np.concatenate(blocks)


@nb.njit(inline="always")
def _words(blob, k, per_word):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    at = np.int64(blob[2 * k])
    return blob[at : at + (np.int64(blob[2 * k + 1]) + per_word - 1) // per_word]


@nb.njit(inline="always")
def _u8(blob, k):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    return _words(blob, k, 8).view(np.uint8)


@nb.njit(inline="always")
def _u32(blob, k):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    return _words(blob, k, 2).view(np.uint32)


@nb.njit(inline="always")
def _i32(blob, k):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    return _words(blob, k, 2).view(np.int32)[: np.int64(blob[2 * k + 1])]


@nb.njit(cache=True)
def _table(blob, k):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    return Table(
        np.int64(blob[2 * k + 1]),
        np.int64(blob[2 * k + 3]),
        np.int64(blob[2 * k + 5]),
        _words(blob, k + 3, 1),
        _words(blob, k + 4, 1),
        _words(blob, k + 5, 1),
        _words(blob, k + 6, 1),
        _words(blob, k + 7, 1),
        _i32(blob, k + 8),
        _i32(blob, k + 9),
    )


@nb.njit(cache=True)
def _patterns(blob, k):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    return Patterns(_i32(blob, k), _u8(blob, k + 1), _u8(blob, k + 2))


@nb.njit(cache=True)
def unpack(blob):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The arrays of a block, as views."""
    page = _words(blob, 0, 4).view(np.uint16)
    letters = Letters(page, _u32(blob, 1), _u32(blob, 2), _u8(blob, 3))
    forms = Forms(
        _i32(blob, 4),
        _u32(blob, 5),
        _i32(blob, 6),
        _u8(blob, 7),
        _words(blob, 8, 1),
        _i32(blob, 9),
        _words(blob, 10, 2).view(np.float32),
        _u8(blob, 11),
    )
    return Compiled(
        letters,
        forms,
        _table(blob, 12),
        _patterns(blob, 22),
        _table(blob, 25),
        _patterns(blob, 35),
        _table(blob, 38),
        _patterns(blob, 48),
        _table(blob, 51),
        Sounds(_i32(blob, 61), _words(blob, 62, 4).view(np.uint16)),
    )


class Buffers(NamedTuple):
    """What one scan works in: a stream of a batch, one of a text that has a candidate, and the candidates."""

    stream: Stream
    text: Stream
    row_at: npt.NDArray[np.int32]
    places: npt.NDArray[np.int32]


@nb.njit(cache=True, error_model="numpy")
def scan(data, offsets, in_tag, lanes, blob):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Hits of each text data[offsets[r]:offsets[r+1]] as rows (row, term, start, end, lane, bits, cost in 1/1000).

    Short texts are read many at a time, a long one in chunks that overlap by two windows, so that the buffers stay in
    cache and the time stays linear.
    """
    compiled = unpack(blob)
    rows = len(offsets) - 1
    size = 4 * min(offsets[rows] - offsets[0], CHUNK) + rows + 8
    size = min(size, 4 * CHUNK + BATCH + 8)
    buffers = Buffers(new_stream(size), new_stream(size), np.empty(BATCH + 1, np.int32), np.empty((size, 3), np.int32))
    hits = np.empty((16, 7), np.int64)
    count = 0
    row = 0
    while row < rows:
        last = row
        while last < rows and last - row < BATCH and offsets[last + 1] - offsets[row] <= BATCH:
            last += 1
        if last > row:
            hits, count, _ = search_rows(data, offsets, row, last, in_tag, lanes, compiled, buffers, hits, count)
        else:
            last = row + 1
            hits, count = _long(data, offsets, row, in_tag, lanes, compiled, buffers, hits, count)
        row = last
    return hits[:count]


@nb.njit(cache=True)
def _long(data, offsets, row, in_tag, lanes, compiled, buffers, hits, count):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """One text longer than a batch, in chunks; a hit's row and offsets are put right here."""
    bounds = offsets[row : row + 2].copy()
    stop = bounds[1]
    done = count
    while bounds[0] < stop:
        end = min(bounds[0] + CHUNK, stop)
        while end < stop and data[end] & 0xC0 == 0x80:
            end += 1
        bounds[1] = end
        hits, found, keep = search_rows(data, bounds, 0, 1, in_tag, lanes, compiled, buffers, hits, count)
        shift = bounds[0] - offsets[row]
        for k in range(count, found):
            hits[k, ROW] = row
            hits[k, START] += shift
            hits[k, END] += shift
        count = found
        if end == stop or keep < 0:
            bounds[0] = end
        else:
            in_tag = buffers.text.flag[keep] & IN_TAG != 0
            bounds[0] += buffers.text.start[keep]
    return hits, _without_repeats(hits, done, count)


@nb.njit(cache=True)
def _without_repeats(hits, done, count):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Drop hits that two overlapping chunks both found."""
    kept = done
    for k in range(done, count):
        again = False
        for other in range(max(done, kept - 64), kept):
            again |= (
                hits[other, TERM] == hits[k, TERM]
                and hits[other, START] < hits[k, END]
                and hits[k, START] < hits[other, END]
            )
        if not again:
            hits[kept] = hits[k]
            kept += 1
    return kept


@nb.njit(cache=True)
def search_rows(data, bounds, first, last, in_tag, lanes, compiled, buffers, hits, count):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Fold and search rows [first, last); of a chunk of a long text also tell from which symbol to go on."""
    stream, text, row_at, places = buffers
    n = fold_rows(data, bounds, first, last, compiled.letters, in_tag, False, stream, row_at)
    keep = n
    if last == first + 1 and bounds[last] - bounds[first] >= CHUNK and n > 4 * WINDOW:
        keep = n - 2 * WINDOW
        fold_rows(data, bounds, first, last, compiled.letters, in_tag, True, text, places[0])
    found = find(stream.hash, stream.cut, stream.space, n, keep, compiled.visual, places)
    phrased = found
    if len(compiled.phrase_patterns.form):
        phrased += find(stream.hash, stream.cut, stream.space, n, keep, compiled.phrase, places[found:])
    edited = phrased
    if lanes & 1:
        edited += find_words(stream.hash, stream.edge, n, keep, compiled.edit, places[phrased:])
    heard = edited
    if lanes & 2:
        heard += find_sounds(
            stream.code, stream.edge, n, keep, compiled.sound_terms.latin, compiled.sound, places[edited:]
        )
    folded = -1
    for k in range(heard):
        row = first + np.searchsorted(row_at[: last - first], places[k, 0], side="right") - 1
        if row != folded:
            fold_rows(data, bounds, row, row + 1, compiled.letters, in_tag, True, text, places[len(places) - 1])
            folded = row
        if k < found:
            hits, count = _try(
                text,
                row_at[row - first],
                places[k],
                compiled.visual.next,
                compiled.visual_patterns,
                VISUAL,
                compiled.forms,
                row,
                hits,
                count,
            )
        elif k < phrased:
            hits, count = _try(
                text,
                row_at[row - first],
                places[k],
                compiled.phrase.next,
                compiled.phrase_patterns,
                VISUAL,
                compiled.forms,
                row,
                hits,
                count,
            )
        elif k >= edited:
            hits, count = _hear(
                text, row_at[row - first], places[k], compiled.sound.next, compiled.sound_terms.term, row, hits, count
            )
        else:
            hits, count = _try(
                text,
                row_at[row - first],
                places[k],
                compiled.edit.next,
                compiled.edit_patterns,
                EDIT,
                compiled.forms,
                row,
                hits,
                count,
            )
    return hits, count, (keep if keep < n else -1)


@nb.njit(cache=True)
def _try(text, origin, place, chain, patterns, lane, forms, row, hits, count):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Verify the patterns whose hash the found window has."""
    i = np.int64(place[0] - origin)
    j = np.int64(place[1] - origin)
    pattern = place[2]
    while pattern >= 0:
        f = patterns.form[pattern]
        cost, bits = verify(text, i, j, forms, f, patterns.op[pattern], patterns.pos[pattern])
        if cost >= 0:
            if count == len(hits):
                hits = _doubled(hits)
            shown = EXACT if lane == VISUAL and cost == 0 else lane
            count = _keep(hits, count, row, forms.term[f], text.start[i], text.end[j - 1], shown, bits, cost)
        pattern = chain[pattern]
    return hits, count


@nb.njit(cache=True)
def _hear(text, origin, place, chain, terms, row, hits, count):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Keep the terms that sound like the found word."""
    i = np.int64(place[0] - origin)
    j = np.int64(place[1] - origin)
    pattern = place[2]
    latin = text.code[i] < 0x250
    while pattern >= 0:
        term = terms[pattern]
        if latin == (term >= 0) or j - i >= MIN_FOREIGN:
            if count == len(hits):
                hits = _doubled(hits)
            count = _keep(
                hits, count, row, max(term, -1 - term), text.start[i], text.end[j - 1], PHONETIC, _HEARD, HEARD
            )
        pattern = chain[pattern]
    return hits, count


@nb.njit(cache=True)
def _doubled(hits):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    larger = np.empty((2 * len(hits), 7), np.int64)
    larger[: len(hits)] = hits
    return larger


@nb.njit(cache=True)
def _keep(hits, count, row, term, start, end, lane, bits, cost):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Add a hit; of overlapping hits of one term only the cheapest stays."""
    milli = np.int64(cost * MILLI + np.float32(0.5))
    at = count
    for k in range(count - 1, max(0, count - 64) - 1, -1):
        if hits[k, ROW] == row and hits[k, TERM] == term and hits[k, START] < end and start < hits[k, END]:
            if hits[k, COST] <= milli:
                return count
            at = k
            break
    hits[at, ROW] = row
    hits[at, TERM] = term
    hits[at, START] = start
    hits[at, END] = end
    hits[at, LANE] = lane
    hits[at, BITS] = bits
    hits[at, COST] = milli
    return count + (at == count)
