"""Intervals cover what they should, against published and computed values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from seawall.trials.calibration import calibrate
from seawall.trials.intervals import proportion, score, upper_bound


def test_wilson_gives_the_textbook_interval():
    # Newcombe 1998, table I: 81 of 263 and 0 of 20
    one, none = proportion(81, 263), proportion(0, 20)
    assert (round(one.low, 4), round(one.high, 4)) == (0.2553, 0.3662)
    assert (none.low, round(none.high, 4)) == (0, 0.1611)


@given(st.integers(1, 500).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_the_upper_bound_leaves_five_in_a_hundred(case: tuple[int, int]):
    hits, of = case
    bound = upper_bound(hits, of)
    assert hits / of <= bound <= 1
    if hits < of:
        assert stats.binom.cdf(hits, of, bound) == pytest.approx(0.05, abs=1e-6)


def test_nothing_of_nothing_is_not_a_share():
    assert proportion(0, 0).share is None
    assert upper_bound(0, 0) == 1


def test_the_rule_of_three_holds():
    assert upper_bound(0, 3000) == pytest.approx(0.001, rel=0.01)


def test_an_undefined_score_is_none():
    assert score(float("nan"), np.zeros(3)).value is None


def test_calibrated_risks_have_slope_one_and_no_error():
    rng = np.random.default_rng(0)
    risk = rng.beta(0.4, 2.0, 40_000)
    hidden = rng.random(40_000) < risk
    told = calibrate(rng, risk, hidden, np.ones(40_000, bool))
    assert told.slope.low < 1 < told.slope.high
    assert told.ece.value < 0.02
    assert 0.1 < told.brier_skill.value < 0.9


def test_boastful_risks_have_a_slope_below_one():
    rng = np.random.default_rng(0)
    honest = rng.beta(2, 2, 20_000)
    hidden = rng.random(20_000) < honest
    boast = honest**3 / (honest**3 + (1 - honest) ** 3)
    told = calibrate(rng, boast, hidden, np.ones(20_000, bool))
    assert told.slope.value == pytest.approx(1 / 3, abs=0.03)
    assert told.ece.value > 0.08
