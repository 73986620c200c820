"""The scan kernel: fold each text, look up every place where a word may start."""

from typing import NamedTuple

import numba as nb
import numpy as np

from seawall.terms.alphabet import Disguise
from seawall.terms.engine import Table, candidates, first, lowest, span
from seawall.terms.fold import CHUNK, EDGE, IN_TAG, WINDOW, Letters, fold_bytes, new_stream
from seawall.terms.patterns import Forms, Patterns
from seawall.terms.verify import verify

ROW, TERM, START, END, LANE, BITS, COST = range(7)
EXACT, VISUAL, EDIT, PHONETIC = range(4)
MILLI = 1000
_GLUED = 1 << Disguise.GLUED


class Compiled(NamedTuple):
    """Everything that the scan kernel reads; `edits` off leaves the exact and visual lanes."""

    letters: Letters
    forms: Forms
    visual: Table
    visual_patterns: Patterns
    edit: Table
    edit_patterns: Patterns
    edits: bool


@nb.njit(cache=True)
def scan(data, offsets, in_tag, compiled):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Hits of each text data[offsets[r]:offsets[r+1]] as rows (row, term, start, end, lane, bits, cost in 1/1000)."""
    longest = 0
    for row in range(len(offsets) - 1):
        longest = max(longest, offsets[row + 1] - offsets[row])
    out = new_stream(4 * min(longest, CHUNK) + 8)
    hits = np.empty((64, 7), np.int64)
    count = 0
    for row in range(len(offsets) - 1):
        hits, count = _text(data, offsets[row], offsets[row + 1], row, in_tag, compiled, out, hits, count)
    return hits[:count]


@nb.njit(cache=True)
def _text(data, begin, stop, row, in_tag, compiled, out, hits, count):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
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
        hits, count = _places(out, n, keep, row, compiled, hits, count, from_row)
        if keep == n:
            begin = chunk
        else:
            begin = origin + out.start[keep]
            in_tag = out.flag[keep] & IN_TAG != 0
    return hits, count


@nb.njit(cache=True)
def _places(out, n, keep, row, compiled, hits, count, from_row):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Try every place before `keep` where a word may start."""
    for word in range((keep >> 6) + 1):
        starts = out.cut[word]
        while starts:
            i = (word << 6) + lowest(starts)
            starts &= starts - np.uint64(1)
            if i >= keep:
                break
            found = candidates(compiled.visual, out.hash, out.cut, i, n)
            if found:
                hits, count = _try(out, i, found, row, compiled, compiled.visual, compiled.visual_patterns, VISUAL, hits, count, from_row)
            if compiled.edits and out.level[i] >= EDGE:
                found = candidates(compiled.edit, out.hash, out.cut, i, n)
                if found:
                    hits, count = _try(out, i, found, row, compiled, compiled.edit, compiled.edit_patterns, EDIT, hits, count, from_row)
    return hits, count


@nb.njit(cache=True)
def _try(out, i, found, row, compiled, table, patterns, lane, hits, count, from_row):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Verify the patterns of each window at `i` that the masks left."""
    while found:
        j = i + lowest(found) + 1
        found &= found - np.uint64(1)
        pattern = first(table, span(out.hash, i, j))
        while pattern >= 0:
            f = patterns.form[pattern]
            cost, bits = verify(out, i, j, compiled.forms, f, patterns.op[pattern], patterns.pos[pattern])
            if cost >= 0:
                if count == len(hits):
                    hits = _doubled(hits)
                shown = EXACT if lane == VISUAL and cost == 0 else lane
                count = _keep(hits, count, from_row, row, compiled.forms.term[f], out.start[i], out.end[j - 1], shown, bits, cost)
            pattern = table.next[pattern]
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
