"""Chunk tables of sorted, distinct hashes: how a segment is laid out."""

import numba as nb
import numpy as np
import numpy.typing as npt

from seawall.hashes.hexadecimal import Words
from seawall.hashes.search import BUCKETS, CHUNKS, REST, chunk

Entries = npt.NDArray[np.int64]


def distinct(words: Words, entries: Entries) -> tuple[Words, npt.NDArray[np.uint32], Entries]:
    """Hashes sorted and each once, where each one's entries start (n + 1), and the entries in that order."""
    order = np.argsort(words[:, 0], kind="stable")
    _sort_ties(words, entries, order)
    first = _first_of_each(words, order)
    starts = np.append(np.flatnonzero(first), len(words)).astype(np.uint32)
    return words[order[starts[:-1]]], starts, entries[order]


@nb.njit(cache=True, nogil=True)
def _less(words, entries, a, b):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    for w in range(1, 4):
        if words[a, w] != words[b, w]:
            return words[a, w] < words[b, w]
    return entries[a] < entries[b]


@nb.njit(cache=True, nogil=True)
def _sift(words, entries, order, low, root, size):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    while 2 * root + 1 < size:
        child = 2 * root + 1
        if child + 1 < size and _less(words, entries, order[low + child], order[low + child + 1]):
            child += 1
        if not _less(words, entries, order[low + root], order[low + child]):
            return
        order[low + root], order[low + child] = order[low + child], order[low + root]
        root = child


@nb.njit(cache=True, nogil=True)
def _heap_sort(words, entries, order, low, high):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    size = high - low
    for root in range(size // 2 - 1, -1, -1):
        _sift(words, entries, order, low, root, size)
    for last in range(size - 1, 0, -1):
        order[low], order[low + last] = order[low + last], order[low]
        _sift(words, entries, order, low, 0, last)


@nb.njit(cache=True, nogil=True)
def _sort_ties(words, entries, order):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Sort runs of equal first words by the other words, then by entry; a heap sort, for runs may be long."""
    low = 0
    for high in range(1, len(order) + 1):
        if high == len(order) or words[order[high], 0] != words[order[low], 0]:
            if high - low > 1:
                _heap_sort(words, entries, order, low, high)
            low = high


@nb.njit(cache=True, nogil=True)
def _first_of_each(words, order):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    first = np.ones(len(order), np.bool_)
    for i in range(1, len(order)):
        a, b = order[i - 1], order[i]
        same = words[a, 0] == words[b, 0] and words[a, 1] == words[b, 1]
        first[i] = not (same and words[a, 2] == words[b, 2] and words[a, 3] == words[b, 3])
    return first


@nb.njit(cache=True, nogil=True)
def bucket_offsets(words, c):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Where each value of chunk c starts in its table, shape (65537,)."""
    offsets = np.zeros(BUCKETS + 1, np.uint32)
    for row in range(len(words)):
        offsets[np.int64(chunk(words[row], c)) + 1] += np.uint32(1)
    for value in range(BUCKETS):
        offsets[value + 1] += offsets[value]
    return offsets


@nb.njit(cache=True, nogil=True)
def chunk_table(words, c, offsets):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """What chunk c's table keeps: the next chunk of each hash, shape (n,), and the rest, shape (4 n,).

    Entries are in order of the chunk's value, then of the row. The rest of a bucket of k hashes lies together, for it
    is read together: k times the second next chunk, k times the third, k lower and k upper halves of the rows.
    """
    near, rest = np.empty(len(words), np.uint16), np.empty(REST * len(words), np.uint16)
    filled = np.zeros(BUCKETS, np.uint32)
    for row in range(len(words)):
        key = chunk(words[row], c)
        start, size = np.int64(offsets[key]), np.int64(offsets[np.int64(key) + 1]) - np.int64(offsets[key])
        at = np.int64(filled[key])
        filled[key] += np.uint32(1)
        near[start + at] = chunk(words[row], (c + 1) % CHUNKS)
        at += REST * start
        rest[at] = chunk(words[row], (c + 2) % CHUNKS)
        rest[at + size] = chunk(words[row], (c + 3) % CHUNKS)
        rest[at + 2 * size] = np.uint16(row & 0xFFFF)
        rest[at + 3 * size] = np.uint16(row >> 16)
    return near, rest
