"""The habits of one invented world, drawn per seed from broad ranges.

Every field's range is in `make_habits`, and `docs/concepts/world.md` tells them in words. Two seeds differ in kind:
nothing that works only for one row of this file works for a platform.
"""

from dataclasses import dataclass

import numpy as np

from seawall.trials.draws import Rng


@dataclass(frozen=True, slots=True)
class Habits:
    """Rates and shares of one world; shares are in [0, 1], the others are means an account."""

    hidden_share: float  # of all accounts, every hidden role together
    role_shares: tuple[float, ...]  # seller, promoter, buyer, reseller, at-risk child
    network_tail: float  # Pareto exponent of network sizes
    cross_network: float  # share of ties that leave the own network
    seller_ties: float
    buyer_ties: float
    ordinary_ties: float  # ordinary follows of a hidden account, beside an ordinary one's
    onlooker_follows: float  # followers of a seller who know nothing
    on_topic: float  # posts of a seller that are about the trade
    risk_word: float  # on-topic posts and bios with a risk word
    offer: float  # on-topic posts with prices
    disguise: float  # risk words that are written in disguise
    links: float  # sellers with a link that their network shares
    avatars: float  # sellers with an avatar that their network shares
    repost: float  # a reseller's media that are somebody else's
    stories_only: float
    silent: float  # sellers with no post at all
    returned: float
    camouflage: float  # hidden accounts that live among look-alikes
    season: float  # how much activity swings from month to month
    buyer_searches: float
    buyer_contact: float  # buyers who ever message a seller
    looker_searches: float  # risk searches of those who look without taking part
    complaints: float  # sellers that anybody complains about
    false_complaints: float  # look-alikes that somebody complains about as child safety
    dialect: int  # risk words that one network uses


def make_habits(rng: Rng) -> Habits:
    """Draw a world's habits."""

    def u(low: float, high: float) -> float:
        return float(rng.uniform(low, high))

    return Habits(
        hidden_share=u(0.010, 0.018),
        role_shares=tuple(float(x) for x in rng.dirichlet(np.array([0.30, 0.12, 0.40, 0.10, 0.08]) * 80)),
        network_tail=u(0.9, 1.8),
        cross_network=u(0.02, 0.15),
        seller_ties=u(3, 9),
        buyer_ties=u(3, 9),
        ordinary_ties=u(0.4, 1.0),
        onlooker_follows=u(1, 8),
        on_topic=u(0.35, 0.8),
        risk_word=u(0.35, 0.8),
        offer=u(0.2, 0.7),
        disguise=u(0.1, 0.6),
        links=u(0.3, 0.8),
        avatars=u(0.05, 0.3),
        repost=u(0.4, 0.9),
        stories_only=u(0.08, 0.3),
        silent=u(0.06, 0.25),
        returned=u(0.05, 0.2),
        camouflage=u(0.1, 0.4),
        season=u(0.0, 0.8),
        buyer_searches=u(3, 12),
        buyer_contact=u(0.75, 0.98),
        looker_searches=u(1, 6),
        complaints=u(0.1, 0.4),
        false_complaints=u(0.01, 0.06),
        dialect=int(rng.integers(8, 30)),
    )
