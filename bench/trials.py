"""Do trials keep their promises: alarms, a planted regression, who floods.

    python -m bench.trials TRIAL --json

reads a finished trial (`seawall trial run`; of a `--brief` one `planted` is empty). `aa_alarms` of `aa_repetitions`:
its guarded runs are split at random in two, a baseline and a watch, so that nothing differs; `stated_rate` is what the
watch promises. `planted`: the same baseline, watched over runs in which one surface's guard is off; after how many runs
the alarm came, the median and the worst over repetitions. `flooded`: the highest share of risky items over five follows
in a row, without a guard and on the co-follow recommender, of the borderline persona and of one who follows whatever is
suggested. `first`: of the seller that each borderline run follows first, how many neighbours co-following gives it, and
the share of risky accounts among the nearest twenty; `peak_by_nearest` and `peak_by_network` are the correlations, over
runs, of the run's highest share with that share and with the size of that seller's network.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from seawall.cli.trial_order import invented_in
from seawall.trials.arms import ON
from seawall.trials.compare import arms_of
from seawall.trials.draws import Floats
from seawall.trials.intervals import proportion
from seawall.trials.labels import Labels, by_truth
from seawall.trials.measures import peaks
from seawall.trials.personas import INDIFFERENT, PERSONAS
from seawall.trials.platform import read_platform
from seawall.trials.recommenders.base import SURFACES
from seawall.trials.recommenders.catalogue import local_recommenders
from seawall.trials.recommenders.local import Local
from seawall.trials.recommenders.neighbours import NEIGHBOURS
from seawall.trials.results import Written, read
from seawall.trials.start import Start, make_start
from seawall.trials.walk import Ground, walk
from seawall.trials.watch import RATE, begin, shares_of

REPETITIONS, RUNS = 200, 200
PLANTED = 20
NEAREST = 20


def main() -> None:
    """Print every figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trial", type=Path)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    trial = read(given.trial)
    guarded = shares_of(trial, ON.name)
    arms = {str(surface): f"all but at {surface}" for surface in SURFACES}
    found = {name: planted(trial, guarded, arm) for name, arm in arms.items() if arm in arms_of(trial)}
    told = {**equal(guarded), "planted": found, **flooded(given.trial, trial)}
    print(json.dumps(told) if given.json else json.dumps(told, indent=2))


def equal(guarded: dict[str, Floats]) -> dict[str, object]:
    """Nothing differs: how often there is an alarm all the same."""
    rng, alarms = np.random.default_rng(1), 0
    runs = len(guarded["all"])
    for _ in range(REPETITIONS):
        order = rng.permutation(runs)
        first, then = order[: runs // 2], order[runs // 2 :]
        state = begin({name: shares[first] for name, shares in guarded.items()}, "", ON.name, RATE)
        state.take({name: shares[then] for name, shares in guarded.items()})
        alarms += bool(state.alarms)
    bound = proportion(alarms, REPETITIONS)
    return {"aa_alarms": alarms, "aa_repetitions": REPETITIONS, "aa_high": bound.high, "stated_rate": RATE}


def planted(trial: Written, guarded: dict[str, Floats], arm: str) -> dict[str, object]:
    """One surface's guard is off: after how many runs the alarm comes."""
    rng, after = np.random.default_rng(2), []
    worse = shares_of(trial, arm)
    bounds = begin(guarded, "", ON.name, RATE)
    for _ in range(PLANTED):
        drawn = rng.integers(0, len(worse["all"]), RUNS)
        state = begin({name: np.zeros((1, 1)) for name in guarded}, "", ON.name, RATE)
        for name, stream in state.streams.items():
            stream.bound = bounds.streams[name].bound
        state.take({name: shares[drawn] for name, shares in worse.items()})
        after.append(min(state.alarms.values(), default=None))
    found = [runs for runs in after if runs is not None]
    return {
        "found": len(found),
        "of": PLANTED,
        "median_runs": float(np.median(found)) if found else None,
        "most_runs": max(found, default=None),
    }


def flooded(folder: Path, trial: Written) -> dict[str, dict[str, float]]:
    """The borderline persona beside one who follows whatever is suggested, and where the former begins."""
    ground = invented_in(folder, trial.figures)
    platform = read_platform(ground.activity, ground.key)
    assert ground.truth is not None
    labels = by_truth(ground.truth, platform, ground.key)
    personas = (PERSONAS[0], INDIFFERENT)
    start = make_start(platform, labels, RUNS, 1, personas)
    recommender = local_recommenders(platform, 1, ("co-follow",))["co-follow"]
    tally = walk(Ground(platform, labels, personas), start, recommender, 1)
    high = peaks(tally)
    means = {one.name: round(float(high[tally.persona == number].mean()), 4) for number, one in enumerate(personas)}
    return {"flooded": means, "first": first(labels, start, recommender, high)}


def first(labels: Labels, start: Start, recommender: Local, high: Floats) -> dict[str, float]:
    """The neighbourhood of each borderline run's first seller, beside the run's highest share."""
    mine = start.persona[start.who] == 0
    seller = start.follows[mine]
    beside = recommender.ranking.related(NEIGHBOURS)[seller]
    there = beside >= 0
    near = beside[:, :NEAREST]
    risky = (labels.risky[np.maximum(near, 0)] & (near >= 0)).sum(axis=1) / np.maximum((near >= 0).sum(axis=1), 1)
    sizes = np.bincount(labels.network[labels.network >= 0])[labels.network[seller]]
    peak = high[start.who[mine]]
    return {
        "neighbours": round(float(there.sum(axis=1).mean()), 1),
        "risky_of_nearest": round(float(risky.mean()), 4),
        "peak_by_nearest": round(float(np.corrcoef(peak, risky)[0, 1]), 3),
        "peak_by_network": round(float(np.corrcoef(peak, sizes)[0, 1]), 3),
    }


if __name__ == "__main__":
    main()
