"""Test accounts walk, with and without a guard."""

import numpy as np
import pytest

from running import KEY
from seawall.guard.library import Guard
from seawall.trials.guards import publish_truth
from seawall.trials.measures import peaks
from seawall.trials.personas import BORDERLINE, PERSONAS
from seawall.trials.recommenders.base import SURFACES, Surface
from seawall.trials.shield import ACCOUNTS, TERMS, Shield
from seawall.trials.start import make_start
from seawall.trials.tally import NEVER
from seawall.trials.walk import Ground, walk

RUNS = 12
NAMES = [persona.name for persona in PERSONAS]


@pytest.fixture(scope="module")
def ground(platform, truth):
    return Ground(platform, truth, steps=30)


@pytest.fixture(scope="module")
def start(platform, truth):
    return make_start(platform, truth, RUNS, 1)


@pytest.fixture(scope="module")
def guard(platform, truth, tmp_path_factory):
    folder = tmp_path_factory.mktemp("truth") / "guard"
    publish_truth(folder, platform, truth, KEY)
    with Guard.open(folder, KEY) as opened:
        yield opened


@pytest.fixture(scope="module")
def off(ground, start, recommenders):
    return walk(ground, start, recommenders["co-follow"], 1)


def shield(guard, platform, surfaces=SURFACES):
    return Shield(guard, frozenset(surfaces), frozenset({TERMS, ACCOUNTS}), platform.accounts, platform.tags)


def test_the_same_seed_walks_the_same_way(ground, start, recommenders, off):
    again = walk(ground, start, recommenders["co-follow"], 1)
    for name in off.__dataclass_fields__:
        assert (getattr(again, name) == getattr(off, name)).all(), name


def test_another_seed_walks_another_way(ground, start, recommenders, off):
    other = walk(ground, start, recommenders["co-follow"], 2)
    assert (other.minutes != off.minutes).mean() > 0.9


def test_the_borderline_persona_is_flooded_and_a_fan_is_not(off):
    of = {name: peaks(off)[off.persona == NAMES.index(name)].mean() for name in (BORDERLINE, "fan")}
    assert of[BORDERLINE] > 1 / 3
    assert of["fan"] < 0.1


def test_a_guard_that_knows_the_truth_leaves_no_risky_item(ground, start, recommenders, guard, platform):
    guarded = shield(guard, platform), ground.viewers(KEY, start)
    on = walk(ground, start, recommenders["co-follow"], 1, guarded)
    assert on.risky.sum() == 0
    assert (on.first_step == NEVER).all()
    assert on.shown.sum() > 1000
    assert on.withheld.sum() <= 0.005 * on.own_items.sum()


def test_a_surface_that_is_not_guarded_still_leaks(ground, start, recommenders, guard, platform, off):
    guarded = shield(guard, platform, set(SURFACES) - {Surface.ACCOUNTS}), ground.viewers(KEY, start)
    on = walk(ground, start, recommenders["co-follow"], 1, guarded)
    leak = SURFACES.index(Surface.ACCOUNTS)
    assert on.risky[:, leak].sum() > 0.2 * off.risky[:, leak].sum()
    assert np.delete(on.risky, leak, axis=1).sum() == 0


def test_a_child_is_suggested_nobody(ground, start, recommenders, guard, platform):
    on = walk(ground, start, recommenders["co-follow"], 1, (shield(guard, platform), ground.viewers(KEY, start)))
    child = on.persona == NAMES.index("child")
    assert on.items[child, SURFACES.index(Surface.ACCOUNTS)].sum() == 0
    assert on.young_withheld[child].sum() > 0


def test_first_exposures_are_told_by_step_item_and_minute(off):
    met = off.first_step != NEVER
    assert met.any()
    assert (off.first_items[met] >= 1).all()
    assert (off.first_minute[met] <= off.minutes[met]).all()
    assert ((off.exposures > 0) == met).all()


def test_nothing_is_counted_twice(off):
    assert (off.risky <= off.items).all()
    assert off.introduced.sum() == off.shown.sum()
    assert off.exposure.sum() == off.exposures.sum()
    assert (off.flood_items.sum(axis=1) <= off.items[:, [2, 3]].sum(axis=1)).all()
