"""What people leave behind: searches, complaints, sign-ins, views.

Everybody searches (mean 2.2). Buyers search risk words (`Habits.buyer_searches`), as do those who look without taking
part, journalists, researchers, hotlines and who warns; sellers do now and then. Complaints name sellers less often
than one would wish, and look-alikes more often. Eight accounts in a hundred share a device with somebody of the
household, a few sellers one of their network; who comes back mostly keeps the device.
"""

from dataclasses import dataclass

import numpy as np

from seawall.trials.draws import Bools, Ints, Rng, chance, heavy, one_of, rows_of
from seawall.trials.graph import Follows
from seawall.trials.habits import Habits
from seawall.trials.lookalikes import COMMUNITIES, INDEX
from seawall.trials.population import START, Population
from seawall.trials.posts import Posts
from seawall.trials.sellers import BUYER

REASONS = ("spam", "scam", "harassment", "impersonation", "child safety", "other")
CHILD_SAFETY = 4


@dataclass(frozen=True, slots=True)
class Searches:
    """One entry a search, by time."""

    who: Ints
    risky: Bools
    dialect: Ints
    surface: Ints
    created: Ints


@dataclass(frozen=True, slots=True)
class Complaints:
    """One entry a complaint, by time; `reporter` -1 where it is not told."""

    about: Ints
    reporter: Ints
    reason: Ints
    created: Ints


@dataclass(frozen=True, slots=True)
class Impressions:
    """One entry a thing shown; `post` is -1 where an account was shown."""

    viewer: Ints
    account: Ints
    post: Ints
    position: Ints
    created: Ints


@dataclass(frozen=True, slots=True)
class SignIns:
    """One entry a sign-in; `device` is a number, `place` one of the address of the household."""

    who: Ints
    device: Ints
    place: Ints
    created: Ints


def _during(rng: Rng, people: Population, who: Ints) -> Ints:
    first = np.maximum(people.created[who], START)
    return first + (rng.random(len(who)) * (people.gone[who] - first)).astype(np.int64)


def make_searches(rng: Rng, habits: Habits, people: Population, networks: int) -> Searches:
    """Ordinary searches and those for risk words."""
    plain = rows_of(heavy(rng, 2.2, 1.0, people.size))
    share = np.array([c.risk_searches for c in COMMUNITIES])[people.life]
    mean = np.full(people.size, habits.looker_searches)
    buyer = people.role == BUYER
    share[buyer], mean[buyer] = 0.93, habits.buyer_searches
    selling = people.hidden & ~buyer
    share[selling], mean[selling] = np.maximum(share[selling], 0.25), 2.0
    risky = rows_of(np.where(chance(rng, share, people.size), np.maximum(heavy(rng, mean, 0.8, people.size), 1), 0))
    who = np.concatenate([plain, risky])
    flag = np.arange(len(who)) >= len(plain)
    created = _during(rng, people, who)
    order = np.argsort(created, kind="stable")
    dialect = np.where(people.hidden & chance(rng, 0.7, people.size), people.network, networks)
    surface = one_of(rng, (0.72, 0.08, 0.20), len(who))
    return Searches(who[order], flag[order], dialect[who[order]], surface, created[order])


def make_complaints(rng: Rng, habits: Habits, people: Population) -> Complaints:
    """True ones, false ones, and those about other things."""
    side = np.flatnonzero(people.hidden & (people.role != BUYER))
    true = np.repeat(side[chance(rng, habits.complaints, len(side))], 2)
    true = true[chance(rng, 0.6, len(true))]
    alike = np.flatnonzero((people.community > 0) & ~people.hidden)
    false = alike[chance(rng, habits.false_complaints, len(alike))]
    false = np.concatenate([false, rng.integers(0, people.size, people.size // 1000)])
    other = rng.integers(0, people.size, people.size // 60)
    about = np.concatenate([true, false, other])
    reason = np.full(len(about), CHILD_SAFETY)
    reason[len(true) + len(false) :] = rng.choice([0, 1, 2, 3, 5], len(other))
    mistaken = chance(rng, 0.25, len(about))
    reason[mistaken] = rng.choice([0, 1, 5], int(mistaken.sum()))
    watchful = np.flatnonzero(np.isin(people.life, (INDEX["warners"], INDEX["hotlines"], INDEX["parents"])))
    reporter = np.where(
        chance(rng, 0.4, len(about)), rng.choice(watchful, len(about)), rng.integers(0, people.size, len(about))
    )
    reporter = np.where(chance(rng, 0.15, len(about)) | (reporter == about), -1, reporter)
    created = _during(rng, people, about)
    reporter = np.where((people.created[reporter] < created) & (people.gone[reporter] > created), reporter, -1)
    order = np.argsort(created, kind="stable")
    return Complaints(about[order], reporter[order], reason[order], created[order])


def make_impressions(rng: Rng, people: Population, follows: Follows, posts: Posts) -> Impressions:
    """About one an account: what the platform suggested, mostly close to what one follows."""
    edge = rng.integers(0, len(follows.follower), people.size)
    viewer = follows.follower[edge]
    popular = posts.author[rng.integers(0, max(len(posts.author), 1), people.size)] if len(posts.author) else viewer
    account = np.where(chance(rng, 0.6, people.size), follows.followee[edge], popular)
    post = np.where(chance(rng, 0.6, people.size), posts.by_author.pick(rng, account), -1)
    first = np.where(post >= 0, posts.created[np.maximum(post, 0)], np.maximum(people.created[account], START))
    first = np.maximum(first, people.created[viewer])
    last = np.minimum(people.gone[viewer], people.gone[account])
    created = first + (rng.random(len(first)) * (last - first)).astype(np.int64)
    keep = (viewer != account) & (first < last)
    order = np.flatnonzero(keep)[np.argsort(created[keep], kind="stable")]
    return Impressions(viewer[order], account[order], post[order], rng.integers(0, 40, len(order)), created[order])


def make_sign_ins(rng: Rng, people: Population) -> SignIns:
    """Devices and households of everybody who was there in the year."""
    device = rng.permutation(people.size)
    household = rng.integers(0, max(people.size // 3, 1), people.size)
    joins = chance(rng, 0.08, people.size)
    first_of = np.full(household.max() + 1, -1)
    first_of[household] = np.arange(people.size)
    device[joins] = device[first_of[household[joins]]]
    several = np.flatnonzero(people.hidden & (people.role != BUYER) & chance(rng, 0.15, people.size))
    several = several[np.argsort(people.network[several], kind="stable")]
    first, second = several[:-1:2], several[1::2]
    same = people.network[first] == people.network[second]
    device[second[same]] = device[first[same]]
    after = np.flatnonzero((people.returned_from >= 0) & chance(rng, 0.7, people.size))
    device[after] = device[people.returned_from[after]]
    who = rows_of(np.maximum(heavy(rng, 1.4, 0.8, people.size), 1))
    created = _during(rng, people, who)
    order = np.argsort(created, kind="stable")
    return SignIns(who[order], device[who[order]], household[who[order]], created[order])
