"""Who follows whom: ordinary life first, then the ties of the trade.

Ordinary out-degrees are lognormal (sigma 1.1); 62 % of follows stay in the circle, 20 % in the language, the rest go
anywhere, each in proportion to popularity; a third of the follows inside a circle are returned. Hidden accounts live
the same ordinary life, thinned by `Habits.ordinary_ties`. With a background, its edges stand for ordinary life.
"""

from dataclasses import dataclass

import numpy as np

from seawall.trials.draws import Bools, Floats, Groups, Ints, Rng, between, chance, heavy, rows_of
from seawall.trials.habits import Habits
from seawall.trials.lookalikes import INDEX
from seawall.trials.population import DAY, END, Population
from seawall.trials.sellers import AT_RISK_CHILD, BUYER, PROMOTER, RESELLER, SELLER, Networks


@dataclass(frozen=True, slots=True)
class Follows:
    """One entry a follow, ordered by follower and followee; times in seconds, `ended` -1 while it lasts."""

    follower: Ints
    followee: Ints
    created: Ints
    ended: Ints


Pairs = tuple[Ints, Ints]
SHOPS = ("artists", "adult_creators", "collectors")


def ordinary_pairs(rng: Rng, habits: Habits, people: Population) -> Pairs:
    """Follows of ordinary life."""
    mean = np.where(people.hidden, 9.5 * habits.ordinary_ties, 9.5)
    mean = np.where(people.life == INDEX["popular"], 25.0, mean)
    follower = rows_of(np.minimum(heavy(rng, mean, 1.1, people.size), 3000))
    everyone = np.arange(people.size)
    way = rng.random(len(follower))
    circles = Groups.of(everyone, people.circle, int(people.circle.max()) + 1, people.popularity)
    spoken = Groups.of(everyone, people.language, 10, people.popularity)
    anyone = Groups.of(everyone, np.zeros(people.size, np.int64), 1, people.popularity)
    near, same = way < 0.62, (way >= 0.62) & (way < 0.82)
    far = way >= 0.82
    followee = np.empty(len(follower), np.int64)
    followee[near] = circles.pick(rng, people.circle[follower[near]])
    followee[same] = spoken.pick(rng, people.language[follower[same]])
    followee[far] = anyone.pick(rng, np.zeros(int(far.sum()), np.int64))
    returned = near & chance(rng, 0.33, len(follower))
    return np.concatenate([follower, followee[returned]]), np.concatenate([followee, follower[returned]])


def _ties(rng: Rng, who: Ints, mean: Floats, sigma: float, groups: Groups, group: Ints, cross: float) -> Pairs:
    """Each of `who` to members of its group, a share of them to members of another."""
    count = np.minimum(heavy(rng, mean, sigma, len(who)), 400)
    row = rows_of(count)
    aim = group[row]
    away = chance(rng, cross, len(row))
    aim[away] = rng.choice(group, int(away.sum())) if len(group) else aim[away]
    target = groups.pick(rng, aim)
    return who[row][target >= 0], target[target >= 0]


def trade_pairs(rng: Rng, habits: Habits, people: Population, networks: Networks) -> Pairs:
    """Follows among sellers, promoters, resellers, children and buyers of the networks."""
    count = len(networks.size)
    role, network = people.role, people.network
    hub = np.minimum((1 - rng.random(people.size)) ** (-1 / 1.5), 30)
    side = np.flatnonzero(people.hidden & (role != BUYER))
    buyers = np.flatnonzero(role == BUYER)
    sellers = np.flatnonzero(people.hidden & np.isin(role, (SELLER, RESELLER)))
    to_side = Groups.of(side, network[side], count, hub[side])
    to_sellers = Groups.of(sellers, network[sellers], count, hub[sellers])
    to_buyers = Groups.of(buyers, network[buyers], count)
    factor = np.array([1.0, 1.6, 0.0, 1.1, 0.5])
    ties = networks.ties
    mean = habits.seller_ties * factor[role[side]] * ties[network[side]]
    groups = [
        _ties(rng, side, mean, 0.7, to_side, network[side], habits.cross_network),
        _ties(
            rng,
            buyers,
            habits.buyer_ties * ties[network[buyers]],
            0.9,
            to_sellers,
            network[buyers],
            habits.cross_network,
        ),
        _ties(rng, buyers, np.full(len(buyers), 0.4), 0.5, to_buyers, network[buyers], 0.1),
    ]
    children = side[role[side] == AT_RISK_CHILD]
    to_children = Groups.of(children, network[children], count)
    near_children = np.concatenate([side[np.isin(role[side], (SELLER, PROMOTER, RESELLER))], buyers])
    groups.append(
        _ties(rng, near_children, np.full(len(near_children), 0.5), 0.8, to_children, network[near_children], 0.0)
    )
    follower, followee = (np.concatenate(x) for x in zip(*groups, strict=True))
    back = chance(rng, 0.25, len(follower))
    return np.concatenate([follower, followee[back]]), np.concatenate([followee, follower[back]])


def outside_pairs(rng: Rng, habits: Habits, people: Population) -> Pairs:
    """Follows between the trade and people who have no part in it."""
    side = np.flatnonzero(people.hidden & (people.role != BUYER))
    outsiders = np.flatnonzero(~people.hidden)
    curious = np.isin(people.life[outsiders], [INDEX[x] for x in ("onlookers", "journalists", "researchers")])
    reach = habits.onlooker_follows * max(people.size / 100_000, 1.0) ** 0.4  # larger platforms show sellers to more
    reached = rows_of(heavy(rng, reach, 1.2, len(side)))
    pool = Groups.of(outsiders, np.zeros(len(outsiders), np.int64), 1, np.where(curious, 6.0, 1.0))
    knowing = rng.permutation(outsiders[curious])[: int(curious.sum() * 0.35)]
    popular = np.flatnonzero((people.life == INDEX["popular"]) & ~people.hidden)
    fans = rows_of(heavy(rng, 1.5, 0.8, len(side)))
    return (
        np.concatenate([pool.pick(rng, np.zeros(len(reached), np.int64)), knowing, side[fans]]),
        np.concatenate([side[reached], rng.choice(side, len(knowing)), rng.choice(popular, len(fans))]),
    )


def custom_pairs(rng: Rng, people: Population) -> Pairs:
    """Customers of those who sell honest things."""
    shops = np.flatnonzero(
        np.isin(people.life, [INDEX[x] for x in SHOPS]) & ~people.hidden & chance(rng, 0.6, people.size)
    )
    shop = rows_of(heavy(rng, 4.0, 1.0, len(shops)))
    keen = np.where(chance(rng, 0.05, people.size), 20.0, 1.0)
    customers = Groups.of(np.arange(people.size), people.language, 10, keen)
    return customers.pick(rng, people.language[shops[shop]]), shops[shop]


def inherited_pairs(rng: Rng, people: Population, pairs: Pairs) -> Pairs:
    """Who came back is found again by a part of its followers, and follows a part of its old friends."""
    heir = np.full(people.size, -1)
    after = np.flatnonzero(people.returned_from >= 0)
    heir[people.returned_from[after]] = after
    keep = 0.25 + 0.6 * rng.random(people.size)
    follower, followee = pairs
    found = (heir[followee] >= 0) & (rng.random(len(follower)) < keep[followee])
    again = (heir[follower] >= 0) & (rng.random(len(follower)) < keep[follower])
    return (
        np.concatenate([follower[found], heir[follower[again]]]),
        np.concatenate([heir[followee[found]], followee[again]]),
    )


def make_follows(rng: Rng, habits: Habits, people: Population, networks: Networks, ordinary: Pairs) -> Follows:
    """Every follow: `ordinary` life, trade, what lies between, and what those who come back inherit."""
    pairs = [ordinary, trade_pairs(rng, habits, people, networks), outside_pairs(rng, habits, people)]
    pairs.append(custom_pairs(rng, people))
    follower, followee = (np.concatenate(side) for side in zip(*pairs, strict=True))
    return date_follows(rng, people, [(follower, followee), inherited_pairs(rng, people, (follower, followee))])


def date_follows(rng: Rng, people: Population, pairs: list[Pairs]) -> Follows:
    """Each pair once, with the time at which it began; pairs whose lives never met are left out."""
    follower, followee = (np.concatenate(side) for side in zip(*pairs, strict=True))
    key = np.sort(follower * people.size + followee)
    key = key[np.diff(key, prepend=-1) > 0]
    follower, followee = key // people.size, key % people.size
    first = np.maximum(people.created[follower], people.created[followee])
    last = np.minimum(people.gone[follower], people.gone[followee])
    met: Bools = (follower != followee) & (first + 60 < last)
    follower, followee, first, last = follower[met], followee[met], first[met], last[met]
    created = first + ((last - first) * rng.random(len(first)) ** 1.5).astype(np.int64)
    ended = np.where(chance(rng, 0.03, len(created)), between(rng, created + 60, np.full(len(created), END)), -1)
    return Follows(follower, followee, created, np.where(ended > created + DAY, ended, -1))
