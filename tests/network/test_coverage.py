"""A run is unsure where its decision may well be wrong, and is less often wrong where it is sure."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from seawall.network.coverage import STEPS, Coverage, confidence, unsure

RISKS = hnp.arrays(np.float64, st.integers(1, 60), elements=st.floats(0, 1))


def test_a_risk_near_a_half_is_unsure_on_both_sides():
    risk = np.array([0.05, 0.4, 0.6, 0.97])
    assert unsure(risk, risk > 0.5).tolist() == [False, True, True, False]


def test_a_high_risk_on_too_little_evidence_to_flag_is_unsure():
    assert unsure(np.array([0.95]), np.array([False])).all()


def test_the_surest_decisions_come_first():
    risk, flagged = np.array([0.99, 0.55, 0.02, 0.45]), np.array([True, True, False, False])
    found = Coverage.of(risk, flagged, np.array([True, False, False, True]))
    assert [error for _, error in found.curve] == [0, 0, 1 / 3, 1 / 2]
    assert (found.sure, found.error_when_sure, found.error) == (2, 0.0, 0.5)


def test_calibrated_risks_are_less_often_wrong_where_a_run_is_sure():
    rng = np.random.default_rng(0)
    risk = rng.random(4_000)
    found = Coverage.of(risk, risk > 0.5, rng.random(4_000) < risk)
    assert found.error_when_sure < 0.12 < 0.2 < found.error
    errors = [error for _, error in found.curve]
    assert errors[2] < errors[9] < errors[-1]


def test_nothing_found_is_nothing_to_be_sure_of():
    found = Coverage.of(np.empty(0), np.empty(0, bool), np.empty(0, bool))
    assert (found.share, found.error, found.curve) == (None, None, ())
    assert found.lines() == ["coverage         no finding"]


@given(RISKS, st.integers(0, 2**32 - 1))
def test_the_curve_ends_at_everything_and_at_the_error_of_all(risk, seed):
    flagged, hidden = np.random.default_rng(seed).random((2, len(risk))) < 0.5
    found = Coverage.of(risk, flagged, hidden)
    share, error = found.curve[-1]
    assert (share, error) == (1.0, found.error)
    assert len(found.curve) == min(STEPS, len(risk))
    assert ((confidence(risk, flagged) >= 0) & (confidence(risk, flagged) <= 1)).all()
