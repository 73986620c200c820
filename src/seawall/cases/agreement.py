"""How far reviewers agree: Krippendorff's alpha for nominal answers.

From the coincidences of answers within units, as in K. Krippendorff, "Computing Krippendorff's Alpha-Reliability"
(2011), section D: alpha = 1 - observed / expected disagreement. Missing answers are left out, and so is a unit that
fewer than two people answered.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence


def alpha(units: Iterable[Sequence[Hashable]]) -> float | None:
    """Alpha of the answers given to each unit; None where no two answers differ anywhere or no unit has two."""
    pairs: defaultdict[tuple[Hashable, Hashable], float] = defaultdict(float)
    for answers in units:
        if len(answers) >= 2:
            counts = Counter(answers)
            for one, first in counts.items():
                for other, second in counts.items():
                    pairs[one, other] += first * (second - (one == other)) / (len(answers) - 1)
    totals: defaultdict[Hashable, float] = defaultdict(float)
    for (one, _), times in pairs.items():
        totals[one] += times
    n = sum(totals.values())
    expected = n * n - sum(times * times for times in totals.values())
    if not expected:
        return None
    observed = sum(times for (one, other), times in pairs.items() if one != other)
    return 1 - (n - 1) * observed / expected
