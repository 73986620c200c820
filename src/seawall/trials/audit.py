"""What the guard costs innocent people.

Ranking quality, reach and coverage. Accounts of the platform itself, bystanders and adults as far as is known, are shown one page of suggestions and one of
posts, with and without the guard. A fifth of what each follows is hidden beforehand from the recommenders, which are
fitted anew: NDCG (Järvelin and Kekäläinen, TOIS 2002) counts how high the hidden benign accounts stand. Risky accounts
are passed over with and without the guard, so that the places which it frees cannot hide what it costs; so are
children, for whom it is protection to be suggested to nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_matrix

from seawall.guard.answers import Age
from seawall.trials.draws import Bools, Floats, Ints
from seawall.trials.labels import Labels
from seawall.trials.platform import Platform
from seawall.trials.recommenders.base import Surface
from seawall.trials.recommenders.catalogue import local_recommenders
from seawall.trials.recommenders.local import Local
from seawall.trials.shield import Shield, Viewers, shown

VIEWERS, EACH = 1500, 100
"""Viewers drawn from everybody, and from each look-alike community besides."""
LENGTH, CANDIDATES = 20, 60
HIDDEN = 0.2
FEWEST = 5
"""Follows that a viewer needs, so that something can be hidden."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Viewers, the follows that recommenders may know, and those hidden: pairs (viewer's place, account)."""

    viewers: Ints
    known: tuple[Ints, Ints]
    hidden: tuple[Ints, Ints]
    platform: Platform  # without the hidden follows


@dataclass(frozen=True, slots=True)
class Cost:
    """What viewers were shown under one guard, summed over recommenders; the first axis is the viewer, v.

    `reach` (v, communities + 1) counts showings of adults of each look-alike community, and of other innocents last.
    """

    ndcg: Floats
    reach: Ints
    distinct: int


def draw_audience(platform: Platform, labels: Labels, seed: int) -> Audience:
    """The same viewers for every guard."""
    rng = np.random.default_rng((seed, 3))
    adult = platform.active & ~platform.young & ~labels.risky
    able = adult & (platform.follows @ adult.astype(np.float32) >= FEWEST)
    pools = [np.flatnonzero(able)] + [np.flatnonzero(able & (labels.community == name)) for name in labels.communities]
    wanted = [VIEWERS] + [EACH] * len(labels.communities)
    drawn = [rng.permutation(pool)[:count] for pool, count in zip(pools, wanted, strict=True)]
    viewers = np.unique(np.concatenate(drawn))
    pairs = platform.follows[viewers].tocoo()
    gone = (rng.random(pairs.nnz) < HIDDEN) & adult[pairs.col]
    left = csr_matrix(
        (np.ones(int(gone.sum())), (viewers[pairs.row[gone]], pairs.col[gone])), shape=platform.follows.shape
    )
    follows = (platform.follows - left).astype(np.float32)
    follows.eliminate_zeros()
    known, hidden = ((pairs.row[part].astype(np.int64), pairs.col[part].astype(np.int64)) for part in (~gone, gone))
    return Audience(viewers, known, hidden, replace(platform, follows=follows.tocsr()))


def prepare(audience: Audience, seed: int, names: tuple[str, ...]) -> dict[str, Local]:
    """Recommenders that do not know the hidden follows, with every viewer as a test account."""
    made = local_recommenders(audience.platform, seed, names)
    for recommender in made.values():
        recommender.begin(len(audience.viewers))
        recommender.follow(*audience.known)
        liked = _liked(audience)
        recommender.history.liked.add(*liked)
        recommender.history.viewed.add(*liked)
    return made


def _liked(audience: Audience) -> tuple[Ints, Ints]:
    acts = audience.platform.acts
    place = np.searchsorted(audience.viewers, acts.actor)
    place = np.minimum(place, len(audience.viewers) - 1)
    mine = audience.viewers[place] == acts.actor
    return place[mine], acts.target[mine]


def cost(audience: Audience, labels: Labels, recommenders: Sequence[Local], shield: Shield | None) -> Cost:
    """Show every viewer one page of suggestions and one of posts from each recommender."""
    viewers = np.arange(len(audience.viewers))
    looks = Viewers(audience.platform.accounts[audience.viewers], (Age.ADULT,) * len(viewers))
    reach = np.zeros((len(viewers), len(labels.communities) + 1), np.int64)
    ndcg, seen = np.zeros(len(viewers)), np.zeros(audience.platform.size, bool)
    for recommender in recommenders:
        for surface in (Surface.ACCOUNTS, Surface.POSTS):
            authors = _page(recommender, surface, viewers, shield, looks, audience.platform.young | labels.risky)
            reach += _reached(authors, labels)
            seen[authors[authors >= 0]] = True
            if surface is Surface.ACCOUNTS:
                ndcg += _ndcg(authors, audience, labels) / len(recommenders)
    return Cost(ndcg, reach, int(seen.sum()))


def _page(
    recommender: Local, surface: Surface, viewers: Ints, shield: Shield | None, looks: Viewers, passed: Bools
) -> Ints:
    """The accounts behind one page of each viewer, without those to be passed over, (v, LENGTH)."""
    feeds = recommender.history.feeds.copy()
    shown_before = recommender.history.shown.copy()
    ask = recommender.accounts if surface is Surface.ACCOUNTS else recommender.posts
    page = ask(viewers, CANDIDATES)
    recommender.history.feeds[:], recommender.history.shown[:] = feeds, shown_before
    authors = recommender.author(page.items) if surface is Surface.POSTS else page.items
    kept = np.where(authors >= 0, np.arange(authors.shape[1]), -1)
    if shield is not None:
        kept = shield.keep(surface, looks, viewers, np.full(len(viewers), -1), page.items, authors)
    places = shown(kept, authors, authors.shape[1])
    counted = np.where((places >= 0) & ~passed[np.maximum(places, 0)], places, -1)
    front = np.argsort(counted < 0, axis=1, kind="stable")
    return np.take_along_axis(counted, front, axis=1)[:, :LENGTH]


def _reached(authors: Ints, labels: Labels) -> Ints:
    """Showings of innocents by community, the last column for those of none."""
    number = {name: place for place, name in enumerate(labels.communities)}
    community = np.array([number.get(name, len(number)) for name in labels.community.tolist()])
    row, column = np.nonzero(authors >= 0)
    out = np.zeros((len(authors), len(number) + 1), np.int64)
    np.add.at(out, (row, community[authors[row, column]]), 1)
    return out


def _ndcg(authors: Ints, audience: Audience, labels: Labels) -> Floats:
    """NDCG of each viewer's page for the follows that were hidden; NaN where none was, (v,)."""
    who, account = audience.hidden
    benign = ~labels.risky[account]
    wanted = csr_matrix(
        (np.ones(int(benign.sum())), (who[benign], account[benign])), shape=(len(authors), audience.platform.size)
    )
    rows = np.repeat(np.arange(len(authors)), authors.shape[1])
    hit = np.asarray(wanted[rows, np.maximum(authors, 0).ravel()]).reshape(authors.shape) * (authors >= 0)
    gain = 1 / np.log2(np.arange(authors.shape[1]) + 2)
    most = np.minimum(np.diff(wanted.indptr), authors.shape[1])
    ideal = np.concatenate([[np.nan], np.cumsum(gain)])[most]
    quality: Floats = (hit * gain).sum(axis=1) / ideal
    return quality
