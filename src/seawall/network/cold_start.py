"""Who sells and who buys, from a lexicon alone: no verdict, no label.

Self-training from two views (Blum and Mitchell, COLT 1998). Content gives the first sellers: terms beside offers. Ties
give the first buyers: people whose follows and contacts surprisingly often go to those sellers. Each round measures
everyone's ties to the current sellers, buyers and searchers, labels the accounts that two independent families of
evidence agree on, and fits trees to tell them from the rest. Copies of the rows with whole families blanked teach the
trees to do without a lexicon, without posts or without searches. No account is scored by trees that saw its own row.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xgboost as xgb
from scipy.sparse import csr_matrix

from seawall.network.evidence import Evidence, Surroundings, join
from seawall.network.graph import Floats, Graph

Flags = npt.NDArray[np.bool_]
Labels = npt.NDArray[np.int8]

BYSTANDER, SELLS, BUYS, OPEN = 0, 1, 2, -1
ROUNDS = 3
SEED_ROUNDS = 4
FOLDS = 3
BLANKED = (("terms", "words"), ("terms", "words", "offers", "complaints"), ("searches",))
"""Families that are blanked together in copies of the training rows."""

INWARD = ("follow.in", "message.in", "engage.in", "view.in", "mention.in")
OUTWARD = ("follow.out", "message.out", "engage.out", "mention.out")
_NAMES_TERMS = (
    "terms.in_offer",
    "terms.in_post",
    "terms.in_tag",
    "terms.in_offering_bio",
    "terms.in_bio",
    "terms.in_name",
    "media.known",
)
_OFFERS = (
    "offers.menu_in_post",
    "offers.price_in_post",
    "offers.handle_in_post",
    "offers.price_in_bio",
    "offers.menu_in_bio",
    "offers.handle_in_bio",
)

TREES = {
    "objective": "multi:softprob",
    "num_class": 3,
    "max_depth": 4,
    "eta": 0.25,
    "min_child_weight": 5.0,
    "lambda": 5.0,
    "subsample": 0.8,
    "colsample_bytree": 0.6,
    "max_bin": 128,
}
TREE_ROUNDS = 40
SAMPLE = 10_000


@dataclass(frozen=True, slots=True)
class Opinion:
    """Probabilities of (bystander, sells, buys), shape (n, 3), the evidence, and each column's pull towards a class.

    `contributions` (candidates, 3, columns) in log-odds (Lundberg et al., Nature Machine Intelligence 2, 2020) for the
    accounts in `candidates`.
    """

    probabilities: Floats
    evidence: Evidence


class ColdStart:
    """Self-training over one graph; `known` holds classes that people decided, OPEN elsewhere."""

    def __init__(self, graph: Graph, bags: csr_matrix, own: Evidence, known: Labels, seed: int, threads: int) -> None:
        self.graph = graph
        self.own = own
        self.known = known
        self.seed = seed
        self.threads = threads
        self.around = Surroundings(graph, bags)
        self.chance = np.log(max(graph.n, 2))
        self.names_terms = self._any(_NAMES_TERMS)
        self.offers = self._any(_OFFERS)
        self.looks = own.column("searches.for_term") > 0
        self.looked = self.around.of("searchers", self.looks.astype(np.float32))

    def opinion(self) -> Opinion:
        """Run the rounds."""
        sells, buys = self.seeds()
        for number in range(ROUNDS):
            evidence = self._evidence(sells, buys)
            labels = self.labels(evidence, sells, buys)
            probabilities = self._fit(evidence, labels, number)
            sells, buys = _confident(probabilities[:, SELLS]), _confident(probabilities[:, BUYS])
        return Opinion(probabilities, evidence)

    def _any(self, names: Sequence[str]) -> Flags:
        return np.any([self.own.column(name) > 0 for name in names], axis=0)

    def _evidence(self, sells: Floats, buys: Floats) -> Evidence:
        around = self.around
        return join(
            [
                self.own,
                around.of("sellers", sells),
                around.of("buyers", buys),
                self.looked,
                around.shares("sellers", sells),
            ]
        )

    def seeds(self) -> tuple[Floats, Floats]:
        """The first sellers: terms, an offer and interest from searchers; then those that tie to them; then buyers."""
        wanted = self.pull(self.looked, "searchers", INWARD) > self.chance
        sells = self._decided((self.names_terms & self.offers & wanted).astype(np.float32), SELLS)
        buys = np.zeros(self.graph.n, np.float32)
        for _ in range(SEED_ROUNDS):
            evidence = self._evidence(sells, buys)
            seller, buyer = self.agreed(evidence)
            sells = self._decided(seller.astype(np.float32), SELLS)
            buys = self._decided(buyer.astype(np.float32), BUYS)
        return sells, buys

    def _decided(self, members: Floats, wanted: int) -> Floats:
        """The members of a set, with what people decided put over it."""
        members[self.known == wanted] = 1
        members[(self.known != OPEN) & (self.known != wanted)] = 0
        return members

    def pull(self, evidence: Evidence, name: str, ways: Sequence[str]) -> Floats:
        """How far chance is from explaining an account's ties to a set, over all these ways, in nats, shape (n,)."""
        return np.sum([np.expm1(evidence.column(f"{name}.{way}.surprise")) for way in ways], axis=0)

    def ties(self, evidence: Evidence) -> tuple[Flags, Flags, Flags]:
        """Three ways to belong: ties among sellers, wanted by buyers, and things shared with sellers."""
        among = self.pull(evidence, "sellers", (*INWARD, *OUTWARD)) > self.chance
        wanted = self.pull(evidence, "buyers", INWARD) > self.chance
        shares = sum(evidence.column(f"sellers.{thing}") for thing in ("link", "avatar", "media")) > 0.5
        return among, wanted, shares

    def agreed(self, evidence: Evidence) -> tuple[Flags, Flags]:
        """Sellers and buyers by agreement of independent families.

        A seller shows in what it writes or offers and in two ways of belonging, or in both and in one. A buyer
        contacts sellers, and follows them, looks at them or looks for them.
        """
        among, wanted, shares = self.ties(evidence)
        shows = self.names_terms.astype(int) + self.offers
        belongs = among.astype(int) + wanted + shares
        seller = (shows + belongs >= 3) & (shows >= 1) & (belongs >= 1)
        contact = self.pull(evidence, "sellers", ("message.out", "engage.out"))
        follow = self.pull(evidence, "sellers", ("follow.out", "view.out"))
        buyer = (contact > self.chance / 2) & ((follow > self.chance / 2) | self.looks) & (contact + follow > self.chance)
        return seller, buyer & ~seller

    def labels(self, evidence: Evidence, sells: Floats, buys: Floats) -> Labels:
        """Classes that several families agree on; OPEN where the evidence is mixed."""
        seller, buyer = self.agreed(evidence)
        belongs = np.any(self.ties(evidence), axis=0)
        seller |= (sells > 0.8) & belongs
        buyer = (buyer | ((buys > 0.8) & belongs)) & ~seller
        labels = np.where(belongs, OPEN, BYSTANDER).astype(np.int8)
        labels[buyer], labels[seller] = BUYS, SELLS
        labels[self.known != OPEN] = self.known[self.known != OPEN]
        return labels

    def _fit(self, evidence: Evidence, labels: Labels, number: int) -> Floats:
        rng = np.random.default_rng([self.seed, number])
        folds = rng.integers(FOLDS, size=self.graph.n)
        sample = self._sample(labels, rng)
        probabilities = np.zeros((self.graph.n, 3), np.float32)
        for fold in range(FOLDS):
            rows = sample[folds[sample] != fold]
            model = fit_trees(evidence, rows, labels[rows], self.seed + fold, self.threads)
            mine = np.flatnonzero(folds == fold)
            probabilities[mine] = model.inplace_predict(evidence.values[mine])
        return probabilities

    def _sample(self, labels: Labels, rng: np.random.Generator) -> npt.NDArray[np.int64]:
        """Every seller and buyer, and bystanders: those that name terms or offer, and some of the others."""
        picked = [np.flatnonzero(labels > 0)]
        for loud in (True, False):
            bystanders = np.flatnonzero((labels == BYSTANDER) & ((self.names_terms | self.looks | self.offers) == loud))
            picked.append(rng.choice(bystanders, min(len(bystanders), SAMPLE), replace=False))
        return np.sort(np.concatenate(picked))


def fit_trees(evidence: Evidence, rows: npt.NDArray[np.int64], labels: Labels, seed: int, threads: int) -> xgb.Booster:
    """Trees over these rows and over copies with whole families blanked."""
    values = [evidence.values[rows]]
    for families in BLANKED:
        copy = evidence.values[rows]
        copy[:, evidence.places(*families)] = 0
        values.append(copy)
    matrix = xgb.DMatrix(np.concatenate(values), np.tile(labels, len(values)), nthread=threads)
    return xgb.train({**TREES, "seed": seed, "nthread": threads}, matrix, TREE_ROUNDS)


def _confident(probability: Floats) -> Floats:
    return np.where(probability > 0.5, probability, 0).astype(np.float32)
