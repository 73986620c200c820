"""Two trials are told apart where they differ, and not where they do not."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from seawall.records.errors import BadInput
from seawall.trials.compare import compare
from seawall.trials.results import Written

PLAN = {"personas": {"a": "x"}, "recommenders": ["r"], "steps": 10, "seed": 1}


def trial(seed: int, share: float, runs: int = 200, **plan: object) -> Written:
    """A trial of one persona: a hundred items a walk, of which about `share` are risky."""
    rng = np.random.default_rng(seed)
    walks = {
        "arm": ["everything"] * runs,
        "persona": ["a"] * runs,
        "run": np.arange(runs),
        "shown": np.full(runs, 100),
        "exposures": rng.binomial(100, share, runs),
        "own_items": np.full(runs, 100),
        "withheld": np.zeros(runs, np.int64),
    }
    figures = {"plan": {**PLAN, "seed": seed, **plan}, "platform": {"fingerprint": "f"}}
    return Written(Path(f"trial-{seed}"), figures, pa.table(walks))


def test_fewer_risky_items_are_better_and_more_are_worse():
    assert compare(trial(1, 0.1), trial(2, 0.05))[0].verdict == "better"
    assert compare(trial(1, 0.05), trial(2, 0.1))[0].verdict == "worse"


def test_equal_trials_cannot_be_told_apart_and_it_says_how_many_runs_would_tell():
    one = compare(trial(1, 0.05, 20), trial(2, 0.05, 20))[0]
    assert one.verdict == "cannot tell"
    assert one.would_tell > 20
    assert f"{one.would_tell:,} runs would tell" in one.line()


def test_it_says_where_a_difference_worth_telling_would_have_shown():
    a = trial(1, 0.05)
    one = compare(a, a)[0]
    assert one.would_tell is None
    assert "a difference of 0.2% would have shown" in one.line()


def test_equal_trials_are_told_apart_no_more_often_than_stated():
    wrong = sum(
        compare(trial(2 * n, 0.05, 60), trial(2 * n + 1, 0.05, 60))[0].verdict != "cannot tell" for n in range(200)
    )
    assert wrong <= 20  # one in twenty is stated; twice that has a chance below one in a thousand


def test_the_same_test_accounts_are_paired():
    a, b = trial(1, 0.05), trial(1, 0.05)
    paired = compare(a, b)[0]
    assert paired.paired
    assert (paired.low, paired.high) == (0, 0)


def test_it_refuses_trials_of_other_personas():
    with pytest.raises(BadInput, match="personas"):
        compare(trial(1, 0.1), trial(2, 0.1, personas={"b": "y"}))


def test_it_names_the_arms_there_are():
    with pytest.raises(BadInput, match="everything"):
        compare(trial(1, 0.1), trial(2, 0.1), "nothing of that name")
