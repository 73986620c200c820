"""The scan kernel: fold each text, look up where words may start."""

from typing import NamedTuple

import numba as nb
import numpy as np
import numpy.typing as npt

from seawall.terms.alphabet import Disguise
from seawall.terms.engine import Table, find
from seawall.terms.fold import CHUNK, EDGE, IN_TAG, WINDOW, Letters, fold_bytes, new_stream
from seawall.terms.patterns import Forms, Patterns
from seawall.terms.verify import verify

ROW, TERM, START, END, LANE, BITS, COST = range(7)
EXACT, VISUAL, EDIT, PHONETIC = range(4)
MILLI = 1000
_GLUED = 1 << Disguise.GLUED


class Compiled(NamedTuple):
    """Everything that the scan kernel reads."""

    letters: Letters
    forms: Forms
    visual: Table
    visual_patterns: Patterns
    edit: Table
    edit_patterns: Patterns


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
        _words(blob, k + 2, 1),
        _words(blob, k + 3, 1),
        _words(blob, k + 4, 1),
        _words(blob, k + 5, 1),
        _i32(blob, k + 6),
        _i32(blob, k + 7),
    )


@nb.njit(cache=True)
def _patterns(blob, k):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    return Patterns(_i32(blob, k), _u8(blob, k + 1), _u8(blob, k + 2))


@nb.njit(cache=True)
def _unpack(blob):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
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
    )
    return Compiled(letters, forms, _table(blob, 11), _patterns(blob, 19), _table(blob, 22), _patterns(blob, 30))


@nb.njit(cache=True)
def scan(data, offsets, in_tag, lanes, blob):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Hits of each text data[offsets[r]:offsets[r+1]] as rows (row, term, start, end, lane, bits, cost in 1/1000)."""
    compiled = _unpack(blob)
    longest = 0
    for row in range(len(offsets) - 1):
        longest = max(longest, offsets[row + 1] - offsets[row])
    out = new_stream(4 * min(longest, CHUNK) + 8)
    places = np.empty((min(longest, CHUNK) + 8, 3), np.int64)
    hits = np.empty((16, 7), np.int64)
    count = 0
    for row in range(len(offsets) - 1):
        hits, count = _text(data, offsets[row], offsets[row + 1], row, in_tag, lanes, compiled, out, places, hits, count)
    return hits[:count]


@nb.njit(cache=True)
def _text(data, begin, stop, row, in_tag, lanes, compiled, out, places, hits, count):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """One text, in chunks so that the buffers stay small; neighbouring chunks overlap by two windows."""
    origin = begin
    from_row = count
    while begin < stop:
        chunk = begin + CHUNK
        while chunk < stop and data[chunk] & 0xC0 == 0x80:
            chunk += 1
        chunk = min(chunk, stop)
        n = fold_bytes(data, begin, chunk, origin, compiled.letters, in_tag, out)
        keep = n if chunk == stop or n < 4 * WINDOW else n - 2 * WINDOW
        found = find(out.hash, out.cut, n, keep, compiled.visual, places)
        for k in range(found):
            hits, count = _try(out, places[k], compiled.visual.next, compiled.visual_patterns, VISUAL, compiled.forms, row, hits, count, from_row)
        if lanes & 1:
            found = find(out.hash, out.cut, n, keep, compiled.edit, places)
            for k in range(found):
                hits, count = _try(out, places[k], compiled.edit.next, compiled.edit_patterns, EDIT, compiled.forms, row, hits, count, from_row)
        if keep == n:
            begin = chunk
        else:
            begin = origin + out.start[keep]
            in_tag = out.flag[keep] & IN_TAG != 0
    return hits, count


@nb.njit(cache=True)
def _try(out, place, chain, patterns, lane, forms, row, hits, count, from_row):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Verify the patterns that have the hash of the window that was found."""
    i, j, pattern = place
    while pattern >= 0:
        f = patterns.form[pattern]
        cost, bits = verify(out, i, j, forms, f, patterns.op[pattern], patterns.pos[pattern])
        if cost >= 0:
            if count == len(hits):
                hits = _doubled(hits)
            shown = EXACT if lane == VISUAL and cost == 0 else lane
            count = _keep(hits, count, from_row, row, forms.term[f], out.start[i], out.end[j - 1], shown, bits, cost)
        pattern = chain[pattern]
    return hits, count


@nb.njit(cache=True)
def _doubled(hits):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    larger = np.empty((2 * len(hits), 7), np.int64)
    larger[: len(hits)] = hits
    return larger


@nb.njit(cache=True)
def _keep(hits, count, from_row, row, term, start, end, lane, bits, cost):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Add a hit; of overlapping hits of one term only the cheapest stays."""
    milli = np.int64(cost * MILLI + np.float32(0.5))
    at = count
    for k in range(count - 1, max(from_row, count - 16) - 1, -1):
        if hits[k, TERM] == term and hits[k, START] < end and start < hits[k, END]:
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
