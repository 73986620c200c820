"""A platform as its recommenders see it, from any activity folder.

Accounts stand in the order of their keyed ids and are numbers from here on; nothing of a run's results is known here.
Only accounts that are active and follows that stand can be recommended or learnt from.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import csr_matrix

from seawall.intake.door import admit
from seawall.lake import queries
from seawall.lake.engine import Lake, open_lake
from seawall.network.numbering import places_of
from seawall.records.ids import IdKey, Keys
from seawall.trials.draws import Bools, Ints

LIKING = ("like", "comment", "share")


@dataclass(frozen=True, slots=True)
class Acts:
    """Who turned to whom, by time; one entry an interaction, `liking` where it says more than a view."""

    actor: Ints
    target: Ints
    at: Ints
    liking: Bools


@dataclass(frozen=True, slots=True)
class Posts:
    """Every post that stands: keyed id, author and likes; grouped by author, the latest first."""

    ids: Keys
    author: Ints
    likes: Ints
    starts: Ints  # of each account's posts, shape (accounts + 1,)


@dataclass(frozen=True, slots=True)
class Platform:
    """`follows` is (accounts, accounts), a row for each follower; `tag_users` is (tags, accounts), posts with it."""

    accounts: Keys
    active: Bools
    young: Bools  # children and teens
    follows: csr_matrix
    acts: Acts
    posts: Posts
    tags: tuple[str, ...]
    tag_users: csr_matrix

    @property
    def size(self) -> int:
        """How many accounts."""
        return len(self.accounts)

    def places(self, keyed: Keys) -> Ints:
        """The number of each keyed account, -1 for one that is not here."""
        at = np.minimum(places_of(self.accounts, keyed), self.size - 1)
        return np.where(self.accounts[at] == keyed, at, -1)


def read_platform(activity: Path, key: IdKey) -> Platform:
    """Read an activity folder through the door that every run uses; raises BadActivity."""
    with _lake(activity, key) as lake:
        accounts = lake.fetch(queries.accounts(lake).select("account_id", "status", "age_band"), ["account_id"])
        ids = accounts["account_id"].to_numpy()
        active = pc.is_in(accounts["status"], pa.array(["active", "restricted"])).to_numpy()
        young = pc.is_in(accounts["age_band"], pa.array(["child", "teen"])).to_numpy()
        tags, tag_users = _tags(lake, ids, active)
        return Platform(
            ids,
            active,
            young,
            _follows(lake, ids, active),
            _acts(lake, ids),
            _posts(lake, ids, active),
            tags,
            tag_users,
        )


@contextmanager
def _lake(activity: Path, key: IdKey) -> Iterator[Lake]:
    with TemporaryDirectory(prefix="seawall-trial-") as work:
        admit(activity, Path(work), key, plain_ids=False, now=datetime.now(UTC))
        with open_lake(Path(work) / "lake", "duckdb", threads=1) as lake:
            yield lake


def _follows(lake: Lake, ids: Keys, active: Bools) -> csr_matrix:
    table = lake.fetch(queries.follows(lake), ["follower_id", "followee_id"])
    standing = pc.is_null(table["removed_at"]).to_numpy()
    follower, followee = (places_of(ids, table[name].to_numpy()) for name in ("follower_id", "followee_id"))
    kept = standing & active[follower] & active[followee]
    ones = np.ones(int(kept.sum()), np.float32)
    return csr_matrix((ones, (follower[kept], followee[kept])), shape=(len(ids), len(ids)))


def _acts(lake: Lake, ids: Keys) -> Acts:
    asked = lake.table("interactions").filter(lambda t: t.actor_id != t.target_id)
    table = lake.fetch(asked, ["created_at", "actor_id", "target_id", "kind", "post_id"])
    liking = pc.is_in(table["kind"], pa.array(LIKING)).to_numpy()
    seen = liking | pc.equal(table["kind"], "view").to_numpy()
    actor, target = (places_of(ids, table[name].to_numpy())[seen] for name in ("actor_id", "target_id"))
    return Acts(actor, target, _seconds(table["created_at"])[seen], liking[seen])


def _posts(lake: Lake, ids: Keys, active: Bools) -> Posts:
    asked = lake.table("posts").select("post_id", "account_id", "created_at")
    table = lake.fetch(asked, ["account_id", "created_at", "post_id"])
    author = places_of(ids, table["account_id"].to_numpy())
    latest = np.lexsort((-_seconds(table["created_at"]), author))
    latest = latest[active[author[latest]]]
    posts, author = table["post_id"].to_numpy()[latest], author[latest]
    likes = _likes(lake, posts)
    return Posts(posts, author, likes, np.searchsorted(author, np.arange(len(ids) + 1)))


def _likes(lake: Lake, posts: Keys) -> Ints:
    table = lake.table("interactions").filter(lambda t: t.kind.isin(LIKING) & t.post_id.notnull())
    counted = lake.fetch(table.group_by("post_id").agg(n=table.count()), ["post_id"])
    order = np.argsort(posts)
    liked = counted["post_id"].to_numpy()
    at = np.minimum(np.searchsorted(liked, posts[order]), max(len(liked) - 1, 0))
    likes = np.zeros(len(posts), np.int64)
    if len(liked):
        likes[order] = np.where(liked[at] == posts[order], counted["n"].to_numpy()[at], 0)
    return likes


def _tags(lake: Lake, ids: Keys, active: Bools) -> tuple[tuple[str, ...], csr_matrix]:
    table = lake.fetch(queries.tag_uses(lake).select("account_id", "tag", "n"), ["tag", "account_id"])
    coded = table["tag"].combine_chunks().dictionary_encode()
    account = places_of(ids, table["account_id"].to_numpy())
    kept = active[account]
    place = (coded.indices.to_numpy()[kept], account[kept])
    counts = table["n"].to_numpy()[kept].astype(np.float32)
    return tuple(coded.dictionary.to_pylist()), csr_matrix((counts, place), shape=(len(coded.dictionary), len(ids)))


def _seconds(times: pa.ChunkedArray) -> Ints:
    seconds: Ints = times.cast(pa.int64()).to_numpy() // 1_000_000
    return seconds
