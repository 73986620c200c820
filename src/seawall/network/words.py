"""Words and tags that a set of accounts uses more than others do.

A bag of words per account, hashed to 2^22 places (Weinberger et al., ICML 2009), and the smoothed log-odds of each
place between a soft set and everyone, with the account's own use left out, so that no account is scored by itself.
"""

from collections.abc import Callable, Iterable, Sequence

import numba as nb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import csr_matrix

from seawall.network.numbering import places_of
from seawall.network.surprise import Floats

PLACES = 1 << 22
LONGEST = 64

Batches = Callable[[str, Sequence[str]], Iterable[pa.RecordBatch]]


def words_of(texts: pa.Array | pa.ChunkedArray) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """Row and hashed place of every word, in order of appearance; a word is a run of letters of any script.

    ASCII is folded to lower case. Digits, signs and spaces divide words; a word longer than `LONGEST` bytes is cut.
    """
    texts = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    texts = texts.cast(pa.large_string())
    _, offsets, data = texts.buffers()
    starts = np.frombuffer(offsets, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    if data is None or data.size == 0 or len(texts) == 0:
        return np.empty(0, np.int64), np.empty(0, np.int32)
    rows, places = _words(np.frombuffer(data, np.uint8), starts)
    return rows, places


@nb.njit(cache=True)
def _words(data, starts):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    total = starts[-1] - starts[0]
    rows = np.empty(total // 2 + len(starts), np.int64)
    places = np.empty(total // 2 + len(starts), np.int32)
    found = 0
    for row in range(len(starts) - 1):
        state = np.uint64(14695981039346656037)
        length = 0
        for i in range(starts[row], starts[row + 1] + 1):
            byte = np.uint8(32) if i == starts[row + 1] else data[i]
            if np.uint8(65) <= byte <= np.uint8(90):
                byte |= np.uint8(32)
            if byte >= np.uint8(128) or np.uint8(97) <= byte <= np.uint8(122):
                if length < LONGEST:
                    state = (state ^ np.uint64(byte)) * np.uint64(1099511628211)
                length += 1
            elif length > 0:
                if length > 1:
                    rows[found] = row
                    places[found] = np.int32((state ^ (state >> np.uint64(22))) & np.uint64(PLACES - 1))
                    found += 1
                state = np.uint64(14695981039346656037)
                length = 0
    return rows[:found], places[:found]


def pairs_of(owners: npt.NDArray[np.int64], texts: pa.Array | pa.ChunkedArray) -> npt.NDArray[np.int64]:
    """Distinct (account, word) pairs of a batch of texts, each as account * PLACES + word, sorted.

    `owners`: the account number of each text, shape (len(texts),).
    """
    rows, places = words_of(texts)
    return _distinct(owners[rows] * PLACES + places)


def bags_and_posts(
    batches: Batches, ids: npt.NDArray[np.uint64], bios: pa.ChunkedArray
) -> tuple[csr_matrix, npt.NDArray[np.float32]]:
    """Bags of the words in posts, tags and bios; and how many posts each account has. `batches` reads a table."""
    pairs, posts = [pairs_of(np.arange(len(ids)), bios)], np.zeros(len(ids), np.float32)
    for batch in batches("posts", ("account_id", "text", "hashtags")):
        owners = places_of(ids, batch["account_id"].to_numpy())
        posts += np.bincount(owners, minlength=len(ids)).astype(np.float32)
        tags = owners[np.asarray(pc.list_parent_indices(batch["hashtags"]))]
        pairs += [pairs_of(owners, batch["text"]), pairs_of(tags, pc.list_flatten(batch["hashtags"]))]
    return bags_of(pairs, len(ids)), posts


def bags_of(pairs: Sequence[npt.NDArray[np.int64]], n: int) -> csr_matrix:
    """Bags of words, shape (n, PLACES), 0 or 1, from the pairs of all batches."""
    distinct = _distinct(np.concatenate([np.empty(0, np.int64), *pairs]))
    indptr = np.searchsorted(distinct, np.arange(n + 1) * PLACES).astype(np.int64)
    columns = (distinct & (PLACES - 1)).astype(np.int32)
    return csr_matrix((np.ones(len(columns), np.float32), columns, indptr), shape=(n, PLACES))


def _distinct(pairs: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The distinct pairs in order; sorts in place, several times faster here than numpy's hashing `unique`."""
    pairs.sort()
    fresh = np.ones(len(pairs), np.bool_)
    np.not_equal(pairs[1:], pairs[:-1], out=fresh[1:])
    return pairs[fresh]


def word_scores(bags: csr_matrix, members: Floats, *, least: float = 3.0) -> tuple[Floats, Floats]:
    """How much each account talks like a soft set: (mean, best) log-odds of its words, shape (n,) each, in nats.

    `bags` (n, PLACES) is 0 or 1. A word used by fewer than `least` other accounts says nothing.
    """
    weight = np.float32(members.sum())
    inside = bags.T @ members
    everyone = np.bincount(bags.indices, minlength=bags.shape[1]).astype(np.float32)
    mean, best = np.empty(bags.shape[0], np.float32), np.empty(bags.shape[0], np.float32)
    _score(bags.indptr, bags.indices, members, inside, everyone, weight, np.float32(least), mean, best)
    return mean, best


@nb.njit(cache=True)
def _score(indptr, indices, members, inside, everyone, weight, least, mean, best):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    n = len(indptr) - 1
    base = (weight + 0.5) / n
    for row in range(n):
        total = 0.0
        top = 0.0
        for i in range(indptr[row], indptr[row + 1]):
            place = indices[i]
            others = everyone[place] - 1
            if others < least:
                continue
            share = (inside[place] - members[row] + 2 * base) / (others + 2)
            odds = np.log(share / base)
            total += odds
            top = max(top, odds)
        mean[row] = total / np.sqrt(max(indptr[row + 1] - indptr[row], 1))
        best[row] = top
