"""Several opinions, calibrated and trusted as far as they were right.

The labelled accounts are dealt into folds. A learner is trained once for each fold left out; what it says of that
fold decides its calibration (Platt, "Probabilistic outputs for support vector machines", 1999) and its say.
"""

from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.metrics import average_precision_score

from seawall.network.label_features import FOLDS, Folds
from seawall.network.neighbours import Floats
from seawall.network.opinions import AsItIs, Boosted, Forest, Labels, Learner, Linear, Weights
from seawall.network.risk_table import RiskTable

FEW = 100
"""Below so many confirmed accounts, small trees and a straight line are safer than large trees."""

SAY = 3
"""An opinion's say is this power of how far its average precision lies above chance."""

WALK_PRIOR = 3
"""With few labels, out-of-fold precision hardly tells good opinions apart; the walk learns nothing, so it cannot
have learnt by heart."""

LEAST_SLOPE = 0.05
"""Log odds a standard deviation: a handful of labels may not turn an opinion round."""

NEWTON_STEPS = 30
"""Each moves at most one, for far from the answer they overshoot; near it a few double the digits."""

Line = tuple[float, float]


@dataclass
class Opinion:
    """A learner for each fold left out, the columns they see, the line to calibrated log odds, and the say."""

    name: str
    columns: NDArray[Any]
    learners: list[Learner]
    prior: float = 1.0
    line: Line = (1.0, 0.0)
    say: float = 1.0

    def learn(self, values: Floats, y: Labels, weights: Weights, folds: Folds) -> None:
        """Train on labelled rows and judge by the folds left out."""
        seen, said = np.ascontiguousarray(values[:, self.columns]), np.empty(len(y), np.float32)
        for fold, learner in enumerate(self.learners):
            out = folds == fold
            learner.fit(seen[~out], y[~out], weights[~out])
            said[out] = learner.log_odds(seen[out])
        self.line = _line(said, y, weights)
        above = average_precision_score(y, said, sample_weight=weights) - np.average(y, weights=weights)
        self.say = self.prior * max(float(above), 1e-3) ** SAY

    def by_fold(self, values: Floats) -> Floats:
        """Calibrated log odds, float32 [n, FOLDS]."""
        seen, (slope, base) = np.ascontiguousarray(values[:, self.columns]), self.line
        return np.column_stack([slope * learner.log_odds(seen) + base for learner in self.learners])


@dataclass
class Panel:
    """All opinions, and the line from their weighted mean to calibrated log odds."""

    opinions: list[Opinion]
    line: Line = field(default=(1.0, 0.0))

    @classmethod
    def learnt(
        cls, table: RiskTable, y: Labels, weights: Weights, folds: Folds, cleared: bool, seed: int, threads: int
    ) -> Self:
        """From labels `y` (1, 0, -1) in `folds` (-1 where not known); `cleared` where real negatives are among them."""
        rows = np.flatnonzero(folds >= 0)
        few = _few(table, seed, threads) if cleared else _confirmed_only(table)
        panel = cls(few if (y == 1).sum() < FEW else _many(table, seed, threads))
        values, y, weights, folds = table.values[rows], y[rows], weights[rows], folds[rows]
        for opinion in panel.opinions:
            opinion.learn(values, y, weights, folds)
        panel.line = _line(own_fold(panel.by_fold(values), folds), y, weights)
        return panel

    def by_fold(self, values: Floats) -> Floats:
        """Calibrated log odds of rows [n, p] by the fold left out, float32 [n, FOLDS]."""
        slope, base = self.line
        total = sum(opinion.say * opinion.by_fold(values) for opinion in self.opinions)
        return np.asarray(slope / self.whole * total + base, np.float32)

    @property
    def whole(self) -> float:
        """The says of all opinions together."""
        return sum(opinion.say for opinion in self.opinions)

    def contributions(self, values: Floats, folds: Folds) -> Floats:
        """Log odds of rows [n, p] by column, [n, p + 1], as `own_fold` has them; the last column is for everyone."""
        total = np.zeros((len(values), values.shape[1] + 1), np.float32)
        slope, base = self.line
        for opinion in self.opinions:
            seen, into = np.ascontiguousarray(values[:, opinion.columns]), np.append(opinion.columns, values.shape[1])
            for fold, learner in enumerate(opinion.learners):
                counts = np.where(folds == fold, 1, np.where(folds < 0, 1 / FOLDS, 0)) * opinion.say / self.whole
                parts = learner.contributions(seen) * opinion.line[0]
                parts[:, -1] += opinion.line[1]
                total[:, into] += slope * counts[:, None].astype(np.float32) * parts
        total[:, -1] += base
        return total


def own_fold(by_fold: Floats, folds: Folds) -> Floats:
    """The mean over folds, but for a labelled account what was learnt without its fold, [n]."""
    said, rows = by_fold.mean(axis=1), np.flatnonzero(folds >= 0)
    said[rows] = by_fold[rows, folds[rows]]
    return np.asarray(said, np.float32)


def _few(table: RiskTable, seed: int, threads: int) -> list[Opinion]:
    def trees(fold: int) -> Learner:
        return Boosted(40, 3, 0.15, bins=32, leaf=1, ridge=1, seed=seed + fold, threads=threads)

    return [
        Opinion("attributes and place, trees", table.columns("without labels"), [trees(f) for f in range(FOLDS)]),
        Opinion("own, place and labels, line", table.columns("own and place"), [Linear(0.1) for _ in range(FOLDS)]),
        _as_it_is(table, "far walk: confirmed against cleared", WALK_PRIOR),
    ]


def _confirmed_only(table: RiskTable) -> list[Opinion]:
    """Stand-ins teach a learner little: ways of being near to confirmed accounts speak for themselves."""
    names = ("far walk: confirmed against cleared", "far walk: confirmed", "confirmed two steps away")
    return [_as_it_is(table, name) for name in names]


def _as_it_is(table: RiskTable, name: str, prior: float = 1.0) -> Opinion:
    return Opinion(name, table.columns(name), [AsItIs() for _ in range(FOLDS)], prior=prior)


def _many(table: RiskTable, seed: int, threads: int) -> list[Opinion]:
    def trees(fold: int) -> Learner:
        return Boosted(60, 4, 0.1, bins=64, leaf=5, ridge=5, seed=seed + fold, threads=threads)

    def forest(fold: int) -> Learner:
        return Forest(15, leaf=8, sample=3000, seed=seed + fold, threads=threads)

    return [
        Opinion("everything, trees", table.columns("everything"), [trees(fold) for fold in range(FOLDS)]),
        Opinion("place and labels, forest", table.columns("place"), [forest(fold) for fold in range(FOLDS)]),
    ]


def _line(said: Floats, y: Labels, weights: Weights) -> Line:
    """Slope (above zero) and base that turn log odds into calibrated ones.

    Newton's steps on the weighted likelihood of standardised log odds, with a unit penalty on the slope, so that
    classes that a column separates wholly still give a finite line.
    """
    centre, scale = float(said.mean()), float(said.std()) or 1.0
    rows = np.column_stack([(said - centre) / scale, np.ones(len(said))]).astype(np.float64)
    share = float(np.clip(np.average(y, weights=weights), 1e-6, 1 - 1e-6))
    penalty, line = np.diag([1.0, 0.0]), np.array([0.0, np.log(share / (1 - share))])
    for _ in range(NEWTON_STEPS):
        risk = expit(rows @ line)
        slack = rows.T @ (weights * (y - risk)) - penalty @ line
        bend = (rows * (weights * risk * (1 - risk))[:, None]).T @ rows + penalty + 1e-9 * np.eye(2)
        step = np.linalg.solve(bend, slack)
        line += step / max(1.0, float(np.abs(step).max()))
    slope = max(float(line[0]), LEAST_SLOPE) / scale
    return slope, float(line[1]) - slope * centre
