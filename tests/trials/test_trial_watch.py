"""A watch keeps its false-alarm rate and finds what has become worse."""

import numpy as np
import pytest

from seawall.trials.watch import RATE, STREAMS, begin, upper_bound

REPEATS = 200


def shares(rng, runs: int, mean: float = 0.01, worse: dict | None = None) -> dict:
    """Shares as trials have them: nine personas, skewed, some of them shown four times as much as others."""
    means = {name: (worse or {}).get(name, mean) * np.linspace(0.4, 1.6, 9) for name in STREAMS}
    return {name: rng.beta(0.3, 0.3 / value - 0.3, (runs, 9)) for name, value in means.items()}


def test_equal_trials_raise_no_more_alarms_than_stated():
    rng, alarms = np.random.default_rng(1), 0
    for _ in range(REPEATS):
        state = begin(shares(rng, 40), "b", "everything", RATE)
        state.take(shares(rng, 60))
        alarms += bool(state.alarms)
    assert alarms <= RATE * REPEATS


def test_a_surface_whose_guard_is_off_is_found_within_ten_runs():
    rng = np.random.default_rng(2)
    for _ in range(20):
        state = begin(shares(rng, 50), "b", "everything", RATE)
        state.take(shares(rng, 10, worse={"accounts": 0.15}))
        assert "accounts" in state.alarms


def test_an_alarm_stays():
    rng = np.random.default_rng(3)
    state = begin(shares(rng, 100), "b", "everything", RATE)
    state.take(shares(rng, 60, worse={"posts": 0.3}))
    first = state.alarms["posts"]
    state.take(shares(rng, 100))
    assert state.alarms["posts"] == first


@pytest.mark.parametrize("mean", [0.002, 0.02, 0.2])
def test_the_bound_is_passed_by_the_mean_no_more_often_than_stated(mean):
    rng = np.random.default_rng(4)
    passed = sum(upper_bound(rng.beta(0.3, 0.3 / mean - 0.3, (40, 9)), 0.05) < mean for _ in range(REPEATS))
    assert passed <= 0.05 * REPEATS


def test_more_runs_bring_the_bound_nearer():
    rng = np.random.default_rng(5)
    drawn = rng.beta(0.3, 15, (800, 9))
    assert upper_bound(drawn, 0.005) < upper_bound(drawn[:50], 0.005)
