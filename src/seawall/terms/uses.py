"""Who uses which token on a whole platform, read in two passes.

The first pass reads only the posts of risky accounts and of a sample of everybody else, and keeps the tokens that
risky accounts use far more; the second counts the users of those, and of no others, over all posts. So what is held
grows with the tokens worth a look, not with the platform.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seawall.terms.tokens import Keys, Places, Sightings, counted, named, sightings, summed

POSTS = ("account_id", "created_at", "text", "hashtags")
Parts = Callable[[], Iterable[pa.RecordBatch]]
"""Reads posts from the first batch on, with the columns `POSTS`."""
SAMPLE = 50_000
LEAST_USERS = 3
LIFT = 3.0
"""A token is worth a look when its share among risky accounts is this many times that in the sample."""
MOST_TOKENS = 4_000
CONTEXTS, AROUND = 3, 60
_PRIVATE = re.compile(r"https?://\S+|\S+@\S+\.\S+|@[\w.]+|\w*\d[\w.,-]*")


@dataclass(frozen=True, slots=True)
class Uses:
    """`tokens` as `terms.tokens.TOKENS`; `contexts` of each token: what stood around it at its first risky uses."""

    tokens: pa.Table
    contexts: dict[str, tuple[str, ...]]


def risky_uses(parts: Parts, risky: Keys, accounts: int) -> Uses:
    """The users of every token that `risky` accounts (sorted) use far more than the rest of `accounts` do."""
    wanted = _worth_a_look(parts, risky, accounts)
    return _uses(parts() if len(wanted) else (), wanted, risky)


def all_uses(parts: Parts) -> pa.Table:
    """The users of every token there is, as `terms.tokens.TOKENS`: for platforms small enough to hold."""
    return _uses(parts(), None, np.empty(0, np.uint64)).tokens


def _uses(parts: Iterable[pa.RecordBatch], wanted: Keys | None, risky: Keys) -> Uses:
    counts: list[pa.Table] = []
    spelt: dict[int, tuple[bool, str]] = {}
    kept: dict[int, list[str]] = defaultdict(list)
    for part in parts:
        for texts, owner, times, hashtags in _columns(part):
            seen = sightings(texts, wanted, hashtags=hashtags)
            counts.append(counted(seen, owner, times))
            for key, (plain, word) in seen.spellings().items():
                if key not in spelt or (plain and not spelt[key][0]):
                    spelt[key] = plain, word
            if not hashtags:
                _keep_contexts(seen, np.flatnonzero(_among(owner[seen.row], risky)), kept)
    words = {key: word for key, (_, word) in spelt.items()}
    return Uses(named(summed(counts), words), {words[key]: tuple(some) for key, some in kept.items()})


def _columns(part: pa.RecordBatch) -> Iterator[tuple[pa.Array, Keys, Places, bool]]:
    """Texts, then hashtags, each with the account and the time (UTC microseconds) of every entry."""
    owner = part["account_id"].to_numpy(zero_copy_only=False)
    times = part["created_at"].cast(pa.int64()).to_numpy(zero_copy_only=False)
    yield part["text"], owner, times, False
    of = np.asarray(pc.list_parent_indices(part["hashtags"]))
    yield pc.list_flatten(part["hashtags"]), owner[of], times[of], True


def _worth_a_look(parts: Parts, risky: Keys, accounts: int) -> Keys:
    """Hashes, sorted, of the tokens that at least `LEAST_USERS` risky accounts use, `LIFT` times as often as others."""
    every = np.uint64(max(1, accounts // SAMPLE))
    pairs: list[list[npt.NDArray[np.void]]] = [[], []]
    for part in parts():
        owner = part["account_id"].to_numpy(zero_copy_only=False)
        ours = _among(owner, risky)
        theirs = ~ours & (owner % every == 0)
        for side, rows in enumerate((ours, theirs)):
            for texts, who, _, hashtags in _columns(part.filter(pa.array(rows))):
                seen = sightings(texts, hashtags=hashtags)
                pairs[side].append(_distinct(who[seen.row], seen.key))
    (token, users), (other, others) = (_users(side) for side in pairs)
    sampled = max(1, (accounts - len(risky)) // int(every))
    at = np.minimum(np.searchsorted(other, token), max(len(other) - 1, 0))
    beside = np.where(other[at] == token, others[at], 0) if len(other) else np.zeros(len(token))
    lift = (users / max(len(risky), 1)) / ((beside + 0.5) / sampled)
    worth = np.flatnonzero((users >= LEAST_USERS) & (lift >= LIFT))
    best = worth[np.argsort(-(users * np.log(lift))[worth], kind="stable")][:MOST_TOKENS]
    return np.sort(token[best])


def _among(owner: Keys, few: Keys) -> npt.NDArray[np.bool_]:
    """Which owners are among `few`, sorted."""
    if not len(few):
        return np.zeros(len(owner), bool)
    found: npt.NDArray[np.bool_] = few[np.minimum(np.searchsorted(few, owner), len(few) - 1)] == owner
    return found


_PAIR = np.dtype([("token", np.uint64), ("owner", np.uint64)])


def _distinct(owner: Keys, token: Keys) -> npt.NDArray[np.void]:
    """The distinct (token, account) pairs, in order."""
    order = np.lexsort((owner, token))
    pairs = np.empty(len(order), _PAIR)
    pairs["token"], pairs["owner"] = token[order], owner[order]
    fresh = np.ones(len(pairs), bool)
    fresh[1:] = (pairs["token"][1:] != pairs["token"][:-1]) | (pairs["owner"][1:] != pairs["owner"][:-1])
    return pairs[fresh]


def _users(parts: list[npt.NDArray[np.void]]) -> tuple[Keys, Places]:
    """The tokens of pairs, sorted, and how many accounts use each."""
    pairs = np.concatenate([np.empty(0, _PAIR), *parts])
    token, count = np.unique(_distinct(pairs["owner"], pairs["token"])["token"], return_counts=True)
    return token, count


def _keep_contexts(seen: Sightings, rows: Places, kept: dict[int, list[str]]) -> None:
    """Add what stands around these sightings to tokens that have fewer than `CONTEXTS` contexts so far."""
    order = rows[np.argsort(seen.key[rows], kind="stable")]
    _, first, count = np.unique(seen.key[order], return_index=True, return_counts=True)
    rank = np.arange(len(order)) - np.repeat(first, count)
    for at in order[rank < CONTEXTS].tolist():
        some = kept[int(seen.key[at])]
        if len(some) < CONTEXTS:
            some.append(masked_context(seen.around(at, AROUND)))


def masked_context(text: str) -> str:
    """A text without what names a person or a place: handles, links, addresses and numbers become •."""
    return " ".join(_PRIVATE.sub("• ", text).split())
