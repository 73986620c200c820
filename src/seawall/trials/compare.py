"""Which of two trials exposed people less, or that none can tell.

The unit is a run: the mean, over personas and recommenders, of the share of risky items that a test account was shown.
Where both trials walked the same test accounts on the same platform they are paired, run by run. The interval is a
bootstrap's (2,000 draws); how many runs would tell comes from the normal sample-size formula at 80 % power.
"""

from dataclasses import dataclass
from math import ceil
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy import stats

from seawall.records.errors import BadInput
from seawall.trials.arms import OFF, ON
from seawall.trials.draws import Floats
from seawall.trials.results import Written

DRAWS, POWER, LEVEL = 2_000, 0.8, 0.95
WORTH = {"exposures": 0.002, "withheld": 0.001}
"""The smallest difference in each measure that is worth telling."""
OF = {"exposures": "shown", "withheld": "own_items"}
SAYS = {"exposures": "risky items shown", "withheld": "innocent items withheld"}
Verdict = Literal["better", "worse", "cannot tell"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """B against A in one measure: shares, their difference with its interval, and the runs that would tell.

    `would_tell` is None where they are told apart, or where a difference worth telling would have shown by now.
    """

    measure: str
    a: float
    b: float
    low: float
    high: float
    paired: bool
    runs: int
    would_tell: int | None

    @property
    def verdict(self) -> Verdict:
        """Of B; better where it is lower."""
        if self.high < 0:
            return "better"
        return "worse" if self.low > 0 else "cannot tell"

    def line(self) -> str:
        """As a person reads it."""
        more = f"; {self.would_tell:,} runs would tell" if self.would_tell else ""
        if self.verdict == "cannot tell" and not self.would_tell:
            more = f"; a difference of {WORTH[self.measure]:.1%} would have shown"
        how = "paired" if self.paired else "unpaired"
        return (
            f"{SAYS[self.measure]}: {self.verdict}. A {self.a:.3%}, B {self.b:.3%}, B - A {self.b - self.a:+.3%} "
            f"[{self.low:+.3%}, {self.high:+.3%}] ({self.runs} {how} runs{more})"
        )


def compare(a: Written, b: Written, arm: str | None = None) -> list[Comparison]:
    """Compare two trials under an arm, `everything` unless named; raises BadInput where they cannot be compared."""
    first, second = ((arm or _live(one)) for one in (a, b))
    _comparable(a, b)
    same = a.figures["platform"] == b.figures["platform"] and a.figures["plan"]["seed"] == b.figures["plan"]["seed"]
    return [_compared(m, by_run(a, first, m, OF[m]), by_run(b, second, m, OF[m]), same) for m in OF]


def by_run(trial: Written, arm: str, top: str, bottom: str) -> Floats:
    """Each run's share, the mean over personas and recommenders, (runs,)."""
    return np.asarray(by_persona(trial, arm, top, bottom).mean(axis=1))


def by_persona(trial: Written, arm: str, top: str, bottom: str) -> Floats:
    """Each persona's share in each run, the mean over recommenders, (runs, personas)."""
    rows = trial.walks.filter(pc.equal(trial.walks["arm"].cast(pa.string()), arm))
    if not len(rows):
        raise BadInput(f"{trial.folder} has no arm {arm!r}. It has {', '.join(sorted(arms_of(trial)))}.")
    share = rows[top].to_numpy() / np.maximum(rows[bottom].to_numpy(), 1)
    names, persona = np.unique(rows["persona"].cast(pa.string()).to_pylist(), return_inverse=True)
    cell = rows["run"].to_numpy() * len(names) + persona
    cells = (int(rows["run"].to_numpy().max()) + 1) * len(names)
    summed, counted = np.bincount(cell, share, cells), np.bincount(cell, minlength=cells)
    shares: Floats = (summed / np.maximum(counted, 1)).reshape(-1, len(names))
    return shares


def arms_of(trial: Written) -> set[str]:
    """The arms that a trial walked."""
    return set(pc.unique(trial.walks["arm"].cast(pa.string())).to_pylist())


def _live(trial: Written) -> str:
    return ON.name if ON.name in arms_of(trial) else OFF.name


def _comparable(a: Written, b: Written) -> None:
    for name in ("personas", "recommenders", "steps"):
        if a.figures["plan"][name] != b.figures["plan"][name]:
            raise BadInput(f"{a.folder} and {b.folder} differ in their {name}: nothing could be told. Walk both alike.")


def _compared(measure: str, a: Floats, b: Floats, same: bool) -> Comparison:
    rng = np.random.default_rng(0)
    runs = min(len(a), len(b))
    if same:
        difference = b[:runs] - a[:runs]
        drawn = difference[rng.integers(0, runs, (DRAWS, runs))].mean(axis=1)
        spread = float(difference.var(ddof=1))
    else:
        drawn = b[rng.integers(0, len(b), (DRAWS, len(b)))].mean(axis=1)
        drawn -= a[rng.integers(0, len(a), (DRAWS, len(a)))].mean(axis=1)
        spread = float(a.var(ddof=1) + b.var(ddof=1))
    low, high = np.percentile(drawn, [50 * (1 - LEVEL), 50 * (1 + LEVEL)])
    means = (a[:runs].mean(), b[:runs].mean()) if same else (a.mean(), b.mean())
    unsure = low <= 0 <= high
    needed = _runs_needed(spread, max(abs(means[1] - means[0]), WORTH[measure])) if unsure else 0
    if 0 < needed <= runs:  # what was seen may be chance; what is worth telling is what counts
        needed = _runs_needed(spread, WORTH[measure])
    more = needed if needed > runs else None
    return Comparison(measure, float(means[0]), float(means[1]), float(low), float(high), same, runs, more)


def _runs_needed(variance: float, difference: float) -> int:
    z = float(stats.norm.ppf((1 + LEVEL) / 2) + stats.norm.ppf(POWER))
    return max(ceil(variance * z * z / difference**2), 2)
