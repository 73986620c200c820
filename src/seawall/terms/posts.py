"""Tokens of posts as a stream: who wrote them, and when."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seawall.terms.tokens import Keys, Places, Sightings, sightings

POSTS = ("account_id", "created_at", "text", "hashtags")
Parts = Callable[[], Iterable[pa.RecordBatch]]
"""Reads posts from the first batch on, with the columns `POSTS`."""
Bools = npt.NDArray[np.bool_]
Offers = Callable[[pa.Array], Bools]
"""Tells which texts are offers, shape (len(texts),)."""
SAMPLE = 50_000
"""About so many accounts stand for all where counting everybody would cost too much."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Tokens of a batch of texts or of hashtags; every array has one entry a sighting.

    `post` is the row in the batch, `time` in UTC microseconds.
    """

    tokens: Sightings
    post: Places
    owner: Keys
    time: Places
    hashtags: bool


def seen_in(part: pa.RecordBatch, wanted: Keys | None = None) -> Iterator[Seen]:
    """The tokens of texts and then of hashtags, all of them or those whose hash is in `wanted` (sorted)."""
    owner = part["account_id"].to_numpy(zero_copy_only=False)
    time = part["created_at"].cast(pa.int64()).to_numpy(zero_copy_only=False)
    tags = part["hashtags"]
    for hashtags in (False, True):
        found = sightings(pc.list_flatten(tags) if hashtags else part["text"], wanted, hashtags=hashtags)
        post = np.asarray(pc.list_parent_indices(tags))[found.row] if hashtags else found.row
        yield Seen(found, post, owner[post], time[post], hashtags)


def sampled(owner: Keys, accounts: int, size: int = SAMPLE) -> Bools:
    """Which owners are in a sample of about `size` of all accounts; ids are random numbers."""
    chosen: Bools = owner % np.uint64(max(1, accounts // size)) == 0
    return chosen


def among(owner: Keys, few: Keys) -> Bools:
    """Which owners are among `few`, sorted."""
    if not len(few):
        return np.zeros(len(owner), bool)
    found: Bools = few[np.minimum(np.searchsorted(few, owner), len(few) - 1)] == owner
    return found
