"""First beliefs: who sells, buys or talks, by evidence that adds up.

Mean-field inference (Wainwright and Jordan, Foundations and Trends in Machine Learning 1, 2008, section 5) in a model
of four classes. Every family of evidence adds to a class's log-odds, and each is capped, so that no family alone makes
a finding. Families that are ties (among sellers, wanted by buyers, contact to sellers) depend on what is believed of
others, so beliefs are passed round until they settle. The class `talks` explains away people who warn, teach, report
or research: they name the terms and are tied to each other, not to an offer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seawall.network.communities import communities
from seawall.network.evidence import Evidence, Surroundings
from seawall.network.graph import Floats, Graph
from seawall.network.surprise import Circles, shared_with, ties_to

BYSTANDER, SELLS, BUYS, TALKS = range(4)
OPEN = -1
Labels = npt.NDArray[np.int8]

PRIOR = (0.0, -6.5, -7.0, -3.0)
"""Log-odds of each class against a bystander before any evidence: about 1 in 600 sells, 1 in 1,000 buys."""

NATS = 2.5
"""This many nats of surprising ties count as one unit of log-odds: ties come in bursts and are not independent.

The fewer `KINDS` of ties a platform tells of, the less often one acquaintance is counted, and the fewer nats it takes,
down to a share of `FEWEST_KINDS`.
"""

FEWEST_KINDS = 0.5

WEAK = 0.5
"""What a term that the lexicon calls weak counts for, where another one counts for 1."""

DOUBTED, TRUSTED, PLAIN, SHRUNK = 0.3, 0.6, 10.0, 4.0
"""A circle counts not at all, or in full, from these shares of how many the median member's circle has who are marked.

Whoever offers under a term, is sought or is confirmed is marked. Shares are measured against everyone's; `PLAIN` times
as many as among everyone is plain enough for any circle.
"""

SOUGHT = 1.0
"""Sought this much, in log-odds, an account is marked."""

WANTED_FROM, UNWANTED, USUAL = 0.4, 2.0, 20.0
"""Wanted at all, in log-odds; the most that not being wanted takes away; the weight of what is true of everyone."""

UNSEEN_FIRST, UNSEEN = 1.5, 1.0
"""Where a platform does not tell who seeks whom, nobody is sought: in log-odds, how much less than elsewhere it takes
to sell or buy, at first and in every round."""

LEAST = 0.2
"""A belief below this makes nobody a member of a set that others' ties are measured to."""

IN_TIME = 1.5
"""The most that acting at the same moments as sellers adds, in log-odds: friends and fans move together too."""

AMONG_IN = ("follow", "comment", "like", "mention", "share")
AMONG_OUT = ("follow", "mention", "share")
WANTED = ("message", "comment", "view", "like", "mention")
ALL_TIES = ("follow", "message", "comment", "like", "mention", "share")
KINDS = (*ALL_TIES, "view")
CONTACT = ("message", "comment")
SEEKS = ("view", "message")
ANSWERS = ("follow", "message", "comment", "like", "view")
PROMOTES = ("mention", "share")


@dataclass(frozen=True, slots=True)
class Content:
    """What accounts say and do by themselves, in log-odds, each shape (n,)."""

    terms: Floats
    offers: Floats
    complaints: Floats
    looks: Floats
    talks: Floats


def read_content(own: Evidence) -> Content:
    """The families that need no belief about others.

    A term beside an offer weighs most, a term alone less; many terms in one text speak for talking about them.
    """
    column = own.column
    beside = (column("terms.in_offer") + column("terms.in_offering_bio")) > 0
    bare = np.any([column(f"terms.in_{place}") > 0 for place in ("post", "tag", "bio", "name")], axis=0)
    listed = column("terms.in_list") > 0
    offers = np.any([column(name) > 0 for name in OFFERS], axis=0)
    looks = column("searches.for_term") > 0
    weight = np.where(column("terms.weight") < 1, WEAK, 1)
    terms = np.maximum(weight * np.minimum(2.5 * beside + 1.5 * bare, 3.0) - 1.5 * listed, 0)
    talks = np.maximum(1.5 * (bare & ~beside) + 1.5 * listed + 0.5 * looks - 1.0 * offers, 0)
    return Content(
        (terms + 3.0 * (column("media.known") > 0)).astype(np.float32),
        offers.astype(np.float32),
        np.minimum(column("complaints.received"), 1.5),
        looks.astype(np.float32),
        talks.astype(np.float32),
    )


OFFERS = tuple(f"offers.{shape}_in_{place}" for shape in ("menu", "price", "handle") for place in ("post", "bio"))


class Pull:
    """How surprising all ties to a soft set are together, in units of log-odds; each kind of tie is counted once."""

    def __init__(self, around: Surroundings, circles: Circles) -> None:
        self.around = around
        self.circles = circles
        told = sum(kind in around.told for kind in KINDS) / len(KINDS)
        self.unit = np.float32(NATS * max(told, FEWEST_KINDS))
        self.counted: dict[tuple[str, str], tuple[npt.NDArray[np.int64], Floats]] = {}

    def of(self, kinds: Sequence[str], way: str, cap: float) -> Floats:
        """Ties of these kinds one way, shape (n,), no more than `cap`."""
        total = np.zeros(self.around.n, np.float32)
        for kind in kinds:
            places, surprise = self._counted(kind, way)
            total[places] += surprise
        capped: Floats = np.minimum(total / self.unit, np.float32(cap))
        return capped

    def _counted(self, kind: str, way: str) -> tuple[npt.NDArray[np.int64], Floats]:
        if (kind, way) not in self.counted:
            ties = ties_to(self.around.sides[kind, way], self.circles)
            self.counted[kind, way] = ties.places, ties.surprise
        return self.counted[kind, way]


SAYS: Mapping[str, str] = {
    "terms": "names listed terms",
    "offers": "makes offers: menus, prices or handles to pay to",
    "complaints": "is reported by users",
    "among": "is tied to accounts that sell, more than chance explains",
    "wanted": "is sought out by accounts that buy or search for the terms, more than chance explains",
    "unwanted": "is sought out by nobody who searches or buys",
    "promotes": "passes on or mentions accounts that sell",
    "shares": "shares rare links, avatars or files with accounts that sell",
    "in_time": "acts on the same accounts at the same moments as accounts that sell, again and again",
    "contact": "writes to or comments on accounts that sell, more than chance explains",
    "answered": "is followed, liked, looked at or written to by accounts that sell, more than chance explains",
    "follows": "follows accounts that sell, more than chance explains",
    "engages": "likes what accounts that sell post, more than chance explains",
    "views": "looks at accounts that sell, more than chance explains",
    "searches": "searches for listed terms",
}
"""The sentence of each family in a report."""


class Beliefs:
    """Beliefs over (bystander, sells, buys, talks), shape (n, 4), and how they are passed round."""

    def __init__(self, graph: Graph, own: Evidence, around: Surroundings, known: Labels) -> None:
        self.graph = graph
        self.around = around
        self.known = known
        self.content = read_content(own)
        # A term beside an offer, or being sought: those who warn or teach name terms too, and few look for them.
        offering = (self.content.terms > 0) & (self.content.offers > 0) & (own.column("terms.weight") >= 1)
        sought = self._sought(self.content.looks) >= SOUGHT
        self.marked = (offering | sought | (known == SELLS)).astype(np.float32)
        self.unseen = around.told.isdisjoint(SEEKS)
        # People who have no other way write to each other in public.
        self.contact = CONTACT if "message" in around.told else (*CONTACT, "mention")
        self.promotes = tuple(kind for kind in PROMOTES if kind not in self.contact)
        self.now = self._decided(_softmax(self._first()))

    def settle(self, rounds: int, trees: Floats | None = None, *, ease: float = 0.0) -> Floats:
        """Pass beliefs round.

        `trees` (n, 2) are log-odds of selling and buying that trees have learned from the same evidence: the mean of
        both opinions counts (a logarithmic pool; Genest and Zidek, Statistical Science 1, 1986), never their sum. A
        column of NaN is no opinion. `ease` is added to the log-odds of selling and buying: early rounds may believe
        more easily, so that small networks are found at all, and later ones take back what does not hold.
        """
        members = members_of(self.now)
        for _ in range(rounds):
            self.now = self._decided(_softmax(self._log_odds(members, trees, ease)))
            members = (members + members_of(self.now)) / np.float32(2)
        return self.now

    def circles(self, members: Floats) -> tuple[Circles, Circles]:
        """The sellers and buyers who are believed in, in the circles that they form together.

        Whoever is in no circle shares the last one with all others of that kind.
        """
        sells, buys = (np.ascontiguousarray(members[:, place]) for place in (SELLS, BUYS))
        accused = np.flatnonzero(sells + buys)
        found = communities(self.graph, accused, seed=0)
        circle = np.zeros(len(members), np.int64)
        circle[accused] = np.where(found < 0, found.max(initial=-1) + 1, found)
        trust = np.zeros(len(members), np.float32)
        trust[accused] = self._trust(accused, circle[accused])[circle[accused]]
        return Circles.of(sells * trust, circle), Circles.of(buys * trust, circle)

    def _trust(self, accused: npt.NDArray[np.int64], circle: npt.NDArray[np.int64]) -> Floats:
        """How far each circle counts: not at all when it has hardly more members who are marked than everyone.

        People who know each other are a circle too. Shares are shrunk towards everyone's by `SHRUNK` members.
        """
        usual = float(self.marked.mean())
        sizes = np.bincount(circle).astype(np.float32)
        found = np.bincount(circle, self.marked[accused]).astype(np.float32)
        ratio = (found + SHRUNK * usual) / (sizes + SHRUNK) / max(usual, 1e-6)
        scale = min(float(np.median(ratio[circle])) if len(circle) else 1.0, PLAIN)
        return np.clip((ratio / max(scale, 1.0) - DOUBTED) / (TRUSTED - DOUBTED), 0, 1)

    def _first(self) -> Floats:
        content = self.content
        sells = content.terms + content.offers + self._sought(content.looks) + content.complaints + PRIOR[SELLS] + 1
        sells += UNSEEN_FIRST * self.unseen
        talks = 2 * content.talks + PRIOR[TALKS]
        nothing = np.zeros_like(sells)
        return np.stack([nothing, sells, nothing - 20, talks], axis=1)

    def _log_odds(self, members: Floats, trees: Floats | None, ease: float) -> Floats:
        odds = np.tile(np.asarray(PRIOR, np.float32), (len(members), 1))
        for place, families in self.families(members).items():
            for part in families.values():
                odds[:, place] += part
        odds[:, SELLS : BUYS + 1] += ease + UNSEEN * self.unseen
        if trees is not None:
            believed = odds[:, SELLS : BUYS + 1]
            odds[:, SELLS : BUYS + 1] = np.where(np.isnan(trees), believed, (believed + trees) / 2)
        return odds

    def families(self, members: Floats) -> Mapping[int, Mapping[str, Floats]]:
        """What each family adds to the log-odds of each class, shape (n,) each, given who is believed to belong.

        `members` (n, 4) are soft sets.
        """
        content, (sells, buys) = self.content, self.circles(members)
        to_sellers, to_buyers = Pull(self.around, sells), Pull(self.around, buys)
        to_talkers = Pull(self.around, Circles.one(np.ascontiguousarray(members[:, TALKS])))
        promotes = to_sellers.of(self.promotes, "out", 3)
        wanted = to_buyers.of(WANTED, "in", 3) + to_buyers.of(("follow",), "in", 1.5)
        sought = self._sought(content.looks * (1 - members[:, TALKS]))
        selling = {
            "terms": content.terms,
            "offers": content.offers,
            "complaints": content.complaints,
            "among": to_sellers.of(AMONG_IN, "in", 2) + to_sellers.of(AMONG_OUT, "out", 2),
            "wanted": np.maximum(wanted, sought),
            "unwanted": self._unwanted(np.maximum(wanted, sought) >= WANTED_FROM, members[:, SELLS]),
            "promotes": promotes,
            "shares": np.minimum(
                2 * sum(self._shared(thing, sells.members) for thing in ("link", "avatar", "media")), 3
            ),
            "in_time": np.minimum(self.graph.together @ sells.members, IN_TIME),
        }
        buying = {
            "contact": to_sellers.of(self.contact, "out", 3),
            "answered": to_sellers.of(ANSWERS, "in", 3),
            "follows": to_sellers.of(("follow",), "out", 2.5),
            "engages": to_sellers.of(("like",), "out", 1.5),
            "views": to_sellers.of(("view",), "out", 1),
            "searches": 1.5 * content.looks,
            "promotes": -promotes,
            "wanted": -0.7 * wanted,
        }
        circle = to_talkers.of(ALL_TIES, "in", 2) + to_talkers.of(ALL_TIES, "out", 2)
        return {SELLS: selling, BUYS: buying, TALKS: {"talks": content.talks, "circle": circle}}

    def _sought(self, searching: Floats) -> Floats:
        """How much accounts are looked at and written to by those who search for the terms, a soft set, shape (n,).

        It needs nobody to be believed in yet: what people find who search for the terms is known without a listed
        term on it. Whoever talks about the terms searches too, and looks at others who talk.
        """
        return Pull(self.around, Circles.one(searching)).of(SEEKS, "in", 3)

    def _unwanted(self, wanted: npt.NDArray[np.bool_], sells: Floats) -> Floats:
        """What it takes away that nobody seeks an account, as far as those who are believed to sell are sought.

        The log-likelihood ratio of not being wanted, learnt in each round; where a platform tells of no views,
        searches or messages nobody is wanted, and nothing is taken away.
        """
        usual = float(wanted.mean())
        believed = np.where(sells > LEAST, sells, 0)
        share = (float(believed @ wanted) + USUAL * usual) / (float(believed.sum()) + USUAL)
        less = max(float(np.log((1.02 - share) / (1.02 - usual))), -UNWANTED)
        return np.where(wanted, 0, min(less, 0.0)).astype(np.float32)

    def _shared(self, thing: str, sells: Floats) -> Floats:
        return shared_with(self.around.sharing[thing], sells)

    def _decided(self, beliefs: Floats) -> Floats:
        """What people decided is no belief."""
        for place in (BYSTANDER, SELLS, BUYS):
            rows = self.known == place
            beliefs[rows] = 0
            beliefs[rows, place] = 1
        return beliefs


def members_of(belief: Floats) -> Floats:
    """The soft sets of whom is believed in at all, of the shape of the beliefs: 0 below `LEAST`."""
    return np.where(belief < LEAST, np.float32(0), belief)


def _softmax(odds: Floats) -> Floats:
    weights = np.exp(odds - odds.max(axis=1, keepdims=True))
    beliefs: Floats = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    return beliefs
