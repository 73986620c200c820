"""The networks that a world hides: their sizes, roles and habits.

Sizes are Pareto, from 10 up to 1,000 accounts and at most 38 % of all hidden accounts; roles are drawn per network
around the world's shares; each network bends the world's habits its own way (spread 0.5 on the logit scale).
Members are people with an ordinary life, most of them in the network's language; some live among look-alikes.
"""

from dataclasses import dataclass

import numpy as np

from seawall.trials.draws import Bools, Floats, Ints, Rng, chance, mixed
from seawall.trials.habits import Habits
from seawall.trials.lookalikes import ORDINARY
from seawall.trials.population import ADULT, CHILD, REMOVED, TEEN, UNKNOWN, Population, leave, make_returns
from seawall.trials.words import LANGUAGES

SELLER, PROMOTER, BUYER, RESELLER, AT_RISK_CHILD, BYSTANDER = range(6)
SMALLEST, LARGEST, LARGEST_SHARE = 10, 1000, 0.38


@dataclass(frozen=True, slots=True)
class Networks:
    """One entry a network: how it goes about its trade."""

    size: Ints
    language: Ints
    on_topic: Floats
    risk_word: Floats
    offer: Floats
    disguise: Floats
    links: Floats
    avatars: Floats
    ties: Floats  # factor on its ties
    season: Floats  # shape (networks, 12): activity by month
    emoji: Ints  # shape (networks, 3)


def network_sizes(rng: Rng, hidden: int, tail: float) -> Ints:
    """Sizes that sum to `hidden`."""
    cap = int(min(LARGEST, hidden * LARGEST_SHARE))
    sizes: list[int] = []
    while sum(sizes) < hidden:
        drawn = min(int(SMALLEST * (1 - rng.random()) ** (-1 / tail)) + int(rng.integers(0, 6)), cap)
        sizes.append(max(min(drawn, hidden - sum(sizes)), 1))
    if len(sizes) > 1 and sizes[-1] < SMALLEST and min(sizes[:-1]) + sizes[-1] <= cap:
        rest = sizes.pop()  # too few for a network: they join the smallest
        sizes[int(np.argmin(sizes))] += rest
    return np.array(sizes)


def make_networks(rng: Rng, habits: Habits, hidden: int) -> Networks:
    """Draw every network's size and habits."""
    size = network_sizes(rng, hidden, habits.network_tail)
    count = len(size)
    swing = 1 + habits.season * rng.uniform(-1, 1, (count, 12))
    return Networks(
        size=size,
        language=np.minimum(rng.exponential(2.2, count).astype(np.int64), 9),
        on_topic=mixed(rng, habits.on_topic, 0.5, count),
        risk_word=mixed(rng, habits.risk_word, 0.5, count),
        offer=mixed(rng, habits.offer, 0.5, count),
        disguise=mixed(rng, habits.disguise, 0.5, count),
        links=mixed(rng, habits.links, 0.5, count),
        avatars=mixed(rng, habits.avatars, 0.5, count),
        ties=rng.lognormal(0, 0.25, count),
        season=np.maximum(swing, 0.05),
        emoji=rng.integers(0, 16, (count, 3)),
    )


def hide(rng: Rng, habits: Habits, people: Population, networks: Networks, newcomers: Ints | None = None) -> None:
    """Give people, or only the `newcomers` among them, their network and their role."""
    open_to = np.ones(people.size, bool) if newcomers is None else np.isin(np.arange(people.size), newcomers)
    recruits = _Recruits(rng, people, open_to)
    for number, size in enumerate(networks.size):
        members = recruits.draw(rng, int(size), int(networks.language[number]), habits.camouflage)
        people.network[members] = number
        shares = rng.dirichlet(np.array(habits.role_shares) * 40 + 0.5)
        people.role[members] = rng.choice(5, len(members), p=shares)
        people.role[members[0]] = SELLER
        if len(members) > 2:
            people.role[members[1]] = BUYER
    people.community[people.hidden] = ORDINARY
    _temper(rng, habits, people)
    _come_back(rng, habits, people)


class _Recruits:
    """People who may join a network, each at most once, drawn from shuffled queues."""

    def __init__(self, rng: Rng, people: Population, open_to: Bools) -> None:
        everyone = rng.permutation(people.size)
        everyone = everyone[open_to[everyone]]
        plain = people.life[everyone] == ORDINARY
        self.plain, self.alike = everyone[plain], everyone[~plain]
        self.speakers = [self.plain[people.language[self.plain] == number] for number in range(len(LANGUAGES))]
        self.taken = np.zeros(people.size, bool)

    def take(self, queue: Ints, count: int) -> Ints:
        """The next `count` of a queue that nobody has taken, fewer where it ends."""
        ahead = queue[: 4 * (count + int(self.taken.sum()))]
        chosen = ahead[~self.taken[ahead]][:count]
        self.taken[chosen] = True
        return chosen

    def draw(self, rng: Rng, size: int, language: int, camouflage: float) -> Ints:
        """Members for one network, a share of them from among look-alikes."""
        alike = self.take(self.alike, int(rng.binomial(size, camouflage)))
        spoken = self.take(self.speakers[language], int(rng.binomial(size - len(alike), 0.8)))
        anyone = self.take(self.plain, size - len(alike) - len(spoken))
        short = self.take(self.alike, size - len(alike) - len(spoken) - len(anyone))
        return rng.permutation(np.concatenate([alike, spoken, anyone, short]))


def _temper(rng: Rng, habits: Habits, people: Population) -> None:
    """Ages, ways of posting and removals of hidden accounts."""
    child = np.flatnonzero(people.role == AT_RISK_CHILD)
    people.age[child] = rng.choice([CHILD, TEEN, UNKNOWN, ADULT], len(child), p=[0.24, 0.55, 0.15, 0.06])
    selling = people.hidden & (people.role != BUYER)
    posing = selling & (people.role != AT_RISK_CHILD) & (people.age <= TEEN)
    grown = np.flatnonzero(posing & chance(rng, 0.75, people.size))  # some adults give an age that is not theirs
    people.age[grown] = rng.choice([ADULT, UNKNOWN], len(grown), p=[0.7, 0.3])
    people.silent[selling] = False
    people.stories_only[selling] = False
    seller = np.flatnonzero(people.role == SELLER)
    lot = rng.random(len(seller))
    people.silent[seller] = lot < habits.silent
    people.stories_only[seller] = (lot >= habits.silent) & (lot < habits.silent + habits.stories_only)
    others = np.flatnonzero(selling & (people.role != SELLER))
    people.stories_only[others] = chance(rng, 0.1, len(others))
    people.silent[others] = chance(rng, 0.05, len(others))


def _come_back(rng: Rng, habits: Habits, people: Population) -> None:
    """Pair sellers of a network: the first is removed and comes back as the second."""
    selling = np.flatnonzero(np.isin(people.role, (SELLER, RESELLER, PROMOTER)))
    order = selling[np.lexsort((rng.random(len(selling)), people.role[selling], people.network[selling]))]
    first, second = order[:-1:2], order[1::2]
    alike = (people.network[first] == people.network[second]) & (people.role[first] == people.role[second])
    drawn = alike & chance(rng, habits.returned, len(first))
    before, after = first[drawn], second[drawn]
    people.status[before] = REMOVED
    make_returns(rng, people, before, after)
    for trait in ("stories_only", "silent"):
        getattr(people, trait)[after] = getattr(people, trait)[before]
    caught = np.flatnonzero(people.hidden & chance(rng, rng.uniform(0.01, 0.06), people.size))
    caught = caught[(people.status[caught] == 0) & (people.returned_from[caught] < 0)]
    people.status[caught] = REMOVED
    leave(rng, people, caught)
