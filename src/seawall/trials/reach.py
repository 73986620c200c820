"""How many suggestions lie between an innocent account and a seller.

Beside every account's page stand the ten accounts most like it; one click is one suggestion. Every innocent account is
a start.
"""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix

from seawall.guard.answers import Age
from seawall.trials.draws import Bools, Floats, Ints
from seawall.trials.labels import Labels
from seawall.trials.platform import Platform
from seawall.trials.recommenders.local import Local
from seawall.trials.shield import Shield

BESIDE, CANDIDATES, FARTHEST = 10, 40, 6
BATCH = 500


def reachable(platform: Platform, labels: Labels, beside: Sequence[Ints], shield: Shield | None) -> Floats:
    """Share of innocent accounts with a seller at most k suggestions away, (FARTHEST,).

    `beside` has, for each recommender, what it has to show beside every page, (accounts, CANDIDATES); the shares are
    the mean over them.
    """
    allowed = np.ones(platform.size, bool) if shield is None else suggestible(platform, shield)
    return np.asarray(np.mean([_within(platform, labels, one, allowed) for one in beside], axis=0))


def beside_pages(recommenders: Sequence[Local]) -> list[Ints]:
    """What each recommender has to show beside every account's page."""
    return [recommender.ranking.related(CANDIDATES) for recommender in recommenders]


def suggestible(platform: Platform, shield: Shield) -> Bools:
    """Accounts that the guard lets be suggested to a grown-up of whom nothing else is known."""
    allowed = np.zeros(platform.size, bool)
    for start in range(0, platform.size, BATCH):
        part = np.arange(start, min(start + BATCH, platform.size))
        allowed[part[shield.guard.recommend(0, platform.accounts[part], Age.ADULT).kept]] = True
    return allowed


def _within(platform: Platform, labels: Labels, beside: Ints, allowed: Bools) -> Floats:
    leads = _leads(beside, allowed)
    starts = platform.active & ~labels.risky
    near = labels.offers & platform.active
    shares = []
    for _ in range(FARTHEST):
        near = near | ((leads @ near.astype(np.float32)) > 0)
        shares.append(float((near & starts).sum() / max(starts.sum(), 1)))
    return np.array(shares)


def _leads(beside: Ints, allowed: Bools) -> csr_matrix:
    """A row for each account, ones where it leads to, (accounts, accounts)."""
    good = (beside >= 0) & allowed[np.maximum(beside, 0)]
    good &= np.cumsum(good, axis=1) <= BESIDE
    row, column = np.nonzero(good)
    ones = np.ones(len(row), np.float32)
    return csr_matrix((ones, (row, beside[row, column])), shape=(len(beside), len(beside)))
