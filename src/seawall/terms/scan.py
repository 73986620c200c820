"""The scan kernel: sift a column, read what may hold a term."""

# Kernels are typed by numba when they compile; mypy and ruff read them as plain Python.
# mypy: disable-error-code="operator,arg-type,assignment,type-var"

import numba as nb
import numpy as np

from seawall.terms.compiled import unpack
from seawall.terms.fold import CHUNK, IN_TAG, new_stream
from seawall.terms.reading import END, ROW, START, TERM, search
from seawall.terms.sieve import VOLUME, sift


@nb.njit(cache=True, error_model="numpy")
def scan(data, offsets, in_tag, lanes, blob, memory):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Hits of each text data[offsets[r]:offsets[r+1]] as rows (row, term, start, end, lane, bits, cost in 1/1000).

    A long text is read in chunks that overlap by two windows, so that the buffers stay in cache and the time linear.
    """
    compiled = unpack(blob)
    rows = len(offsets) - 1
    size = 5 * min(offsets[rows] - offsets[0], CHUNK + VOLUME) + 8
    stream, text, places = new_stream(size), new_stream(size), np.empty((size, 3), np.int32)
    hits = np.empty((16, 7), np.int64)
    count = 0
    suspect = np.zeros(rows, np.bool_)
    sift(data, offsets, in_tag, lanes, compiled, memory, stream, text, places, suspect)
    for row in range(rows):
        if suspect[row]:
            hits, count = _read(data, offsets, row, in_tag, lanes, compiled, text, places, hits, count)
    return hits[:count]


@nb.njit(cache=True)
def _read(data, offsets, row, in_tag, lanes, compiled, text, places, hits, count):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """One text whole, a long one in chunks; a chunk's row and offsets are put right here."""
    bounds = offsets[row : row + 2].copy()
    stop = bounds[1]
    done = count
    while bounds[0] < stop:
        end = min(bounds[0] + CHUNK, stop)
        while end < stop and data[end] & 0xC0 == 0x80:
            end += 1
        bounds[1] = end
        hits, found, keep = search(data, bounds, in_tag, lanes, compiled, text, places, hits, count)
        shift = bounds[0] - offsets[row]
        for k in range(count, found):
            hits[k, ROW] = row
            hits[k, START] += shift
            hits[k, END] += shift
        count = found
        if end == stop or keep < 0:
            bounds[0] = end
        else:
            in_tag = text.flag[keep] & IN_TAG != 0
            bounds[0] += text.start[keep]
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
