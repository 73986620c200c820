"""One account at a time, or the network at once: what survives.

A day by day simulation over the ties of the accounts that trade. As many accounts are removed in all either way, those
that the run flagged: a few every day, drawn at random, or every network on the first day. Half of the removed come
back some days later (exponential, mean six) under a new name and tie up again with a quarter to most of whom they
knew, as far as these are there. A return is recognised within a day with the chance that the run recognises returns,
where the network is known; one at a time, every return is a stranger.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from seawall.trials.draws import Bools, Floats, Ints
from seawall.trials.intervals import Score, score

DAYS, REPEATS = 60, 100
COMES_BACK, DELAY = 0.5, 6.0
KEEPS = (0.25, 0.85)
HALF = 0.5
MONTH = 30


@dataclass(frozen=True, slots=True)
class Takedown:
    """Means over repetitions with their intervals: after a month, and when ties are back at half (60: never)."""

    survivors: Score
    ties_kept: Score
    forms_again: Score


def simulate(ties: csr_matrix, found: Bools, recognised: float, *, whole_networks: bool, seed: int = 0) -> Takedown:
    """Take down among the accounts that trade: `ties` (n, n) among them, `found` those that the run flagged, (n,)."""
    rng = np.random.default_rng((seed, int(whole_networks)))
    runs = [_one(rng, ties, found, recognised, whole_networks) for _ in range(REPEATS)]
    columns = np.array(runs, np.float64)
    drawn = columns[rng.integers(0, REPEATS, (1000, REPEATS))].mean(axis=1)
    means = columns.mean(axis=0)
    return Takedown(*(score(float(means[at]), drawn[:, at]) for at in range(3)))


def _one(
    rng: np.random.Generator, ties: csr_matrix, found: Bools, recognised: float, whole: bool
) -> tuple[float, float, float]:
    pairs = np.array(ties.tocoo().coords).T
    pairs = pairs[pairs[:, 0] < pairs[:, 1]]
    there, holds = np.ones(len(found), bool), np.ones(len(pairs), bool)
    back = np.full(len(found), -1)
    day_of = _removal_days(rng, found, whole)
    kept: list[float] = []
    survivors = 0.0
    for day in range(DAYS):
        returning = (back == day) & ~there
        caught = returning & (rng.random(len(found)) < (recognised if whole else 0.0))
        _come_back(rng, returning & ~caught, there, holds, pairs)
        gone = (day_of == day) & there
        there &= ~gone
        again = gone & (rng.random(len(found)) < COMES_BACK)
        back[again] = day + 1 + rng.exponential(DELAY, int(again.sum())).astype(np.int64)
        holds &= there[pairs].all(axis=1)
        kept.append(float(holds.mean()) if len(pairs) else 0.0)
        if day == MONTH:
            survivors = float(there.mean())
    return survivors, kept[MONTH], _forms_again(np.array(kept))


def _removal_days(rng: np.random.Generator, found: Bools, whole: bool) -> Ints:
    """The day on which each flagged account is removed, -1 for the others."""
    days = np.zeros(len(found), np.int64) if whole else rng.integers(0, MONTH, len(found))
    return np.where(found, days, -1)


def _come_back(rng: np.random.Generator, who: Bools, there: Bools, holds: Bools, pairs: npt.NDArray[np.int64]) -> None:
    """Put accounts back, and a part of their ties to whoever is there."""
    there |= who
    mine = who[pairs].any(axis=1) & there[pairs].all(axis=1)
    holds |= mine & (rng.random(len(pairs)) < rng.uniform(*KEEPS))


def _forms_again(kept: Floats) -> float:
    """Days from the lowest point until half of the first day's ties hold again, `DAYS` where they never do."""
    lowest = int(kept.argmin())
    after = np.flatnonzero(kept[lowest:] >= HALF)
    return float(after[0]) if len(after) else float(DAYS)
