"""Matrix factorisation of who follows whom, by `implicit`."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from implicit.cpu.als import AlternatingLeastSquares
from threadpoolctl import threadpool_limits

from seawall.trials.draws import Bools, Ints
from seawall.trials.platform import Platform
from seawall.trials.recommenders.base import Signal
from seawall.trials.recommenders.history import DISCOUNT, History
from seawall.trials.recommenders.kernels import best_scores
from seawall.trials.recommenders.neighbours import SUPPORT, Candidates

FACTORS, ITERATIONS, ALPHA, REGULARIZATION = 48, 10, 20.0, 0.1
SLICE = 512  # rows that are scored at once, so that memory stays small


@dataclass(frozen=True, slots=True)
class Factors:
    """Alternating least squares for implicit feedback (Hu, Koren and Volinsky, ICDM 2008)."""

    signal: Signal
    model: AlternatingLeastSquares
    allowed: Bools

    def best(self, history: History, who: Ints, count: int) -> Candidates:
        """The highest products with the factors that each one's follows give."""
        items, scores = np.full((len(who), count), -1), np.zeros((len(who), count))
        with threadpool_limits(1):
            for start in range(0, len(who), SLICE):
                some = who[start : start + SLICE]
                follows = history.matrix(some, len(self.allowed)).tocsr()
                mine = self.model.recalculate_user(np.arange(len(some)), follows)
                items[start : start + SLICE], scores[start : start + SLICE] = self._rank(mine, history, some, count)
        return items, scores

    def related(self, count: int) -> Ints:
        """The nearest of every account by the cosine of their factors, (accounts, count)."""
        all_ = self.model.item_factors
        unit = all_ / np.maximum(np.linalg.norm(all_, axis=1, keepdims=True), 1e-9)
        alone = History.fresh(1, len(unit))
        found = np.full((len(unit), count), -1)
        with threadpool_limits(1):
            for start in range(0, len(unit), SLICE):
                part = slice(start, start + SLICE)
                own = np.arange(len(unit))[part]
                zeros = np.zeros(len(own), np.int64)
                found[part], _ = best_scores(
                    unit[part] @ unit.T, own[:, None], alone.shown, zeros, DISCOUNT, self.allowed, count
                )
        return found

    def _rank(self, mine: npt.NDArray[np.float32], history: History, who: Ints, count: int) -> Candidates:
        found: Candidates = best_scores(
            mine @ self.model.item_factors.T,
            history.followed.items[who],
            history.shown,
            who,
            DISCOUNT,
            self.allowed,
            count,
        )
        return found


def factors(platform: Platform, seed: int) -> Factors:
    """Fit on one thread, so that the same seed gives the same factors."""
    model = AlternatingLeastSquares(
        factors=FACTORS,
        iterations=ITERATIONS,
        alpha=ALPHA,
        regularization=REGULARIZATION,
        num_threads=1,
        random_state=seed,
    )
    with threadpool_limits(1):
        model.fit(platform.follows, show_progress=False)
    followers = np.asarray(platform.follows.sum(axis=0)).ravel()
    return Factors(Signal.FACTORS, model, platform.active & (followers >= SUPPORT))
