"""Who sells and who buys, from a lexicon alone: no verdict, no label.

Self-training (Blum and Mitchell, COLT 1998; Lee, ICML 2013 workshop) in rounds. Beliefs settle over the graph
(`belief.py`); the accounts that they are sure of label a training set; trees learn to tell those classes by all
evidence; what the trees say, capped, enters the beliefs as one more family. Copies of the rows with whole families
blanked teach the trees to do without a lexicon, without posts or without searches, since many sellers show nothing of
that kind. No account is scored by trees that saw its own row.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xgboost as xgb
from scipy.sparse import csr_matrix

from seawall.network.belief import BUYS, BYSTANDER, OPEN, SELLS, TALKS, Beliefs, Labels, members_of
from seawall.network.evidence import Evidence, Surroundings, join
from seawall.network.graph import Floats, Graph
from seawall.network.surprise import Circles

EASE = (0.6, 0.6, 0.3, 0.0, 0.0)
"""A round each: how much more easily it believes, in log-odds, among `EASY` accounts or fewer."""

EASY, STRICT = 20_000, 100_000
"""Chance resemblances grow with the population: from `STRICT` accounts on no round believes more easily."""

FEWER = 2
"""So many rounds fewer beyond `STRICT` accounts: no round is eased there, and the third changes as few as the fifth."""

FOLDS = 3
SURE, HARMLESS = 0.7, 0.98
"""A belief above SURE labels a seller or buyer; one of at least HARMLESS labels a bystander; between, no label."""

MEMBER = 0.3
"""A belief from here on makes an account part of the set that others' ties are measured to."""

TREE_CAP = 6.0
"""What the trees say counts no more than this in log-odds."""

FEWEST = 15
"""From fewer examples of a class than this, trees have no opinion on it."""

SAMPLE = 4_000
"""Bystanders drawn for training, of those who name terms or offer, and of the others."""

BLANKED = (("terms", "words"), ("terms", "words", "offers", "complaints"), ("searches",))
"""Families that are blanked together in copies of the training rows."""

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
    "nthread": 1,  # two threads were four to six times slower on busy cores: OpenMP waits by spinning
}
TREE_ROUNDS = 40


@dataclass(frozen=True, slots=True)
class Opinion:
    """Probabilities of (bystander, sells, buys), shape (n, 3), the evidence, and what each family adds, (n,) each.

    `unseen`: the platform does not tell who seeks whom.
    """

    probabilities: Floats
    evidence: Evidence
    families: Mapping[int, Mapping[str, Floats]]
    unseen: bool = False


class ColdStart:
    """Self-training over one graph; `known` holds classes that people decided, OPEN elsewhere."""

    def __init__(self, graph: Graph, bags: csr_matrix, own: Evidence, known: Labels, seed: int) -> None:
        self.graph = graph
        self.own = own
        self.known = known
        self.seed = seed
        self.around = Surroundings(graph, bags)
        self.beliefs = Beliefs(graph, own, self.around, known)
        self.loud = (self.beliefs.content.terms + self.beliefs.content.offers + self.beliefs.content.looks) > 0
        self.looked = self.around.of("searchers", Circles.one(self.beliefs.content.looks))

    def opinion(self) -> Opinion:
        """Run the rounds."""
        steps = EASE if self.graph.n <= STRICT else EASE[FEWER:]
        ease = [step * _easy(self.graph.n) for step in steps]
        belief = self.beliefs.settle(8, ease=ease[0])
        for number, step in enumerate(ease):
            evidence = self.evidence(belief)
            rng = np.random.default_rng([self.seed, number])
            folds = rng.integers(FOLDS, size=self.graph.n)
            labels = self.labels(belief)
            learned = self._learn(evidence, labels, folds, rng)
            odds = _capped_odds(learned)
            for place in (SELLS, BUYS):
                if np.count_nonzero(labels == place) < FEWEST:
                    odds[:, place - SELLS] = np.nan
            belief = self.beliefs.settle(4, odds, ease=step)
        return Opinion(_three(belief), evidence, self.beliefs.families(members_of(belief)), self.beliefs.unseen)

    def evidence(self, belief: Floats) -> Evidence:
        """All evidence, with ties measured to the sellers and buyers that are believed in now."""
        sells, buys = self.beliefs.circles(np.where(belief > MEMBER, belief, 0).astype(np.float32))
        around = self.around
        return join(
            [
                self.own,
                around.of("sellers", sells),
                around.of("buyers", buys),
                self.looked,
                around.shares("sellers", sells.members),
            ]
        )

    def labels(self, belief: Floats) -> Labels:
        """Classes that the beliefs are sure of, OPEN elsewhere; what people decided stands."""
        harmless = belief[:, BYSTANDER] + belief[:, TALKS] >= HARMLESS
        labels = np.where(harmless, BYSTANDER, OPEN).astype(np.int8)
        for place in (SELLS, BUYS):
            labels[belief[:, place] > SURE] = place
        return np.where(self.known != OPEN, self.known, labels).astype(np.int8)

    def _learn(
        self, evidence: Evidence, labels: Labels, folds: npt.NDArray[np.int64], rng: np.random.Generator
    ) -> Floats:
        sample, weights = self._sample(labels, rng)
        learned = np.zeros((self.graph.n, 3), np.float32)
        for fold in range(FOLDS):
            inside = folds[sample] != fold
            rows = sample[inside]
            trees = fit_trees(evidence, rows, labels[rows], weights[inside], self.seed + fold)
            mine = np.flatnonzero(folds == fold)
            if len(mine):  # a handful of accounts may leave a fold empty
                learned[mine] = trees.inplace_predict(evidence.values[mine])
        return learned

    def _sample(self, labels: Labels, rng: np.random.Generator) -> tuple[npt.NDArray[np.int64], Floats]:
        """Every seller and buyer, and some bystanders, each standing for as many as it was drawn from."""
        picked = [np.flatnonzero(labels > BYSTANDER)]
        weights = [np.ones(len(picked[0]), np.float32)]
        for loud in (True, False):
            bystanders = np.flatnonzero((labels == BYSTANDER) & (self.loud == loud))
            picked.append(rng.choice(bystanders, min(len(bystanders), SAMPLE), replace=False))
            weights.append(np.full(len(picked[-1]), len(bystanders) / max(len(picked[-1]), 1), np.float32))
        return np.concatenate(picked), np.concatenate(weights)


def fit_trees(
    evidence: Evidence, rows: npt.NDArray[np.int64], labels: Labels, weights: Floats, seed: int
) -> xgb.Booster:
    """Trees over these rows and over copies with whole families blanked."""
    values = [evidence.values[rows]]
    for families in BLANKED:
        copy = evidence.values[rows]
        copy[:, evidence.places(*families)] = 0
        values.append(copy)
    matrix = xgb.DMatrix(
        np.concatenate(values), np.tile(labels, len(values)), weight=np.tile(weights, len(values)), nthread=1
    )
    return xgb.train({**TREES, "seed": seed}, matrix, TREE_ROUNDS)


def _easy(n: int) -> float:
    """1 for a population of `EASY` or fewer, 0 from `STRICT` on, by the logarithm between."""
    return float(np.clip(np.log(STRICT / max(n, 1)) / np.log(STRICT / EASY), 0, 1))


def _capped_odds(learned: Floats) -> Floats:
    """The trees' log-odds of selling and buying against neither, capped."""
    odds = np.log(np.maximum(learned[:, SELLS:], 1e-4) / np.maximum(learned[:, :1], 1e-4))
    return np.clip(odds, -TREE_CAP, TREE_CAP).astype(np.float32)


def _three(belief: Floats) -> Floats:
    """Beliefs over (bystander, sells, buys): whoever talks is a bystander."""
    return np.column_stack([belief[:, BYSTANDER] + belief[:, TALKS], belief[:, SELLS], belief[:, BUYS]])
