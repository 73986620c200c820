"""Reads one text whole: folds it, looks it up, verifies what is found."""

# Kernels are typed by numba when they compile; mypy and ruff read them as plain Python.
# mypy: disable-error-code="operator,arg-type,assignment,type-var"

import numba as nb
import numpy as np

from seawall.terms.alphabet import Disguise
from seawall.terms.engine import find, find_words
from seawall.terms.fold import CHUNK, WINDOW, fold_rows
from seawall.terms.sound import MIN_FOREIGN, find_sounds
from seawall.terms.verify import verify

ROW, TERM, START, END, LANE, BITS, COST = range(7)
EXACT, VISUAL, EDIT, PHONETIC = range(4)
MILLI = 1000
READING = -1
"""Row of the hits of the text that is being read."""
HEARD = np.float32(1.2)
_HEARD = 1 << Disguise.PHONETIC


@nb.njit(cache=True)
def search(data, bounds, in_tag, lanes, compiled, text, places, hits, count):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Add the hits of the text data[bounds[0]:bounds[1]], of row `READING`, offsets from its first byte.

    Returns the hits, how many there are, and of a text longer than a chunk from which symbol to go on, else -1.
    """
    n = fold_rows(data, bounds[:1], bounds[1:], compiled.letters, in_tag, True, text, places[:1, 0])
    keep = n
    if bounds[1] - bounds[0] >= CHUNK and n > 4 * WINDOW:
        keep = n - 2 * WINDOW
    found = find(text.hash, text.cut, text.space, n, keep, compiled.visual, places)
    chain, patterns = compiled.visual.next, compiled.visual_patterns
    for k in range(found):
        hits, count = _try(text, places[k], chain, patterns, VISUAL, compiled.forms, hits, count)
    if len(compiled.phrase_patterns.form):
        found = find(text.hash, text.cut, text.space, n, keep, compiled.phrase, places)
        chain, patterns = compiled.phrase.next, compiled.phrase_patterns
        for k in range(found):
            hits, count = _try(text, places[k], chain, patterns, VISUAL, compiled.forms, hits, count)
    if lanes & 1:
        found = find_words(text.hash, text.edge, n, keep, compiled.edit, places)
        chain, patterns = compiled.edit.next, compiled.edit_patterns
        for k in range(found):
            hits, count = _try(text, places[k], chain, patterns, EDIT, compiled.forms, hits, count)
    if lanes & 2:
        found = find_sounds(text.code, text.edge, n, keep, compiled.sound_terms.latin, compiled.sound, places)
        for k in range(found):
            hits, count = _hear(text, places[k], compiled.sound.next, compiled.sound_terms.term, hits, count)
    return hits, count, (keep if keep < n else -1)


@nb.njit(cache=True)
def _try(text, place, chain, patterns, lane, forms, hits, count):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Verify the patterns whose hash the found window has."""
    i = np.int64(place[0])
    j = np.int64(place[1])
    pattern = place[2]
    while pattern >= 0:
        f = patterns.form[pattern]
        cost, bits = verify(text, i, j, forms, f, patterns.op[pattern], patterns.pos[pattern])
        if cost >= 0:
            if count == len(hits):
                hits = _doubled(hits)
            shown = EXACT if lane == VISUAL and cost == 0 else lane
            count = _keep(hits, count, forms.term[f], text.start[i], text.end[j - 1], shown, bits, cost)
        pattern = chain[pattern]
    return hits, count


@nb.njit(cache=True)
def _hear(text, place, chain, terms, hits, count):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Keep the terms that sound like the found word."""
    i = np.int64(place[0])
    j = np.int64(place[1])
    pattern = place[2]
    latin = text.code[i] < 0x250
    while pattern >= 0:
        term = terms[pattern]
        if latin == (term >= 0) or j - i >= MIN_FOREIGN:
            if count == len(hits):
                hits = _doubled(hits)
            term = max(term, -1 - term)
            count = _keep(hits, count, term, text.start[i], text.end[j - 1], PHONETIC, _HEARD, HEARD)
        pattern = chain[pattern]
    return hits, count


@nb.njit(cache=True)
def _doubled(hits):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    larger = np.empty((2 * len(hits), 7), np.int64)
    larger[: len(hits)] = hits
    return larger


@nb.njit(cache=True)
def _keep(hits, count, term, start, end, lane, bits, cost):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Add a hit; of overlapping hits of one term only the cheapest stays."""
    milli = np.int64(cost * MILLI + np.float32(0.5))
    at = count
    for k in range(count - 1, max(0, count - 64) - 1, -1):
        if hits[k, ROW] == READING and hits[k, TERM] == term and hits[k, START] < end and start < hits[k, END]:
            if hits[k, COST] <= milli:
                return count
            at = k
            break
    hits[at, ROW] = READING
    hits[at, TERM] = term
    hits[at, START] = start
    hits[at, END] = end
    hits[at, LANE] = lane
    hits[at, BITS] = bits
    hits[at, COST] = milli
    return count + (at == count)
