"""Whether networks were found whole: pairs of accounts in one network."""

from dataclasses import dataclass

import numpy as np

from seawall.trials.draws import Floats, Ints, Rng
from seawall.trials.intervals import Score, score


@dataclass(frozen=True, slots=True)
class Recovery:
    """Pairwise F1 (Hubert and Arabie 1985 count pairs so), and how many networks there are and were found."""

    f1: Score
    recall: float | None
    precision: float | None
    truth: int
    found: int

    def facts(self) -> dict[str, float | int | None]:
        """As JSON."""
        return {
            "pair_f1": self.f1.value,
            "pair_f1_low": self.f1.low,
            "pair_f1_high": self.f1.high,
            "pair_recall": self.recall,
            "pair_precision": self.precision,
            "truth": self.truth,
            "found": self.found,
        }


def recover(rng: Rng, truth: Ints, found: Ints, draws: int) -> Recovery:
    """Compare two ways to part the same accounts into networks, -1 being in none.

    Counts pairs from the sizes of overlaps. The interval resamples networks: the true ones for recall, the found ones
    for precision.
    """
    true_pairs, found_pairs = _pairs_by(truth), _pairs_by(found)
    both = (truth >= 0) & (found >= 0)
    width = max(len(found_pairs), 1)
    overlap, sizes = np.unique(truth[both] * width + found[both], return_counts=True)
    shared = sizes * (sizes - 1) / 2
    in_true, in_found = np.zeros_like(true_pairs), np.zeros_like(found_pairs)
    np.add.at(in_true, overlap // width, shared)
    np.add.at(in_found, overlap % width, shared)
    recall, precision = _ratio(in_true, true_pairs), _ratio(in_found, found_pairs)
    resampled = [_mean(_again(rng, in_true, true_pairs), _again(rng, in_found, found_pairs)) for _ in range(draws)]
    return Recovery(
        score(_mean(recall, precision), np.array(resampled)),
        None if np.isnan(recall) else recall,
        None if np.isnan(precision) else precision,
        len(np.unique(truth[truth >= 0])),
        len(np.unique(found[found >= 0])),
    )


def _pairs_by(network: Ints) -> Floats:
    sizes = np.bincount(network[network >= 0]).astype(np.float64)
    pairs: Floats = sizes * (sizes - 1) / 2
    return pairs


def _ratio(part: Floats, whole: Floats) -> float:
    return float(part.sum() / whole.sum()) if whole.sum() else float("nan")


def _again(rng: Rng, part: Floats, whole: Floats) -> float:
    if len(whole) == 0:
        return float("nan")
    drawn = rng.integers(0, len(whole), len(whole))
    return _ratio(part[drawn], whole[drawn])


def _mean(recall: float, precision: float) -> float:
    """F1; 0 where pairs exist on one side alone, NaN where there are none."""
    if np.isnan(recall) and np.isnan(precision):
        return float("nan")
    if np.isnan(recall) or np.isnan(precision) or recall + precision == 0:
        return 0.0
    return 2 * recall * precision / (recall + precision)
