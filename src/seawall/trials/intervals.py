"""Proportions and scores with their 95 % intervals."""

from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

LEVEL = 0.95
_Z = float(stats.norm.ppf(1 - (1 - LEVEL) / 2))


@dataclass(frozen=True, slots=True)
class Proportion:
    """`hits` of `of`, with Wilson's interval (Wilson 1927); all None of nothing."""

    hits: int
    of: int
    share: float | None
    low: float | None
    high: float | None

    def __str__(self) -> str:
        if self.share is None:
            return "nothing to count"
        return f"{self.share:.3f} [{self.low:.3f}, {self.high:.3f}] ({self.hits:,} of {self.of:,})"


@dataclass(frozen=True, slots=True)
class Score:
    """A value with its interval; None where it is not defined."""

    value: float | None
    low: float | None
    high: float | None

    def __str__(self) -> str:
        if self.value is None:
            return "not defined"
        if self.low is None or self.high is None:
            return f"{self.value:.3f}"
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def proportion(hits: int, of: int) -> Proportion:
    """Wilson's score interval."""
    if of == 0:
        return Proportion(0, 0, None, None, None)
    share, spread = hits / of, _Z * _Z / of
    middle = (share + spread / 2) / (1 + spread)
    half = _Z / (1 + spread) * np.sqrt(share * (1 - share) / of + spread / (4 * of))
    return Proportion(hits, of, share, max(float(middle - half), 0.0), min(float(middle + half), 1.0))


def upper_bound(hits: int, of: int) -> float:
    """One-sided 95 % upper bound (Clopper and Pearson 1934); 1 of nothing."""
    return 1.0 if hits >= of else float(stats.beta.ppf(LEVEL, hits + 1, of - hits))


def score(value: float, draws: npt.NDArray[np.float64]) -> Score:
    """A value with the percentile interval of its bootstrap draws (Efron 1979)."""
    draws = draws[np.isfinite(draws)]
    if not np.isfinite(value) or len(draws) == 0:
        return Score(float(value) if np.isfinite(value) else None, None, None)
    tail = 100 * (1 - LEVEL) / 2
    low, high = np.percentile(draws, [tail, 100 - tail])
    return Score(float(value), float(low), float(high))


def wald(value: float, error: float) -> Score:
    """A value with its normal interval, from its standard error."""
    return Score(value, value - _Z * error, value + _Z * error)


def flat(item: Proportion | Score) -> dict[str, float | int | None]:
    """As JSON."""
    return asdict(item)
