"""Exact Hamming search over chunk tables, compiled.

A hash of 256 bits is four words, eight pairs and sixteen chunks of 64, 32 and 16 bits. To find all hashes within T of
a query, T + 1 units are dealt out to the chunks; a pair or a word has the units of the chunks in it. By the
generalised pigeonhole principle (Norouzi, Punjani and Fleet, PAMI 2014; Qin et al., ICDE 2018) a hash within T differs
in fewer bits than its units in at least one word, in that word in at least one pair, in that pair in at least one
chunk. So each chunk's table is probed within (units - 1) bits, and what is read beside an entry (the rest of the pair,
then the rest of the word) rejects without loss nearly everything before a whole hash is touched.

Which chunks get how many units is free. Two each serves most queries at T = 31; where a template or a flat image has
made their buckets large, `plan` deals so that the fewest entries are read, and where even that exceeds a plain scan,
all hashes are scanned.
"""

import numba as nb
import numpy as np
import numpy.typing as npt

from seawall.hashes.bits import LANES, lowest_bit, popcount, prefetch, within_mask
from seawall.hashes.blocks import ensure

CHUNKS = 16
BUCKETS = 1 << 16
TABLE_OFFSETS = BUCKETS + 1
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
_FAR = np.uint64(0xFFFFFFFF)


@nb.njit(inline="always")
def _chunk(words, c):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    return np.uint16(words[c >> 2] >> np.uint64(48 - 16 * (c & 3)))


@nb.njit(inline="always")
def _far_part(words, c):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """The 32 bits of chunk c's word outside its pair."""
    return np.uint32((words[c >> 2] >> np.uint64(32 if c & 2 else 0)) & _FAR)


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
        key = _chunk(words, c)
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
def _open_probes(words, units, offsets, near, n, probes):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Write (start, end, chunk, bits flipped) of every bucket to read, and ask memory for it; returns count, entries."""
    count = 0
    entries = np.int64(0)
    for c in range(CHUNKS):
        key = _chunk(words, c)
        base = np.uint64(c * TABLE_OFFSETS)
        table = np.uint64(c) * np.uint64(n)
        for i in range(PROBES[units[c]]):
            at = base + np.uint64(key ^ FLIPS[i])
            start, end = np.uint64(offsets[at]), np.uint64(offsets[at + np.uint64(1)])
            if start == end:
                continue
            probes[count, 0] = table + start
            probes[count, 1] = table + end
            probes[count, 2] = np.uint64(c)
            probes[count, 3] = np.uint64(0 if i == 0 else (1 if i < 17 else 2))
            entries += np.int64(end - start)
            for line in range(table + start, table + end, np.uint64(32)):
                prefetch(near, np.uint64(line))
            prefetch(near, np.uint64(table + end - np.uint64(1)))
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
def _found_before(words, hashes, row, units, chunk):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Whether an earlier chunk's table has led to this hash as well."""
    for c in range(chunk):
        word = words[c >> 2] ^ hashes[np.uint64(row) * np.uint64(4) + np.uint64(c >> 2)]
        in_chunk = np.int64(popcount((word >> np.uint64(48 - 16 * (c & 3))) & np.uint64(0xFFFF)))
        if in_chunk >= units[c]:
            continue
        in_pair = np.int64(popcount((word >> np.uint64(0 if c & 2 else 32)) & _FAR))
        if in_pair >= units[c] + units[c ^ 1]:
            continue
        first = c & ~3
        if np.int64(popcount(word)) < units[first] + units[first + 1] + units[first + 2] + units[first + 3]:
            return True
    return False


@nb.njit(cache=True, nogil=True)
def _grown(found):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    larger = np.empty((len(found) * 2, 3), np.int64)
    larger[: len(found)] = found
    return larger


@nb.njit(cache=True, nogil=True)
def _settle(query, words, threshold, units, tables, survivors, held, found, count, check):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Compare the words, then the whole hashes, of entries whose pair was near enough; append what is within."""
    _, _, far, ids, hashes = tables
    kept = 0
    for s in range(held):
        at, c = survivors[s, 0], np.int64(survivors[s, 1])
        if check.cold:
            ensure(check, 1, at * np.uint64(4), np.uint64(4))
        in_word = np.int64(survivors[s, 2]) + np.int64(popcount(np.uint32(far[at] ^ _far_part(words, c))))
        first = c & ~3
        if in_word < units[first] + units[first + 1] + units[first + 2] + units[first + 3]:
            survivors[kept, 0] = at
            survivors[kept, 1] = np.uint64(c)
            kept += 1
            prefetch(ids, at)
    for s in range(kept):
        at = survivors[s, 0]
        if check.cold:
            ensure(check, 2, at * np.uint64(4), np.uint64(4))
        survivors[s, 2] = np.uint64(ids[at])
        prefetch(hashes, np.uint64(ids[at]) * np.uint64(4))
    for s in range(kept):
        row, c = survivors[s, 2], np.int64(survivors[s, 1])
        if check.cold:
            ensure(check, 3, row * np.uint64(32), np.uint64(32))
            if check.bad[0] >= 0:
                return found, count
        distance = _distance(words, hashes, row)
        if distance <= threshold and not _found_before(words, hashes, row, units, c):
            if count == len(found):
                found = _grown(found)
            found[count, 0] = query
            found[count, 1] = np.int64(row)
            found[count, 2] = distance
            count += 1
    return found, count


@nb.njit(cache=True, nogil=True)
def _read_buckets(query, words, threshold, units, tables, probes, opened, survivors, found, count, check):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Read every opened bucket's pairs and settle what is near."""
    _, near, far, _, _ = tables
    held = 0
    for p in range(opened):
        start, end, c, flipped = probes[p, 0], probes[p, 1], np.int64(probes[p, 2]), probes[p, 3]
        if check.cold:
            ensure(check, 0, start * np.uint64(2), (end - start) * np.uint64(2))
        other = _chunk(words, c ^ 1)
        limit = np.uint16(units[c] + units[c ^ 1] - 1 - np.int64(flipped))
        for at in range(start, end, np.uint64(LANES)):
            mask = within_mask(near, np.uint64(at), other, limit)
            left = end - np.uint64(at)
            if left < np.uint64(LANES):
                mask &= np.uint32((np.uint64(1) << left) - np.uint64(1))
            while mask:
                hit = np.uint64(at) + np.uint64(lowest_bit(mask))
                mask &= np.uint32(mask - np.uint32(1))
                survivors[held, 0] = hit
                survivors[held, 1] = np.uint64(c)
                survivors[held, 2] = flipped + np.uint64(popcount(np.uint16(near[hit] ^ other)))
                prefetch(far, hit)
                held += 1
            if held > _SURVIVORS - LANES:
                found, count = _settle(query, words, threshold, units, tables, survivors, held, found, count, check)
                held = 0
    return _settle(query, words, threshold, units, tables, survivors, held, found, count, check)


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

    `tables` is (offsets, near, far, ids, hashes) of one segment, each flat. While one query's buckets are read, the
    next one's are on their way from memory.
    """
    offsets, near, _, _, hashes = tables
    n = len(hashes) // 4
    even = spread_units(threshold)
    usual = np.int64(_HOT) * np.int64(n) * PROBES[2] * CHUNKS // BUCKETS + 4096
    probes = np.empty((2, PROBES[MAX_UNITS] * CHUNKS, 4), np.uint64)
    units = np.empty((2, CHUNKS), np.int64)
    opened = np.zeros(2, np.int64)
    survivors = np.empty((_SURVIVORS, 3), np.uint64)
    found = np.empty((64, 3), np.int64)
    count = 0
    for step in range(len(queries) + 1):
        if step < len(queries):
            slot = step & 1
            units[slot] = even
            opened[slot], entries = _open_probes(queries[step], even, offsets, near, n, probes[slot])
            if entries > usual or threshold >= 2 * CHUNKS:
                cost = plan(queries[step], offsets, threshold, units[slot])
                opened[slot], _ = _open_probes(queries[step], units[slot], offsets, near, n, probes[slot])
                if cost > n * _SCAN_COST:
                    opened[slot] = -1
        if step > 0:
            query, slot = step - 1, (step - 1) & 1
            words = queries[query]
            if opened[slot] < 0:
                if check.cold:
                    ensure(check, 3, np.uint64(0), np.uint64(len(hashes) * 8))
                found, count = scan(query, words, threshold, hashes, found, count)
            else:
                found, count = _read_buckets(
                    query, words, threshold, units[slot], tables, probes[slot], opened[slot], survivors, found, count,
                    check,
                )
            if check.bad[0] >= 0:
                break
    return found[:count]
