"""Neighbours: accounts with the same followers, or next in a session."""

from dataclasses import dataclass

import numpy as np
from implicit.nearest_neighbours import ItemItemRecommender
from scipy.sparse import csr_matrix
from sklearn.preprocessing import normalize
from threadpoolctl import threadpool_limits

from seawall.trials.draws import Bools, Floats, Ints
from seawall.trials.platform import Platform
from seawall.trials.recommenders.base import Signal
from seawall.trials.recommenders.history import DISCOUNT, History, session_weights
from seawall.trials.recommenders.kernels import best_neighbours

NEIGHBOURS = 100
SUPPORT, COMMON = 3, 2
"""Followers that an account needs to be recommended, and that two need in common to be alike: one may be chance."""

Candidates = tuple[Ints, Floats]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """`similar` holds the nearest accounts of each account, a row each, with their cosines."""

    signal: Signal
    similar: csr_matrix
    allowed: Bools

    def best(self, history: History, who: Ints, count: int) -> Candidates:
        """The nearest to what each follows, or has liked."""
        recent = history.followed if self.signal is Signal.CO_FOLLOW else history.liked
        seeds = recent.items[who]
        return summed(self.similar, seeds, np.where(seeds >= 0, 1.0, 0.0), history, who, self.allowed, count)

    def related(self, count: int) -> Ints:
        """The nearest of every account, (accounts, count)."""
        return nearest(self.similar, self.allowed, count)


def summed(
    similar: csr_matrix, seeds: Ints, factors: Floats, history: History, who: Ints, allowed: Bools, count: int
) -> Candidates:
    """The `count` best neighbours of each row's seeds, weighted by `factors`, both (w, length)."""
    followed = history.followed.items[who]
    items, scores = best_neighbours(
        similar.indptr,
        similar.indices,
        similar.data,
        seeds,
        factors,
        followed,
        history.shown,
        who,
        DISCOUNT,
        allowed,
        count,
    )
    return items, scores


def nearest(similar: csr_matrix, allowed: Bools, count: int) -> Ints:
    """The `count` nearest of every row, (rows, count), -1 where there are fewer."""
    everyone = np.arange(similar.shape[0])
    alone = History.fresh(1, similar.shape[0])
    items, _ = best_neighbours(
        similar.indptr,
        similar.indices,
        similar.data,
        everyone[:, None],
        np.ones((len(everyone), 1)),
        everyone[:, None],
        alone.shown,
        np.zeros(len(everyone), np.int64),
        DISCOUNT,
        allowed,
        count,
    )
    found: Ints = items
    return found


def co_follow(platform: Platform) -> Neighbours:
    """Whoever follows this follows that: cosine over followers, by `implicit`."""
    return _cosine(Signal.CO_FOLLOW, platform.follows, platform)


def co_like(platform: Platform) -> Neighbours:
    """Whoever likes, comments on or shares this author likes that one."""
    acts, n = platform.acts, platform.size
    pairs = (acts.actor[acts.liking], acts.target[acts.liking])
    liked = csr_matrix((np.ones(len(pairs[0]), np.float32), pairs), shape=(n, n))
    liked.data[:] = 1
    return _cosine(Signal.CO_LIKE, liked, platform)


def _cosine(signal: Signal, users: csr_matrix, platform: Platform) -> Neighbours:
    support = np.asarray((users > 0).sum(axis=0)).ravel()
    similar = cosines(users, NEIGHBOURS)
    rows = np.repeat(np.arange(similar.shape[0]), np.diff(similar.indptr))
    common = similar.data * np.sqrt(support[rows] * support[similar.indices].astype(np.float64))
    similar.data *= common > COMMON - 0.5
    similar.eliminate_zeros()
    return Neighbours(signal, similar, platform.active & (support >= SUPPORT))


def cosines(users: csr_matrix, count: int) -> csr_matrix:
    """The cosines of every column of `users` with the `count` columns most like it, by `implicit`."""
    model = ItemItemRecommender(K=count + 1, num_threads=1)  # one of the neighbours is the column itself
    with threadpool_limits(1):
        model.fit(normalize(users.astype(np.float64), axis=0).tocsr(), show_progress=False)
    similar = model.similarity.astype(np.float32)
    similar.setdiag(0)
    similar.eliminate_zeros()
    similar.sort_indices()
    return similar


@dataclass(frozen=True, slots=True)
class Sessions:
    """Who opened this page opened that one next: sequential rules (Ludewig and Jannach, UMUAI 2018).

    `next` holds how often one account was visited soon after another, as shares, a row each.
    """

    signal: Signal
    next: csr_matrix
    allowed: Bools

    def best(self, history: History, who: Ints, count: int) -> Candidates:
        """What follows upon the pages that each opened last."""
        seeds, factors = history.viewed.items[who], session_weights(history.viewed, who)
        return summed(self.next, seeds, factors, history, who, self.allowed, count)

    def related(self, count: int) -> Ints:
        """What is opened most after every account, (accounts, count)."""
        return nearest(self.next, self.allowed, count)


STEPS, PAUSE = 5, 14 * 86_400
"""Visits that belong together: at most five steps and two weeks apart; sparse platforms have long sessions."""


def sessions(platform: Platform) -> Sessions:
    """Count, for each actor's visits in order, which account comes after which; near ones count more."""
    acts, n = platform.acts, platform.size
    order = np.lexsort((acts.at, acts.actor))
    actor, target, at = acts.actor[order], acts.target[order], acts.at[order]
    pairs = csr_matrix((n, n), dtype=np.float32)
    for step in range(1, STEPS + 1):
        near = (actor[:-step] == actor[step:]) & (at[step:] - at[:-step] <= PAUSE) & (target[:-step] != target[step:])
        first, then = target[:-step][near], target[step:][near]
        pairs += csr_matrix((np.full(len(first), 1 / step, np.float32), (first, then)), shape=(n, n))
    support = np.asarray((pairs > 0).sum(axis=0)).ravel()
    out = np.maximum(np.asarray(pairs.sum(axis=1)).ravel(), 1)
    pairs.data /= np.repeat(out, np.diff(pairs.indptr)).astype(np.float32)
    pairs.sort_indices()
    return Sessions(Signal.SESSION, pairs, platform.active & (support >= SUPPORT))
