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
FOLDS = 3
BLANKED = (("terms", "words"), ("terms", "words", "offers", "complaints"), ("searches",))
"""Families that are blanked together in copies of the training rows."""

TREES = {
    "objective": "multi:softprob",
    "num_class": 3,
    "max_depth": 4,
    "eta": 0.15,
    "min_child_weight": 5.0,
    "lambda": 5.0,
    "subsample": 0.8,
    "colsample_bytree": 0.6,
    "max_bin": 128,
}
TREE_ROUNDS = 80


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
        self.chance = np.log(max(graph.n, 2))  # a surprise that chance gives about once in the whole population
        self.searchers = (own.column("searches.for_term") > 0).astype(np.float32)

    def opinion(self) -> Opinion:
        """Run the rounds."""
        sells = self._first_sellers()
        buys = np.zeros(self.graph.n, np.float32)
        looked = self.around.of("searchers", self.searchers)
        for number in range(ROUNDS):
            evidence = self._evidence(sells, buys, looked)
            if number == 0:
                buys = self._first_buyers(evidence)
                evidence = self._evidence(sells, buys, looked)
            labels = self.labels(evidence, sells, buys)
            probabilities = self._fit(evidence, labels, number)
            sells, buys = _confident(probabilities[:, SELLS]), _confident(probabilities[:, BUYS])
        return Opinion(probabilities, evidence)

    def _evidence(self, sells: Floats, buys: Floats, looked: Evidence) -> Evidence:
        around = self.around
        return join(
            [self.own, around.of("sellers", sells), around.of("buyers", buys), looked, around.shares("sellers", sells)]
        )

    def _first_sellers(self) -> Floats:
        content = sum(self.own.column(name) for name in ("terms.in_offer", "terms.in_offering_bio", "media.known"))
        first = (content > 0).astype(np.float32)
        first[self.known == SELLS] = 1
        first[(self.known != OPEN) & (self.known != SELLS)] = 0
        return first

    def surprising(self, evidence: Evidence, name: str, ways: Sequence[str]) -> Flags:
        """Accounts with two or more ties to the named set, more than chance explains, in any of these ways."""
        found = np.zeros(self.graph.n, bool)
        for way in ways:
            surprise, count = (evidence.column(f"{name}.{way}.{part}") for part in ("surprise", "count"))
            found |= (np.expm1(surprise) > self.chance) & (np.expm1(count) > 1.5)
        return found

    def _first_buyers(self, evidence: Evidence) -> Floats:
        follows = self.surprising(evidence, "sellers", ("follow.out",))
        contacts = self.surprising(evidence, "sellers", ("message.out", "engage.out", "mention.out"))
        looks = self.own.column("searches.for_term") > 0
        buys = (follows & contacts) | (contacts & looks)
        return (buys & (self._first_sellers() == 0)).astype(np.float32)

    def labels(self, evidence: Evidence, sells: Floats, buys: Floats) -> Labels:
        """Classes that two families agree on; OPEN where the evidence is of one family, or of none but suspicious."""
        inward = ("follow.in", "message.in", "engage.in", "mention.in")
        outward = ("follow.out", "message.out", "engage.out", "mention.out")
        wanted = self.surprising(evidence, "buyers", inward) | self.surprising(evidence, "searchers", inward)
        among = self.surprising(evidence, "sellers", (*inward, *outward))
        shares = (
            evidence.column("sellers.link") + evidence.column("sellers.avatar") + evidence.column("sellers.media") > 0.5
        )
        content = self._first_sellers() > 0
        seller = (content & (wanted | among | shares)) | (wanted & shares) | (sells > 0.8) & (wanted | among | shares)
        contacts = self.surprising(evidence, "sellers", ("message.out", "engage.out", "mention.out"))
        follows = self.surprising(evidence, "sellers", ("follow.out",))
        looks = self.own.column("searches.for_term") > 0
        buyer = ((contacts & (follows | looks)) | ((buys > 0.8) & (contacts | follows))) & ~content & ~seller
        suspicious = content | wanted | shares | contacts | follows
        labels = np.where(suspicious, OPEN, BYSTANDER).astype(np.int8)
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
        """Every seller and buyer, and bystanders: all that something is known against, and some of the others."""
        quiet = self.own.values.sum(axis=1) == 0
        bystanders = np.flatnonzero((labels == BYSTANDER) & quiet)
        few = rng.choice(bystanders, min(len(bystanders), 60_000), replace=False)
        return np.sort(np.concatenate([np.flatnonzero((labels > 0) | ((labels == BYSTANDER) & ~quiet)), few]))


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
