"""Exact Hamming search over chunk tables, compiled.

A hash of 256 bits is a ring of sixteen chunks of 16 bits. To find all hashes within T of a query, T + 1 units are
dealt out to the chunks. If a hash differs from the query in at most T bits, then from at least one chunk on, going
round the ring, every run of chunks differs in fewer bits than it has units: the pigeonring principle (Qin and Xiao,
PVLDB 12(1), 2018), which strengthens the generalised pigeonhole principle of multi-index hashing (Norouzi, Punjani and
Fleet, PAMI 2014; Qin et al., ICDE 2018). So each chunk's table is probed within (units - 1) bits, and the three chunks
that follow, kept beside each entry, reject without loss nearly everything before a whole hash is touched.

Which chunks get how many units is free. Two each serves most queries at T = 31; where a template or a flat image has
made their buckets large, `plan` deals so that the fewest entries are read, and where even that exceeds a plain scan,
all hashes are scanned.
"""

import numba as nb
import numpy as np
import numpy.typing as npt

from seawall.hashes.bits import LANES, lowest_bit, popcount, prefetch, within_1, within_2, within_3
from seawall.hashes.blocks import ensure

CHUNKS = 16
BUCKETS = 1 << 16
TABLE_OFFSETS = BUCKETS + 1
RUN = 4
"""Chunks whose runs are compared before the whole hash: the probed one and the three kept beside it."""

KEPT = 5
"""Numbers of 16 bits that a table keeps of each hash: the next three chunks and the two halves of its row."""

MAX_UNITS = 3
"""A chunk is probed within at most two bits."""


def _flips() -> npt.NDArray[np.uint16]:
    values = np.arange(BUCKETS, dtype=np.uint16)
    ones = np.bitwise_count(values)
    return values[np.lexsort((values, ones))][:137]


FLIPS = _flips()
"""Every mask of at most two bits, fewest first."""

PROBES = np.array([0, 1, 17, 137], np.int64)
"""How many masks a chunk with so many units needs."""

_SURVIVORS = 4096
_PROBE_COST = 24  # a probe costs as much as reading so many entries
_SCAN_COST = 16  # comparing one whole hash costs as much as reading so many entries
_HOT = 4  # a query that reads this many times the mean of uniform hashes is planned on its own


@nb.njit(inline="always")
def chunk(words, c):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Chunk c of a hash, its first 16 bits being chunk 0."""
    return np.uint16(words[c >> 2] >> np.uint64(48 - 16 * (c & 3)))


@nb.njit(cache=True, nogil=True)
def spread_units(threshold):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Threshold + 1 units over the chunks, as evenly as they go, shape (16,)."""
    units = np.empty(CHUNKS, np.int64)
    for c in range(CHUNKS):
        units[c] = (threshold + 1) // CHUNKS
    for extra in range((threshold + 1) % CHUNKS):
        units[(extra * 5) % CHUNKS] += 1  # apart from each other, so that pairs and words stay even
    return units


@nb.njit(cache=True, nogil=True)
def _entries_within(words, offsets, cost):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Cost of giving chunk c so many units: entries that its probes read, and the probes themselves, (16, 4)."""
    for c in range(CHUNKS):
        key = chunk(words, c)
        base = np.uint64(c * TABLE_OFFSETS)
        total = np.int64(0)
        cost[c, 0] = 0
        for u in range(1, MAX_UNITS + 1):
            for i in range(PROBES[u - 1], PROBES[u]):
                at = base + np.uint64(key ^ FLIPS[i])
                total += np.int64(offsets[at + np.uint64(1)]) - np.int64(offsets[at])
            cost[c, u] = total + PROBES[u] * _PROBE_COST


@nb.njit(cache=True, nogil=True)
def plan(words, offsets, threshold, units):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Deal threshold + 1 units to the chunks at the least cost, by dynamic programming; returns that cost."""
    cost = np.empty((CHUNKS, MAX_UNITS + 1), np.int64)
    _entries_within(words, offsets, cost)
    wanted = threshold + 1
    best = np.full((CHUNKS + 1, wanted + 1), np.iinfo(np.int64).max // 4, np.int64)
    best[0, 0] = 0
    for c in range(CHUNKS):
        for have in range(wanted + 1):
            for u in range(min(MAX_UNITS, have) + 1):
                best[c + 1, have] = min(best[c + 1, have], best[c, have - u] + cost[c, u])
    have = wanted
    for c in range(CHUNKS - 1, -1, -1):
        for u in range(min(MAX_UNITS, have) + 1):
            if best[c, have - u] + cost[c, u] == best[c + 1, have]:
                units[c] = u
                have -= u
                break
    return best[CHUNKS, wanted]


@nb.njit(cache=True, nogil=True)
def _open_probes(words, units, offsets, kept, n, probes):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Write (place, size, chunk, flips) of every bucket to read, and ask memory for it; returns count, entries."""
    count = 0
    entries = np.int64(0)
    for c in range(CHUNKS):
        key = chunk(words, c)
        base = np.uint64(c * TABLE_OFFSETS)
        table = np.uint64(c) * np.uint64(n)
        for i in range(PROBES[units[c]]):
            at = base + np.uint64(key ^ FLIPS[i])
            start, end = np.uint64(offsets[at]), np.uint64(offsets[at + np.uint64(1)])
            if start == end:
                continue
            place, size = np.uint64(KEPT) * (table + start), end - start
            probes[count, 0] = place
            probes[count, 1] = size
            probes[count, 2] = np.uint64(c)
            probes[count, 3] = np.uint64(0 if i == 0 else (1 if i < 17 else 2))
            entries += np.int64(size)
            for line in range(np.uint64(0), size, np.uint64(LANES)):
                prefetch(kept, place + np.uint64(line))
            prefetch(kept, place + size - np.uint64(1))
            count += 1
    return count, entries


@nb.njit(inline="always")
def _distance(words, hashes, row):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    at = np.uint64(row) * np.uint64(4)
    total = popcount(words[0] ^ hashes[at])
    total += popcount(words[1] ^ hashes[at + np.uint64(1)])
    total += popcount(words[2] ^ hashes[at + np.uint64(2)])
    total += popcount(words[3] ^ hashes[at + np.uint64(3)])
    return np.int64(total)


@nb.njit(cache=True, nogil=True)
def _found_before(words, hashes, row, units, before):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Whether the table of an earlier chunk has led to this hash as well."""
    at = np.uint64(row) * np.uint64(4)
    for c in range(before):
        over = np.int64(0)  # bits in which the run differs, less its units
        for step in range(RUN):
            i = (c + step) % CHUNKS
            differing = (words[i >> 2] ^ hashes[at + np.uint64(i >> 2)]) >> np.uint64(48 - 16 * (i & 3))
            over += np.int64(popcount(differing & np.uint64(0xFFFF))) - units[i]
            if over >= 0:
                break
        if over < 0:
            return True
    return False


@nb.njit(cache=True, nogil=True)
def _grown(found):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    larger = np.empty((len(found) * 2, 3), np.int64)
    larger[: len(found)] = found
    return larger


@nb.njit(cache=True, nogil=True)
def _settle(query, words, threshold, units, hashes, survivors, held, found, count, check):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Compare the whole hashes of entries whose runs were near enough; append what is within."""
    for s in range(held):
        row = np.uint64(survivors[s, 0])
        if check.cold:
            ensure(check, 1, row * np.uint64(32), np.uint64(32))
            if check.bad[0] >= 0:
                break
        distance = _distance(words, hashes, row)
        if distance <= threshold and not _found_before(words, hashes, row, units, survivors[s, 1]):
            if count == len(found):
                found = _grown(found)
            found[count, 0] = query
            found[count, 1] = np.int64(row)
            found[count, 2] = distance
            count += 1
    return found, count


@nb.njit(inline="always")
def _near_runs(kept, place, size, at, values, limits):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Which of 32 entries of a bucket, from entry `at` on, have near enough runs of two, three and four chunks."""
    first = place + at
    mask = within_1(kept, limits[0], first, values[0])
    if size - at < np.uint64(LANES):
        mask &= np.uint32((np.uint64(1) << (size - at)) - np.uint64(1))
    if mask:
        mask &= within_2(kept, limits[1], first, values[0], first + size, values[1])
    if mask:
        third = first + size + size
        mask &= within_3(kept, limits[2], first, values[0], first + size, values[1], third, values[2])
    return mask


@nb.njit(cache=True, nogil=True)
def _read_buckets(query, words, threshold, units, kept, hashes, probes, opened, survivors, found, count, check):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Read every opened bucket and settle what is near."""
    held = 0
    values, limits = np.empty(RUN - 1, np.uint16), np.empty(RUN - 1, np.uint16)
    for p in range(opened):
        place, size, c, flipped = probes[p, 0], probes[p, 1], np.int64(probes[p, 2]), np.int64(probes[p, 3])
        if check.cold:
            ensure(check, 0, place * np.uint64(2), size * np.uint64(2 * KEPT))
        left = units[c] - 1 - flipped
        for step in range(RUN - 1):
            following = (c + 1 + step) % CHUNKS
            left += units[following]
            values[step], limits[step] = chunk(words, following), np.uint16(left)
        for at in range(np.uint64(0), size, np.uint64(LANES)):
            mask = _near_runs(kept, place, size, np.uint64(at), values, limits)
            while mask:
                low = place + np.uint64(3) * size + np.uint64(at) + np.uint64(lowest_bit(mask))
                mask &= np.uint32(mask - np.uint32(1))
                row = np.int64(kept[low]) | (np.int64(kept[low + size]) << 16)
                survivors[held, 0], survivors[held, 1] = row, c
                prefetch(hashes, np.uint64(row) * np.uint64(4))
                held += 1
            if held > _SURVIVORS - LANES:
                found, count = _settle(query, words, threshold, units, hashes, survivors, held, found, count, check)
                held = 0
    return _settle(query, words, threshold, units, hashes, survivors, held, found, count, check)


@nb.njit(cache=True, nogil=True)
def scan(query, words, threshold, hashes, found, count):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Compare every hash; append (query, row, distance) of those within the threshold."""
    for row in range(len(hashes) // 4):
        distance = _distance(words, hashes, row)
        if distance <= threshold:
            if count == len(found):
                found = _grown(found)
            found[count, 0] = query
            found[count, 1] = row
            found[count, 2] = distance
            count += 1
    return found, count


@nb.njit(cache=True, nogil=True)
def scan_all(queries, threshold, hashes):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """(query, row, distance) of every pair within the threshold, by comparing all, shape (matches, 3)."""
    found = np.empty((64, 3), np.int64)
    count = 0
    for query in range(len(queries)):
        found, count = scan(query, queries[query], threshold, hashes, found, count)
    return found[:count]


@nb.njit(cache=True, nogil=True)
def search_all(queries, threshold, tables, check):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """(query, row, distance) of every pair within the threshold, shape (matches, 3), in order of queries.

    `tables` is (offsets, kept, hashes) of one segment, each flat. While one query's buckets are read, the
    next one's are on their way from memory.
    """
    offsets, kept, hashes = tables
    n = len(hashes) // 4
    even = spread_units(threshold)
    usual = np.int64(_HOT) * np.int64(n) * PROBES[2] * CHUNKS // BUCKETS + 4096
    probes = np.empty((2, PROBES[MAX_UNITS] * CHUNKS, 4), np.uint64)
    units = np.empty((2, CHUNKS), np.int64)
    opened = np.zeros(2, np.int64)
    survivors = np.empty((_SURVIVORS, 2), np.int64)
    found = np.empty((64, 3), np.int64)
    count = 0
    for step in range(len(queries) + 1):
        if step < len(queries):
            slot = step & 1
            units[slot] = even
            opened[slot], entries = _open_probes(queries[step], even, offsets, kept, n, probes[slot])
            if entries > usual or threshold >= 2 * CHUNKS:
                cost = plan(queries[step], offsets, threshold, units[slot])
                opened[slot], _ = _open_probes(queries[step], units[slot], offsets, kept, n, probes[slot])
                if cost > n * _SCAN_COST:
                    opened[slot] = -1
        if step > 0:
            query, slot = step - 1, (step - 1) & 1
            words = queries[query]
            if opened[slot] < 0:
                if check.cold:
                    ensure(check, 1, np.uint64(0), np.uint64(len(hashes) * 8))
                found, count = scan(query, words, threshold, hashes, found, count)
            else:
                found, count = _read_buckets(
                    query,
                    words,
                    threshold,
                    units[slot],
                    kept,
                    hashes,
                    probes[slot],
                    opened[slot],
                    survivors,
                    found,
                    count,
                    check,
                )
            if check.bad[0] >= 0:
                break
    return found[:count]
