"""Vectorised draws that every part of an invented world shares."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Rng = np.random.Generator


def rows_of(counts: Ints) -> Ints:
    """Row number of every element, where row i holds counts[i] elements, shape (sum(counts),)."""
    return np.repeat(np.arange(len(counts)), counts)


def starts_of(counts: Ints) -> Ints:
    """First position of every row and one past the last, shape (len(counts) + 1,)."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])


def within(counts: Ints) -> Ints:
    """Position of every element inside its row, shape (sum(counts),)."""
    return np.arange(counts.sum()) - np.repeat(starts_of(counts)[:-1], counts)


def zipf(rng: Rng, size: int, n: int) -> Ints:
    """Ranks 0..n-1 whose frequency falls as one over the rank."""
    return np.minimum(np.exp(rng.random(size) * np.log(n + 1)).astype(np.int64) - 1, n - 1)


def chance(rng: Rng, share: Floats | float, size: int) -> Bools:
    """True with probability `share`, shape (size,)."""
    return rng.random(size) < share


def heavy(rng: Rng, mean: Floats | float, sigma: float, size: int) -> Ints:
    """Whole numbers with this mean and a lognormal tail, shape (size,)."""
    scaled = np.asarray(mean) * np.exp(rng.normal(-sigma * sigma / 2, sigma, size))
    return np.floor(scaled + rng.random(size)).astype(np.int64)


def between(rng: Rng, low: Floats | Ints, high: Floats | Ints) -> Ints:
    """Uniform whole numbers in [low, high), or low where that is empty."""
    span = np.maximum(np.asarray(high) - np.asarray(low), 0)
    return (np.asarray(low) + rng.random(len(span)) * span).astype(np.int64)


def mixed(rng: Rng, share: float, spread: float, size: int) -> Floats:
    """Shares around `share`, one for each row: normal with this spread on the logit scale."""
    logit = np.log(share / (1 - share)) + rng.normal(0, spread, size)
    drawn: Floats = 1 / (1 + np.exp(-logit))
    return drawn


@dataclass(frozen=True, slots=True)
class Groups:
    """Members by group, from which one is drawn in proportion to its weight."""

    members: Ints
    starts: Ints
    cumulative: Floats

    @classmethod
    def of(cls, members: Ints, group: Ints, groups: int, weight: Floats | None = None) -> Self:
        """`group` and `weight` stand beside `members`; groups are 0..groups-1."""
        order = np.argsort(group, kind="stable")
        weights = np.ones(len(members)) if weight is None else weight[order]
        counts = np.bincount(group, minlength=groups)
        return cls(members[order], starts_of(counts), np.concatenate([[0.0], np.cumsum(weights)]))

    def pick(self, rng: Rng, group: Ints) -> Ints:
        """One member of each named group, -1 where it has none, shape of `group`."""
        first, last = self.starts[group], self.starts[group + 1]
        low, high = self.cumulative[first], self.cumulative[last]
        at = np.searchsorted(self.cumulative, low + rng.random(len(group)) * (high - low), side="right") - 1
        empty = first == last
        at = np.where(empty, 0, np.clip(at, first, np.maximum(last - 1, first)))
        return np.where(empty, -1, self.members[at] if len(self.members) else -1)


def pick_by(rng: Rng, weights: Floats, row: Ints) -> Ints:
    """A column for each named row, drawn in proportion to weights[row], shape of `row`."""
    cumulative = np.cumsum(weights, axis=1)
    cumulative = cumulative / cumulative[:, -1:]
    flat = (cumulative + np.arange(len(weights))[:, None]).ravel()
    at = np.searchsorted(flat, row + rng.random(len(row)), side="right") - row * weights.shape[1]
    return np.clip(at, 0, weights.shape[1] - 1)


def one_of(rng: Rng, shares: Sequence[float], size: int) -> Ints:
    """Positions in `shares`, drawn in proportion to them, shape (size,)."""
    cumulative = np.cumsum(shares) / np.sum(shares)
    return np.minimum(np.searchsorted(cumulative, rng.random(size), side="right"), len(shares) - 1)
