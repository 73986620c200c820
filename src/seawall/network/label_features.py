"""What known accounts say of those around them, never of themselves.

Labelled accounts are dealt into folds. Each fold's confirmed and cleared accounts are columns of their own in one
walk; the features of a labelled account leave its own fold's columns out, those of everyone else sum all. No label
reaches its own row, and since the walk is linear in its start one walk serves every fold.
"""

import numpy as np
from numpy.typing import NDArray

from seawall.network.gather import WIDTH
from seawall.network.neighbours import Floats, Neighbours

FOLDS = WIDTH // 2
"""The folds of confirmed and of cleared accounts together fill one block of the walk."""

SHORT, LONG = (0.5, 3), (0.95, 10)
"""Damping and sweeps: one walk that stays near its start, one that goes far."""

LABELS = (
    *("confirmed share beside", "known beside", "confirmed beside"),
    *("confirmed share two steps away", "known two steps away", "confirmed two steps away"),
    *("near walk: confirmed against cleared", "near walk: confirmed", "near walk: confirmed, by size"),
    *("far walk: confirmed against cleared", "far walk: confirmed", "far walk: confirmed, by size"),
)
"""Names of the columns, in order."""

Folds = NDArray[np.int8]


def label_folds(y: NDArray[np.int8], seed: int) -> Folds:
    """The fold of every labelled account, dealt within its label; -1 where `y` is -1."""
    rng, folds = np.random.default_rng(seed), np.full(len(y), -1, np.int8)
    for label in (0, 1):
        rows = rng.permutation(np.flatnonzero(y == label))
        folds[rows] = np.arange(len(rows)) % FOLDS
    return folds


def label_features(around: Neighbours, y: NDArray[np.int8], folds: Folds) -> Floats:
    """One column a name in `LABELS`, float32 [n, 12], for labels `y` (1, 0, -1 for unknown) dealt into `folds`."""
    known = np.flatnonzero(folds >= 0)
    start = np.zeros((len(y), WIDTH), np.float32)
    start[known, folds[known] + FOLDS * (y[known] == 0)] = 1
    counts = start.sum(axis=0, dtype=np.float64).astype(np.float32)
    totals = _without_own(np.broadcast_to(counts, start.shape), folds)
    base = float(counts[:FOLDS].sum() / counts.sum())
    one, two = np.empty_like(start), np.empty_like(start)
    around.step(start, None, 1.0, one)
    around.step(one, None, 1.0, two)
    columns = [*_hop(around, one, folds, base, 1.0), *_hop(around, two, folds, base, 0.1)]
    start /= np.maximum(around.strength, np.float32(1e-9))[:, None]
    reached = start.copy()
    for damping, sweeps in (SHORT, LONG):
        restart = start * np.float32(1 - damping)
        for _ in range(sweeps):
            around.step(reached, restart, damping, reached)
        columns.extend(_walked(around, _without_own(reached, folds), totals))
    return np.column_stack(columns).astype(np.float32)


def _without_own(by_fold: Floats, folds: Folds) -> tuple[Floats, Floats]:
    """Sums over the folds of confirmed and of cleared columns, own fold left out, each [n]."""
    rows = np.flatnonzero(folds >= 0)
    sums = []
    for half in (by_fold[:, :FOLDS], by_fold[:, FOLDS:]):
        total = half.sum(axis=1)
        kept = np.array(half[rows])
        kept[np.arange(len(rows)), folds[rows]] = 0
        total[rows] = kept.sum(axis=1)
        sums.append(total)
    return sums[0], sums[1]


def _hop(around: Neighbours, means: Floats, folds: Folds, base: float, prior: float) -> list[Floats]:
    """Share of confirmed among the known, drawn to the base rate by `prior` accounts; how many are known, confirmed."""
    confirmed, cleared = (column * around.strength for column in _without_own(means, folds))
    known = confirmed + cleared
    return [(confirmed + prior * base) / (known + prior), np.log1p(known), np.log1p(confirmed)]


def _walked(around: Neighbours, reached: tuple[Floats, Floats], totals: tuple[Floats, Floats]) -> list[Floats]:
    """Log ratio of what both walks bring per unit of strength, and what the confirmed one brings, times n."""
    size = len(around.strength)
    confirmed, cleared = (size * part / np.maximum(total, 1) for part, total in zip(reached, totals, strict=True))
    ratio = np.log((confirmed + 1e-6) / (cleared + 1e-6))
    return [ratio, np.log(confirmed + 1e-3), np.log(confirmed * around.strength + 1e-3)]
