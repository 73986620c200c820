"""Who lives in an invented world: circles, languages, lifetimes.

Circles (groups of people who know one another) have lognormal sizes around 110 accounts; a circle speaks one
language (88 % of its members) and belongs to one community or to none. Three accounts in ten join during the year,
the others over the four years before. Popularity is Pareto (exponent 1.6). Ages: 3 % children, 13 % teens, 26 %
unknown.
"""

from dataclasses import dataclass

import numpy as np

from seawall.records.activity import AGE_BANDS, STATUSES
from seawall.trials.draws import Bools, Floats, Ints, Rng, chance, one_of
from seawall.trials.lookalikes import COMMUNITIES, INDEX, ORDINARY, quotas
from seawall.trials.words import LANGUAGES

DAY = 86_400
END = 1_782_864_000  # 2026-07-01T00:00:00Z: the first second after the last day
START = END - 365 * DAY
MONTH = 365 * DAY / 12
CHILD, TEEN, ADULT, UNKNOWN = range(4)
ACTIVE, RESTRICTED, SUSPENDED, REMOVED, DELETED = range(5)


@dataclass(slots=True)
class Population:
    """One entry an account; times are seconds since 1970, `gone` is when its activity ends."""

    circle: Ints
    language: Ints
    life: Ints  # the community whose ordinary life it leads
    community: Ints  # the look-alike community that it belongs to, ORDINARY for none
    created: Ints
    gone: Ints
    status: Ints
    age: Ints
    popularity: Floats
    silent: Bools
    stories_only: Bools
    role: Ints  # position in ROLES
    network: Ints  # -1 for none
    returned_from: Ints  # -1 for nobody

    @property
    def size(self) -> int:
        """How many accounts."""
        return len(self.circle)

    @property
    def hidden(self) -> Bools:
        """Accounts with a part in the trade."""
        return self.network >= 0


def draw_circles(rng: Rng, accounts: int) -> Ints:
    """A circle for each account, in no order; every circle holds at least eight."""
    middle = min(110.0, max(accounts * 0.006, 12.0))
    sizes = np.clip(rng.lognormal(np.log(middle), 0.7, int(4 * accounts / middle) + 8), 8, 10 * middle).astype(np.int64)
    sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), accounts)) + 1]
    return rng.permutation(np.repeat(np.arange(len(sizes)), sizes)[:accounts])


def make_population(rng: Rng, circle: Ints, hidden: int, standing: Floats | None = None) -> Population:
    """Everybody's ordinary life; `hidden` accounts are kept free of look-alike communities beside the quotas.

    `standing` is how much each account is followed where a real graph tells, else it is drawn.
    """
    accounts, circles = len(circle), int(circle.max()) + 1
    shares = [x.share for x in LANGUAGES]
    spoken = one_of(rng, shares, circles)
    language = np.where(chance(rng, 0.88, accounts), spoken[circle], one_of(rng, shares, accounts))
    drawn = np.minimum((1 - rng.random(accounts)) ** (-1 / 1.6), 300)
    standing = drawn if standing is None else standing
    life = _communities(rng, circle, circles, hidden, standing)
    created = START - (rng.random(accounts) ** 1.3 * 4 * 365 * DAY).astype(np.int64)
    young = chance(rng, 0.3, accounts)
    created[young] = START + (rng.random(int(young.sum())) * 355 * DAY).astype(np.int64)
    reach = np.array([c.reach for c in COMMUNITIES])[life]
    people = Population(
        circle=circle,
        language=language,
        life=life,
        community=life.copy(),
        created=created,
        gone=np.full(accounts, END),
        status=np.zeros(accounts, np.int64),
        age=one_of(rng, (0.03, 0.13, 0.58, 0.26), accounts),
        popularity=standing * reach,
        silent=chance(rng, np.array([c.silent for c in COMMUNITIES])[life], accounts),
        stories_only=chance(rng, 0.05, accounts),
        role=np.full(accounts, 5),
        network=np.full(accounts, -1),
        returned_from=np.full(accounts, -1),
    )
    grown = np.isin(
        life, [i for i, c in enumerate(COMMUNITIES) if c.name not in {"", "fandom", "onlookers", "popular"}]
    )
    people.age[grown & (people.age < ADULT)] = ADULT
    _departures(rng, people)
    return people


def _communities(rng: Rng, circle: Ints, circles: int, hidden: int, standing: Floats) -> Ints:
    """Fill each quota with whole circles first, then with people from anywhere; the popular from the top."""
    sizes = np.bincount(circle, minlength=circles)
    life = np.full(len(circle), ORDINARY)
    of_circle = np.full(circles, ORDINARY)
    queue = list(rng.permutation(circles))
    wanted = quotas(rng, len(circle))
    for number, quota in enumerate(wanted):
        room = quota * COMMUNITIES[number].clustered
        for candidate in list(queue):
            if sizes[candidate] <= room:
                of_circle[candidate] = number
                room -= sizes[candidate]
                queue.remove(candidate)
            if room < 8 or len(queue) < circles // 3:
                break
    inside = chance(rng, 0.88, len(circle))
    life[inside] = of_circle[circle[inside]]
    free = rng.permutation(np.flatnonzero((life == ORDINARY) & (of_circle[circle] == ORDINARY)))[: -hidden or None]
    top = free[np.argsort(-standing[free], kind="stable")[: 2 * wanted[INDEX["popular"]]]]
    life[rng.permutation(top)[: wanted[INDEX["popular"]]]] = INDEX["popular"]
    free, used = free[life[free] == ORDINARY], 0
    for number, quota in enumerate(wanted):
        missing = max(quota - int((life == number).sum()), 0) if number else 0
        life[free[used : used + missing]] = number
        used += missing
    return life


def _departures(rng: Rng, people: Population) -> None:
    """Some leave or are removed, for all kinds of reasons."""
    people.status = one_of(rng, (0.957, 0.008, 0.010, 0.008, 0.017), people.size)
    leave(rng, people, np.flatnonzero(people.status >= SUSPENDED))


def leave(rng: Rng, people: Population, who: Ints) -> None:
    """End these accounts' activity at some time of their year."""
    first = np.maximum(people.created[who], START)
    people.gone[who] = first + ((0.1 + 0.85 * rng.random(len(who))) * (END - first)).astype(np.int64)


def make_returns(rng: Rng, people: Population, before: Ints, after: Ints) -> None:
    """`after` are the same people as `before`, under new names some days after their removal."""
    first = np.maximum(people.created[before], START)
    people.gone[before] = first + ((0.15 + 0.6 * rng.random(len(before))) * (END - first)).astype(np.int64)
    people.created[after] = people.gone[before] + (rng.exponential(6, len(after)) * DAY + 3600).astype(np.int64)
    people.created[after] = np.minimum(people.created[after], END - 5 * DAY)
    people.gone[before] = np.minimum(people.gone[before], people.created[after] - 600)
    people.gone[after] = END
    people.status[after] = ACTIVE
    people.returned_from[after] = before
    for trait in ("language", "age", "life", "community"):
        getattr(people, trait)[after] = getattr(people, trait)[before]


def ordinary_returns(rng: Rng, people: Population) -> None:
    """Innocent people come back too: they forgot a password, or were removed for something else."""
    count = int(people.size * 0.003)
    pool = rng.permutation(np.flatnonzero(~people.hidden & (people.returned_from < 0)))[: 2 * count]
    before, after = pool[:count], pool[count : 2 * count]
    people.status[before] = np.where(chance(rng, 0.5, count), DELETED, REMOVED)
    make_returns(rng, people, before, after)


assert AGE_BANDS[TEEN] == "teen"
assert STATUSES[REMOVED] == "removed"
