"""What a profile shows: links, payment handles, avatars, names.

A link pool serves a network (one link per 40 accounts or so), a circle (a team's shop, a helpline, a charity) or the
whole world (petitions, shops that everybody knows); a fifth of all pool entries are payment or off-platform handles.
Six accounts in a hundred wear one of the platform's own avatars, some circles share pictures, and impostors copy.
"""

from dataclasses import dataclass

import numpy as np

from seawall.trials.draws import Floats, Groups, Ints, Rng, chance, zipf
from seawall.trials.lookalikes import COMMUNITIES, INDEX
from seawall.trials.population import Population
from seawall.trials.sellers import AT_RISK_CHILD, BUYER, PROMOTER, RESELLER, SELLER, Networks
from seawall.trials.words import EVERYDAY, Words

FORMS = (
    "https://{0}.example/{1}{2}",
    "https://{0}.test/{2}",
    "https://links.example/{0}{2}",
    "https://pay.example/{0}{1}",
    "https://{0}{1}.invalid/",
    "https://chat.test/join/{0}{2}",
    "${0}{2}",
    "{0}#{2}",
    "{0}.{1}@mail.example",
    "pay: {0}{2}",
)
URLS = 6
DEFAULT_AVATARS = 5


@dataclass(frozen=True, slots=True)
class Profiles:
    """Links by number into `links` (-1 for none); avatars by number (-1 for none) and bits flipped in a copy."""

    links: list[str]
    own: Ints
    shared: Ints
    avatar: Ints
    flips: Ints
    handles: list[str]
    named_after: Ints  # whose display name it bears: mostly its own


def is_url(link: str) -> bool:
    """Whether it can stand in a column of links."""
    return link.startswith("https://")


def make_profiles(rng: Rng, people: Population, networks: Networks, words: Words, rates: dict[str, Floats]) -> Profiles:
    """Draw everybody's links, avatar and handle."""
    own, shared, count = _link_numbers(rng, people, networks, rates["link"])
    avatar = _avatars(rng, people, networks)
    named_after = _names(rng, people)
    after = np.flatnonzero(people.returned_from >= 0)
    before = people.returned_from[after]
    own[after], shared[after] = own[before], shared[before]
    again = after[chance(rng, 0.8, len(after))]
    avatar[again] = avatar[people.returned_from[again]]
    flips = np.where(chance(rng, 0.4, people.size), rng.integers(0, 13, people.size), 0)
    return Profiles(
        _links(rng, words, count), own, shared, avatar, flips, _handles(rng, words, people.size), named_after
    )


def _link_numbers(rng: Rng, people: Population, networks: Networks, rate: Floats) -> tuple[Ints, Ints, int]:
    side = people.hidden & (people.role != BUYER)
    appetite = np.where(side, np.maximum(rate[people.life], 0.25), rate[people.life])
    has = chance(rng, np.minimum(0.10 + 1.3 * appetite, 0.9), people.size)
    own = np.where(has, np.cumsum(has) - 1, -1)
    count = int(has.sum())
    shared = np.full(people.size, -1)
    circles = int(people.circle.max()) + 1
    life_of = np.zeros(circles, np.int64)
    life_of[people.circle] = people.life
    bundle = np.array([c.bundle for c in COMMUNITIES])[life_of]
    uptake = np.where(rng.random(circles) < bundle, rng.uniform(0.1, 0.6, circles), 0)
    joins = chance(rng, uptake[people.circle], people.size)
    shared[joins] = count + people.circle[joins]
    count += circles
    everybody = chance(rng, 0.012, people.size)
    shared[everybody] = count + zipf(rng, int(everybody.sum()), 20)
    count += 20
    pools = 1 + networks.size // rng.integers(20, 80, len(networks.size))
    start = count + np.concatenate([[0], np.cumsum(pools)])
    factor = np.array([1.0, 0.9, 0.05, 0.8, 0.5, 0.0])
    member = np.flatnonzero(people.hidden)
    member = member[chance(rng, networks.links[people.network[member]] * factor[people.role[member]], len(member))]
    net = people.network[member]
    shared[member] = start[net] + (rng.random(len(member)) ** 1.5 * pools[net]).astype(np.int64)
    return own, shared, count + int(pools.sum())


def _avatars(rng: Rng, people: Population, networks: Networks) -> Ints:
    """The owner's number, unless the picture is shared: those numbers begin beyond the accounts."""
    size = people.size
    avatar = np.arange(size)
    default = chance(rng, 0.06, size)
    avatar[default] = size + rng.integers(0, DEFAULT_AVATARS, int(default.sum()))
    circles = int(people.circle.max()) + 1
    life_of = np.zeros(circles, np.int64)
    life_of[people.circle] = people.life
    often = np.where(life_of == INDEX["fandom"], 0.5, 0.06)
    uptake = np.where(rng.random(circles) < often, rng.uniform(0.05, 0.4, circles), 0)
    joins = chance(rng, uptake[people.circle], size)
    avatar[joins] = size + DEFAULT_AVATARS + people.circle[joins] * 4 + rng.integers(0, 4, int(joins.sum()))
    factor = np.array([1.0, 0.8, 0.05, 1.0, 0.2, 0.0])
    member = np.flatnonzero(people.hidden)
    member = member[chance(rng, networks.avatars[people.network[member]] * factor[people.role[member]], len(member))]
    pool = size + DEFAULT_AVATARS + circles * 4 + people.network[member] * 8
    avatar[member] = pool + zipf(rng, len(member), 8)
    copied = _posing(rng, people, 0.45)
    avatar[copied[0]] = avatar[copied[1]]
    avatar[chance(rng, 0.10, size)] = -1
    return avatar


def _posing(rng: Rng, people: Population, share: float) -> tuple[Ints, Ints]:
    """Resellers who pose as sellers of their network, and fans as popular accounts."""
    networks = int(people.network.max()) + 1
    sellers = np.flatnonzero(people.role == SELLER)
    resellers = np.flatnonzero(people.role == RESELLER)
    resellers = resellers[chance(rng, share, len(resellers))]
    as_seller = Groups.of(sellers, people.network[sellers], networks).pick(rng, people.network[resellers])
    fans = np.flatnonzero((people.life == INDEX["fandom"]) & ~people.hidden)
    fans = fans[chance(rng, 0.06, len(fans))]
    popular = np.flatnonzero(people.life == INDEX["popular"])
    who = np.concatenate([resellers[as_seller >= 0], fans])
    return who, np.concatenate([as_seller[as_seller >= 0], rng.choice(popular, len(fans))])


def _names(rng: Rng, people: Population) -> Ints:
    named = np.arange(people.size)
    who, whom = _posing(rng, people, 0.45)
    named[who] = whom
    return named


def _latin(rng: Rng, words: Words, size: int) -> list[str]:
    pool = words.tokens[:EVERYDAY] + words.tokens[2 * EVERYDAY : 3 * EVERYDAY]
    return [pool[i] for i in rng.integers(0, len(pool), size)]


def _links(rng: Rng, words: Words, count: int) -> list[str]:
    first, second = _latin(rng, words, count), _latin(rng, words, count)
    form = np.where(rng.random(count) < 0.8, rng.integers(0, URLS, count), rng.integers(URLS, len(FORMS), count))
    numbers = rng.integers(10, 9999, count)
    return [FORMS[f].format(a, b, n) for f, a, b, n in zip(form, first, second, numbers, strict=True)]


def _handles(rng: Rng, words: Words, count: int) -> list[str]:
    """Unique handles; their numbers are a permutation, so that they tell nothing."""
    first, second = _latin(rng, words, count), _latin(rng, words, count)
    marks = np.array(["", "_", "."])[rng.integers(0, 3, count)]
    numbers = rng.permutation(count)
    return [f"{a}{m}{b}{n}" for a, m, b, n in zip(first, marks, second, numbers, strict=True)]


assert (SELLER, PROMOTER, BUYER, RESELLER, AT_RISK_CHILD) == (0, 1, 2, 3, 4)  # the order of the factors above
