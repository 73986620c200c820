"""Learners that each see some columns, and what they say."""

from dataclasses import dataclass
from typing import Any, Protocol

import numba as nb
import numpy as np
from numpy.typing import NDArray
from scipy.special import logit
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from xgboost import DMatrix, XGBClassifier

from seawall.network.neighbours import Floats

Labels = NDArray[np.int8]
Weights = NDArray[np.float64]

SURE = 1e-4
"""A forest's shares are held this far from zero and one before they become log odds."""


class Learner(Protocol):
    """Learns from rows and says log odds, and where they come from."""

    def fit(self, rows: Floats, y: Labels, weights: Weights) -> None:
        """Learn from rows [m, p] labelled 1 and 0."""

    def log_odds(self, rows: Floats) -> Floats:
        """What it says of rows [n, p], float32 [n]."""

    def contributions(self, rows: Floats) -> Floats:
        """Log odds by column, [n, p + 1]; the last column holds for everyone, and a row sums to its log odds."""


@dataclass
class Boosted:
    """Gradient-boosted trees (Chen and Guestrin, "XGBoost", KDD 2016), held back by small steps and samples."""

    rounds: int
    depth: int
    step: float
    bins: int
    leaf: float
    ridge: float
    seed: int
    threads: int

    def fit(self, rows: Floats, y: Labels, weights: Weights) -> None:
        """Learn from rows [m, p] labelled 1 and 0."""
        self.model = XGBClassifier(
            n_estimators=self.rounds,
            max_depth=self.depth,
            learning_rate=self.step,
            max_bin=self.bins,
            min_child_weight=self.leaf,
            reg_lambda=self.ridge,
            subsample=0.8,
            colsample_bynode=0.3,
            tree_method="hist",
            n_jobs=self.threads,
            random_state=self.seed,
        ).fit(rows, y, sample_weight=weights)

    def log_odds(self, rows: Floats) -> Floats:
        """What it says of rows [n, p], float32 [n]."""
        return np.asarray(self.model.predict(rows, output_margin=True), np.float32)

    def contributions(self, rows: Floats) -> Floats:
        """Shapley values of the trees (Lundberg and others, Nature Machine Intelligence 2, 2020)."""
        booster = self.model.get_booster()
        return np.asarray(booster.predict(DMatrix(rows, nthread=self.threads), pred_contribs=True), np.float32)


@dataclass
class Forest:
    """Extremely randomised trees (Geurts and others, Machine Learning 63, 2006) on samples of at most `sample` rows."""

    trees: int
    leaf: int
    sample: int
    seed: int
    threads: int

    def fit(self, rows: Floats, y: Labels, weights: Weights) -> None:
        """Learn from rows [m, p] labelled 1 and 0."""
        self.model = ExtraTreesClassifier(
            self.trees,
            min_samples_leaf=self.leaf,
            max_features=0.3,
            bootstrap=True,
            max_samples=min(self.sample, len(rows)),
            n_jobs=self.threads,
            random_state=self.seed,
        ).fit(rows, y, sample_weight=weights)

    def log_odds(self, rows: Floats) -> Floats:
        """What it says of rows [n, p], float32 [n]."""
        share = np.clip(self.model.predict_proba(rows)[:, 1], SURE, 1 - SURE)
        return np.asarray(logit(share), np.float32)

    def contributions(self, rows: Floats) -> Floats:
        """What each split on an account's way down the trees adds (Saabas, "Interpreting random forests", 2014).

        These sum to a share; they are stretched so that they sum to the log odds instead.
        """
        parts = np.zeros((len(rows), rows.shape[1] + 1))
        for tree in (each.tree_ for each in self.model.estimators_):
            share = tree.value[:, 0, 1] / tree.value[:, 0, :].sum(axis=1)
            _ways_down(rows, tree.children_left, tree.children_right, tree.feature, tree.threshold, share, parts)
        parts /= len(self.model.estimators_)
        base = np.clip(parts[:, -1], SURE, 1 - SURE)
        parts[:, -1] = logit(base)
        moved = parts[:, :-1].sum(axis=1)
        stretch = np.divide(
            self.log_odds(rows) - parts[:, -1], moved, out=np.zeros(len(rows)), where=np.abs(moved) > 1e-9
        )
        parts[:, :-1] *= stretch[:, None]
        return parts.astype(np.float32)


@dataclass
class Linear:
    """Logistic regression on standardised columns, held near zero: the steadiest learner with few labels."""

    strength: float

    def fit(self, rows: Floats, y: Labels, weights: Weights) -> None:
        """Learn from rows [m, p] labelled 1 and 0."""
        self.centre = np.average(rows, axis=0, weights=weights)
        spread = np.sqrt(np.average((rows - self.centre) ** 2, axis=0, weights=weights))
        self.scale = np.where(spread > 0, spread, 1)
        model = LogisticRegression(C=self.strength, max_iter=200)
        model.fit((rows - self.centre) / self.scale, y, sample_weight=weights)
        self.slope, self.base = model.coef_[0] / self.scale, float(model.intercept_[0])

    def log_odds(self, rows: Floats) -> Floats:
        """What it says of rows [n, p], float32 [n]."""
        return np.asarray((rows - self.centre) @ self.slope + self.base, np.float32)

    def contributions(self, rows: Floats) -> Floats:
        """Each column's distance from its mean, times its slope."""
        parts = (rows - self.centre) * self.slope
        return np.column_stack([parts, np.full(len(rows), self.base)]).astype(np.float32)


@dataclass
class AsItIs:
    """A single column that ranks well by itself needs no learning."""

    def fit(self, rows: Floats, y: Labels, weights: Weights) -> None:
        """Nothing to learn."""

    def log_odds(self, rows: Floats) -> Floats:
        """The column, [n]."""
        return np.asarray(rows[:, 0], np.float32)

    def contributions(self, rows: Floats) -> Floats:
        """The column, and nothing for everyone."""
        return np.column_stack([rows[:, 0], np.zeros(len(rows))]).astype(np.float32)


@nb.njit(cache=True)
def _ways_down(rows: Any, left: Any, right: Any, feature: Any, threshold: Any, share: Any, parts: Any) -> None:
    """Add to `parts` [n, p + 1] what every split on the way changes, and the root's share in the last column."""
    for row in range(rows.shape[0]):
        node = 0
        parts[row, -1] += share[0]
        while left[node] != -1:
            column = feature[node]
            below = left[node] if rows[row, column] <= threshold[node] else right[node]
            parts[row, column] += share[below] - share[node]
            node = below
