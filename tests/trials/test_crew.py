"""A trial is carried out by one process or by several."""

import os
from dataclasses import fields
from functools import partial

import numpy as np
import pytest

from running import KEY
from seawall.guard.library import Guard
from seawall.records.errors import Unavailable
from seawall.trials.arms import OFF, TRUTH
from seawall.trials.crew import Task, crew
from seawall.trials.guards import publish_truth
from seawall.trials.kit import Kit
from seawall.trials.personas import PERSONAS
from seawall.trials.plan import ROUND, Plan
from seawall.trials.trial import Trial
from seawall.trials.walk import Ground

PLAN = Plan(2, 1, recommenders=("co-follow", "session"), personas=PERSONAS[:2], arms=(OFF, TRUTH), steps=8)


@pytest.fixture(scope="module")
def guards(platform, truth, tmp_path_factory):
    folder = tmp_path_factory.mktemp("truth") / "guard"
    publish_truth(folder, platform, truth, KEY)
    return {"truth": partial(Guard.open, folder, KEY)}


@pytest.fixture(scope="module")
def outcomes(platform, truth, guards):
    """The plan carried out by one process and by two, each with what was told of its progress."""
    both = []
    for processes in (1, 2):
        told = []
        trial = Trial(platform, truth, KEY, guards, PLAN, processes, lambda _, done, told=told: told.append(done))
        both.append((trial.carry_out(), told))
    return both


def _equal(one, other):
    return all(np.array_equal(getattr(one, f.name), getattr(other, f.name), equal_nan=True) for f in fields(one))


def test_two_processes_count_what_one_does(outcomes):
    one, two = (outcome for outcome, _ in outcomes)
    assert list(one.walks) == list(two.walks)
    assert all(_equal(tally, two.walks[name]) for name, tally in one.walks.items())
    assert all(_equal(cost, two.costs[arm]) for arm, cost in one.costs.items())
    assert all(np.array_equal(near, two.near[arm]) for arm, near in one.near.items())
    assert len(one.seconds["truth"]) == len(two.seconds["truth"]) > 0
    assert one.versions == two.versions
    assert one.failures == two.failures == {"truth": 0}


def test_progress_reaches_the_end_with_any_number_of_processes(outcomes):
    assert [sum(told) for _, told in outcomes] == [PLAN.work, PLAN.work]


def _killed() -> Guard:
    os._exit(1)


def test_a_process_that_is_killed_ends_the_trial_with_advice(platform, truth):
    kit = Kit(Ground(platform, truth), KEY, {"truth": _killed}, PLAN)
    with crew(kit, 2, lambda *_: None) as hands, pytest.raises(Unavailable, match="--processes 1"):
        hands.carry_out([Task(TRUTH, "co-follow", 0)])


def test_later_rounds_walk_the_main_guards_alone():
    plan = Plan(2 * ROUND + 1)
    assert plan.rounds() == [ROUND, ROUND, 1]
    assert len(plan.arms_of(0)) > len(plan.arms_of(1)) == 3
    assert plan.work == (len(plan.arms) + 2 * 3) * 4 + len(plan.arms)
