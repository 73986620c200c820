"""An alarm when people are shown more than before.

The baseline is a finished trial. For each surface, and for all together, a bet is placed against "the mean share of
risky items is no higher than it was": while that is true, whoever bets multiplies a stake by 1/a with a chance of at
most a (Ville's inequality; bets after Waudby-Smith and Ramdas, JRSS B 2024, section 4). What it was is itself only
known from the baseline's runs: the bound is the highest mean that the same kind of bet does not refute. The personas
of one run are independent of one another, so a run's factors may be multiplied while its stake stays the same: by the
inequality of the means their product is expected to be no more than if every persona had the mean share. Half of the
false-alarm rate is spent on the bound and half on the watching, each split over the bets; the rate holds however long
the watch goes on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from seawall.records.errors import BadInput
from seawall.records.run import SCHEMA_VERSION
from seawall.trials.compare import by_persona
from seawall.trials.draws import Floats
from seawall.trials.recommenders.base import SURFACES
from seawall.trials.results import Written

RATE = 0.05
"""The chance of any false alarm in the whole life of a watch."""
STATE = "watch.json"
CAUTION = 0.75
"""Of the largest stake that cannot be lost whole, what is staked at most."""
GRID = 400
STREAMS = {"all": ("exposures", "shown")} | {str(s): (f"risky_{s}", f"items_{s}") for s in SURFACES}


class Stream(msgspec.Struct):
    """One bet: `bound` is what the mean share may be, `log_wealth` the logarithm of what a stake of 1 has become.

    Of the `accounts` that were shown anything, `exposed` were shown something risky.
    """

    bound: float
    runs: int = 0
    total: float = 0.0
    squares: float = 0.0
    log_wealth: float = 0.0
    alarmed_after: int | None = None
    accounts: int = 0
    exposed: int = 0

    def take(self, shares: Floats, alarm: float) -> None:
        """Bet on the next run's personas, (p,), then remember it; `alarm` is the log of the wealth that raises one."""
        stake = _stake(self.runs, self.total, self.squares, self.bound)
        self.log_wealth += float(np.log1p(stake * (shares - self.bound)).sum())
        self.runs += 1
        self.total += float(shares.mean())
        self.squares += float((shares * shares).mean())
        if self.log_wealth >= alarm and self.alarmed_after is None:
            self.alarmed_after = self.runs


class State(msgspec.Struct):
    """A watch between two rounds; `baseline` and `arm` name what it is held against."""

    schema_version: int
    baseline: str
    arm: str
    rate: float
    rounds: int
    streams: dict[str, Stream]

    @property
    def alarms(self) -> dict[str, int]:
        """The streams that have raised an alarm, and after how many runs."""
        return {name: one.alarmed_after for name, one in self.streams.items() if one.alarmed_after is not None}

    def take(self, shares: Mapping[str, Floats]) -> None:
        """A round of runs: shares by stream, (runs, personas) each."""
        alarm = float(np.log(2 * len(self.streams) / self.rate))
        for name, stream in self.streams.items():
            for of_run in shares[name]:
                stream.take(of_run, alarm)
        self.rounds += 1


@dataclass(frozen=True, slots=True)
class Watch:
    """A state, the file that keeps it, and a second one, if any, that the console reads."""

    path: Path
    state: State
    told: Path | None = None

    def take(self, trial: Written) -> None:
        """Add a trial's runs and keep the state."""
        self.state.take(shares_of(trial, self.state.arm))
        for name, (shown, risky) in _accounts(trial, self.state.arm).items():
            self.state.streams[name].accounts += shown
            self.state.streams[name].exposed += risky
        content = msgspec.json.format(msgspec.json.encode(self.state), indent=2)
        for path in filter(None, (self.path, self.told)):
            new = path.with_suffix(".new")
            new.write_bytes(content)
            new.replace(path)


def open_watch(baseline: Written, arm: str, rate: float = RATE, told: Path | None = None) -> Watch:
    """The watch kept in the baseline's folder, or a new one; raises BadInput where its terms have changed."""
    path = baseline.folder / STATE
    if not path.exists():
        return Watch(path, begin(shares_of(baseline, arm), str(baseline.figures["digest"]), arm, rate), told)
    state = read_state(path)
    if (state.arm, state.rate, state.baseline) != (arm, rate, baseline.figures["digest"]):
        raise BadInput(f"{path} was begun on other terms. Go on with those, or remove it to begin again.")
    return Watch(path, state, told)


def read_state(path: Path) -> State:
    """A state that was kept; raises BadInput where there is none."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=State)
    except (OSError, msgspec.DecodeError) as error:
        raise BadInput(f"{path} holds no watch ({error}). `seawall trial watch` writes one.") from error


def exposure_of(state: State) -> list[tuple[str, int, int]]:
    """What a transparency report says: a name, how many test accounts were shown something risky, and of how many."""
    said = "test accounts that were shown something risky"
    names = {name: said if name == "all" else f"{said}, {name}" for name in state.streams}
    return [(names[name], one.exposed, one.accounts) for name, one in state.streams.items()]


def _accounts(trial: Written, arm: str) -> dict[str, tuple[int, int]]:
    """For each stream: the test accounts that were shown anything, and those that were shown something risky."""
    rows = trial.walks.filter(pc.equal(trial.walks["arm"].cast(pa.string()), arm))
    counts = {}
    for name, (risky, shown) in STREAMS.items():
        counts[name] = (int((rows[shown].to_numpy() > 0).sum()), int((rows[risky].to_numpy() > 0).sum()))
    return counts


def begin(shares: Mapping[str, Floats], baseline: str, arm: str, rate: float) -> State:
    """A watch that has seen nothing; bounds from the baseline's runs."""
    level = rate / 2 / len(shares)
    streams = {name: Stream(upper_bound(values, level)) for name, values in shares.items()}
    return State(SCHEMA_VERSION, baseline, arm, rate, 0, streams)


def shares_of(trial: Written, arm: str) -> dict[str, Floats]:
    """Each persona's share of risky items on each surface and over all of them, (runs, personas) each."""
    return {name: by_persona(trial, arm, *columns) for name, columns in STREAMS.items()}


def upper_bound(shares: Floats, level: float) -> float:
    """A mean that is exceeded with a chance of at most `level`, from independent shares in [0, 1], (runs, personas)."""
    means = np.linspace(0, 1, GRID + 1)[1:] ** 2  # finer where shares are small
    wealth, runs, total, squares = np.zeros(GRID), 0, 0.0, 0.0
    best = np.full(GRID, -np.inf)
    for of_run in shares:
        stake = _stakes_below(runs, total, squares, means)
        wealth += np.log1p(stake * (means - of_run[:, None])).sum(axis=0)
        best = np.maximum(best, wealth)
        runs, total, squares = runs + 1, total + of_run.mean(), squares + (of_run * of_run).mean()
    possible = np.flatnonzero(best < np.log(1 / level))
    return float(means[possible[-1]]) if len(possible) else float(means[0])


def _seen(runs: int, total: float, squares: float) -> tuple[float, float]:
    """A guess at the mean and the variance before the next run: half a run at a half is added."""
    mean = (0.5 * 0.05 + total) / (0.5 + runs)
    variance = (0.25 * 0.05 + squares - 2 * mean * total + runs * mean * mean) / (0.5 + runs)
    return mean, max(variance, 1e-6)


def _stake(runs: int, total: float, squares: float, bound: float) -> float:
    mean, variance = _seen(runs, total, squares)
    edge = mean - bound
    return float(np.clip(edge / (variance + edge * edge), 0.1 * CAUTION / max(bound, 1e-6), CAUTION / max(bound, 1e-6)))


def _stakes_below(runs: int, total: float, squares: float, means: Floats) -> Floats:
    mean, variance = _seen(runs, total, squares)
    edge = means - mean
    stakes: Floats = np.clip(edge / (variance + edge * edge), 0, CAUTION / np.maximum(1 - means, 1e-6))
    return stakes


def line(state: State) -> str:
    """Where the watch stands, for a person."""
    worst = max(state.streams, key=lambda name: state.streams[name].log_wealth)
    one = state.streams[worst]
    said = f"round {state.rounds}, {one.runs} runs: nearest to an alarm is {worst}, wealth {np.exp(one.log_wealth):.2f}"
    return f"{said} of {2 * len(state.streams) / state.rate:,.0f}"


def alarm_line(state: State) -> str:
    """What the alarm says."""
    named = ", ".join(f"{name} after {runs} runs" for name, runs in state.alarms.items())
    return f"people are shown more than before: {named} (chance of any false alarm at most {state.rate:.0%})"
