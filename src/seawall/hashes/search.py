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

Time goes to memory, not to arithmetic: so many queries are led through one table before the next table is opened, whose
pages then stay at hand, and while one query's buckets are read those of the next are on their way.
"""

import numba as nb
import numpy as np
import numpy.typing as npt

from seawall.hashes.bits import LANES, lowest_bit, popcount, prefetch, within_1, within_3
from seawall.hashes.blocks import ensure

CHUNKS = 16
BUCKETS = 1 << 16
TABLE_OFFSETS = BUCKETS + 1
REST = 4
"""Numbers of 16 bits that a table keeps apart of each hash: the second and third next chunk, the halves of its row."""

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

_TOGETHER = 4096  # queries that go through a table together
# Costs, in entries of a bucket that are read and rejected at once (a third of a nanosecond); measured, not critical.
_PROBE_COST = 200  # to reach a bucket
_CROWD_COST = 10  # an entry beyond those of uniform hashes: it belongs to a crowd around the query and is read on
_SCAN_COST = 12  # to compare one whole hash
_HOT = 1.5  # a query that costs so many times what uniform hashes would is planned on its own


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
def _chunk_costs(words, c, offsets, most, costs):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """What it costs to give chunk c from 0 to `most` units, into `costs`."""
    key, base = chunk(words, c), np.uint64(c * TABLE_OFFSETS)
    n = np.int64(offsets[base + np.uint64(BUCKETS)])
    entries = np.int64(0)
    costs[0] = 0
    for u in range(1, most + 1):
        for i in range(PROBES[u - 1], PROBES[u]):
            at = base + np.uint64(key ^ FLIPS[i])
            entries += np.int64(offsets[at + np.uint64(1)]) - np.int64(offsets[at])
        crowd = max(entries - 2 * PROBES[u] * n // BUCKETS - 64, 0)
        costs[u] = entries + crowd * _CROWD_COST + PROBES[u] * _PROBE_COST


@nb.njit(cache=True, nogil=True)
def plan(words, offsets, threshold, units):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Deal threshold + 1 units to the chunks at the least cost, by dynamic programming; returns that cost."""
    cost = np.empty((CHUNKS, MAX_UNITS + 1), np.int64)
    for c in range(CHUNKS):
        _chunk_costs(words, c, offsets, MAX_UNITS, cost[c])
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
def _plan_all(queries, threshold, offsets, n, units):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Deal units for every query, shape (queries, 16); all zero where a scan is cheaper."""
    even = spread_units(threshold)
    most = min((threshold + CHUNKS) // CHUNKS, MAX_UNITS)
    usual, costs = np.int64(0), np.empty(MAX_UNITS + 1, np.int64)
    for c in range(CHUNKS):
        usual += PROBES[even[c]] * (n // BUCKETS + _PROBE_COST)
    for query in range(len(queries)):
        units[query] = even
        total = np.int64(0)
        for c in range(CHUNKS):
            _chunk_costs(queries[query], c, offsets, most, costs)
            total += costs[even[c]]
        if total > _HOT * usual:
            cost = plan(queries[query], offsets, threshold, units[query])
            if cost > n * _SCAN_COST:
                units[query] = 0


@nb.njit(cache=True, nogil=True)
def _open(words, c, units, offsets, near, n, probes):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Write (start, size, flips) of every bucket to read in chunk c's table, and ask memory for it; returns count."""
    count = 0
    key, base, table = chunk(words, c), np.uint64(c * TABLE_OFFSETS), np.uint64(c) * np.uint64(n)
    for i in range(PROBES[units[c]]):
        at = base + np.uint64(key ^ FLIPS[i])
        start, end = np.uint64(offsets[at]), np.uint64(offsets[at + np.uint64(1)])
        if start == end:
            continue
        probes[count, 0] = table + start
        probes[count, 1] = end - start
        probes[count, 2] = np.uint64(0 if i == 0 else (1 if i < 17 else 2))
        for line in range(table + start, table + end, np.uint64(LANES)):
            prefetch(near, np.uint64(line))
        prefetch(near, table + end - np.uint64(1))
        count += 1
    return count


@nb.njit(cache=True, nogil=True)
def _read(words, c, units, near, rest, probes, opened, blocks, check):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Compare runs of two: write (start, size, at, hits, flips) of 32 entries with a hit; returns blocks, count."""
    count = 0
    following = (c + 1) % CHUNKS
    value, within = chunk(words, following), units[c] + units[following] - 1
    for p in range(opened):
        start, size, flips = probes[p, 0], probes[p, 1], probes[p, 2]
        if check.cold:
            ensure(check, 0, start * np.uint64(2), size * np.uint64(2))
        limit = np.uint16(within - np.int64(flips))
        for step in range(np.uint64(0), size, np.uint64(LANES)):
            at = np.uint64(step)
            hits = within_1(limit, near, start + at, value)
            if size - at < np.uint64(LANES):
                hits &= np.uint32((np.uint64(1) << (size - at)) - np.uint64(1))
            if hits:
                if count == len(blocks):
                    blocks = _doubled(blocks)
                blocks[count, 0], blocks[count, 1], blocks[count, 2] = start, size, at
                blocks[count, 3], blocks[count, 4] = np.uint64(hits), flips
                count += 1
                prefetch(rest, start * np.uint64(REST) + at)
                prefetch(rest, start * np.uint64(REST) + size + at)
    return blocks, count


@nb.njit(cache=True, nogil=True)
def _narrow(query, words, c, units, near, rest, hashes, blocks, held, rows, count, check):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Compare runs of four in the blocks with hits: append (query, row) of those near enough; returns rows, count."""
    first, second, third = (c + 1) % CHUNKS, (c + 2) % CHUNKS, (c + 3) % CHUNKS
    within = units[c] + units[first] + units[second] + units[third] - 1
    values = chunk(words, first), chunk(words, second), chunk(words, third)
    for b in range(held):
        start, size, at, flips = blocks[b, 0], blocks[b, 1], blocks[b, 2], blocks[b, 4]
        place = start * np.uint64(REST)
        if check.cold:
            ensure(check, 1, place * np.uint64(2), size * np.uint64(2 * REST))
        limit, here = np.uint16(within - np.int64(flips)), place + at
        hits = np.uint32(blocks[b, 3])
        hits &= within_3(limit, near, start + at, values[0], rest, here, values[1], rest, here + size, values[2])
        while hits:
            low = here + size + size + np.uint64(lowest_bit(hits))
            hits &= np.uint32(hits - np.uint32(1))
            row = np.int64(rest[low]) | (np.int64(rest[low + size]) << 16)
            prefetch(hashes, np.uint64(row) * np.uint64(4))
            if count == len(rows):
                rows = _doubled(rows)
            rows[count, 0], rows[count, 1] = query, row
            count += 1
    return rows, count


@nb.njit(inline="always")
def _distance(words, hashes, row):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    at = np.uint64(row) * np.uint64(4)
    total = popcount(words[0] ^ hashes[at])
    total += popcount(words[1] ^ hashes[at + np.uint64(1)])
    total += popcount(words[2] ^ hashes[at + np.uint64(2)])
    total += popcount(words[3] ^ hashes[at + np.uint64(3)])
    return np.int64(total)


@nb.njit(inline="always")
def _starts(words, hashes, at, units, c):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Whether from chunk c on every run round the ring differs in fewer bits than it has units."""
    over = np.int64(0)
    for step in range(CHUNKS):
        i = (c + step) & (CHUNKS - 1)
        differing = (words[i >> 2] ^ hashes[at + np.uint64(i >> 2)]) >> np.uint64(48 - 16 * (i & 3))
        over += np.int64(popcount(differing & np.uint64(0xFFFF))) - units[i]
        if over >= 0:
            return False
    return True


@nb.njit(cache=True, nogil=True)
def _reports(words, hashes, row, units, c):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Whether chunk c is the first from which every run is near enough.

    The table of the first such chunk leads to a near hash for certain and others may too: it alone reports, once.
    """
    at = np.uint64(row) * np.uint64(4)
    for earlier in range(c):
        if _starts(words, hashes, at, units, earlier):
            return False
    return _starts(words, hashes, at, units, c)


@nb.njit(cache=True, nogil=True)
def _doubled(rows):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    larger = np.empty((len(rows) * 2, rows.shape[1]), rows.dtype)
    larger[: len(rows)] = rows
    return larger


@nb.njit(cache=True, nogil=True)
def _compare(queries, c, threshold, units, hashes, rows, held, found, count, check):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Compare whole hashes; append (query, row, distance) of those within that are this table's to report."""
    for r in range(held):
        query, row = rows[r, 0], np.uint64(rows[r, 1])
        if check.cold:
            ensure(check, 2, row * np.uint64(32), np.uint64(32))
            if check.bad[0] >= 0:
                break
        distance = _distance(queries[query], hashes, row)
        if distance <= threshold and _reports(queries[query], hashes, row, units[query], c):
            if count == len(found):
                found = _doubled(found)
            found[count, 0], found[count, 1], found[count, 2] = query, rows[r, 1], distance
            count += 1
    return found, count


@nb.njit(cache=True, nogil=True)
def scan(query, words, threshold, hashes, found, count):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Compare every hash; append (query, row, distance) of those within the threshold."""
    for row in range(len(hashes) // 4):
        distance = _distance(words, hashes, row)
        if distance <= threshold:
            if count == len(found):
                found = _doubled(found)
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
def _through_table(queries, c, threshold, units, tables, space, found, count, check):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Lead all queries through chunk c's table, in three steps a query: open, read, narrow; then compare."""
    offsets, near, rest, hashes = tables
    n = len(hashes) // 4
    probes, blocks, others, rows = space
    opened, held = np.zeros(2, np.int64), np.zeros(2, np.int64)
    kept = 0
    for step in range(len(queries) + 2):
        slot = step & 1
        if step >= 2 and held[slot]:
            query = step - 2
            rows, kept = _narrow(
                query, queries[query], c, units[query], near, rest, hashes, blocks, held[slot], rows, kept, check
            )
        if 1 <= step <= len(queries):
            query = step - 1
            others, held[1 - slot] = _read(
                queries[query], c, units[query], near, rest, probes[1 - slot], opened[1 - slot], others, check
            )
        if step < len(queries):
            opened[slot] = _open(queries[step], c, units[step], offsets, near, n, probes[slot])
        blocks, others = others, blocks
        if check.bad[0] >= 0:
            return found, count
    return _compare(queries, c, threshold, units, hashes, rows, kept, found, count, check)


@nb.njit(cache=True, nogil=True)
def search_all(queries, threshold, tables, check):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """(query, row, distance) of every pair within the threshold, shape (matches, 3), in no order.

    `tables` is (offsets, near, rest, hashes) of one segment, each flat. Where `check` meets a damaged block, it says
    so in `check.bad` and what is returned is of no use.
    """
    offsets, _, _, hashes = tables
    found, count = np.empty((64, 3), np.int64), 0
    probes, rows = np.empty((2, PROBES[MAX_UNITS], 3), np.uint64), np.empty((256, 2), np.int64)
    space = probes, np.empty((256, 5), np.uint64), np.empty((256, 5), np.uint64), rows  # grown where it is too little
    for first in range(0, len(queries), _TOGETHER):
        some = queries[first : first + _TOGETHER]
        units = np.empty((len(some), CHUNKS), np.int64)
        _plan_all(some, threshold, offsets, len(hashes) // 4, units)
        before = count
        for c in range(CHUNKS):
            found, count = _through_table(some, c, threshold, units, tables, space, found, count, check)
        for query in range(len(some)):
            if units[query].sum() == 0:
                if check.cold:
                    ensure(check, 2, np.uint64(0), np.uint64(len(hashes) * 8))
                found, count = scan(query, some[query], threshold, hashes, found, count)
        found[before:count, 0] += first
        if check.bad[0] >= 0:
            break
    return found[:count]
