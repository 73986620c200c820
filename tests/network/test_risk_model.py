"""The risk model: what it learns from a few verdicts, and what it may never learn."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.special import logit
from sklearn.base import clone
from sklearn.metrics import average_precision_score
from sklearn.utils.estimator_checks import (
    check_get_params_invariance,
    check_no_attributes_set_in_init,
    check_parameters_default_constructible,
    check_set_params,
)

from seawall.network.label_features import FOLDS, LABELS, label_features, label_folds
from seawall.network.neighbours import Neighbours
from seawall.network.risk_model import RiskModel
from seawall.records.errors import BadInput

SIZE, RING = 1200, 120


def world(seed: int, told: float = 0.3) -> tuple[np.ndarray, csr_matrix, np.ndarray, np.ndarray]:
    """Attributes that tell `told` of the truth, a graph whose ring keeps together, the truth, and few labels."""
    rng = np.random.default_rng(seed)
    truth = (np.arange(SIZE) < RING).astype(int)
    ends = [rng.integers(0, SIZE, (2, 4 * SIZE)), rng.integers(0, RING, (2, 2 * RING))]
    one, other = np.concatenate(ends, axis=1)
    ties = csr_matrix((np.ones(2 * len(one), np.float32), (np.r_[one, other], np.r_[other, one])), shape=(SIZE, SIZE))
    ties.setdiag(0)
    ties.eliminate_zeros()
    ties.data[:] = 1
    attributes = rng.normal(size=(SIZE, 5)).astype(np.float32)
    attributes[:, 0] += told * truth
    y = np.full(SIZE, -1)
    for label, count in ((1, 30), (0, 120)):
        y[rng.permutation(np.flatnonzero(truth == label))[:count]] = label
    return attributes, ties, truth, y


def precision(model: RiskModel, x: np.ndarray, graph: csr_matrix, truth: np.ndarray, y: np.ndarray) -> float:
    rest = np.flatnonzero(y < 0)
    return average_precision_score(truth[rest], model.predict_proba(x, graph, rest)[:, 1])


def test_it_finds_the_ring_where_attributes_alone_do_not():
    x, graph, truth, y = world(1)
    with_graph = precision(RiskModel().fit(x, graph, y), x, graph, truth, y)
    alone = csr_matrix((SIZE, SIZE), dtype=np.float32)
    without = precision(RiskModel().fit(x, alone, y), x, alone, truth, y)
    assert with_graph > 0.6 > 0.3 > without


def test_it_trusts_attributes_where_the_graph_says_nothing():
    x, _, truth, y = world(2, told=4)
    _, unrelated, _, _ = world(3)
    shuffled = unrelated[np.random.default_rng(0).permutation(SIZE)][:, np.random.default_rng(0).permutation(SIZE)]
    assert precision(RiskModel().fit(x, shuffled, y), x, shuffled, truth, y) > 0.8


def test_shuffled_labels_give_chance():
    x, graph, truth, y = world(4)
    scores = []
    for seed in range(6):
        shuffled = y.copy()
        known = np.flatnonzero(y >= 0)
        shuffled[known] = np.random.default_rng(seed).permutation(y[known])
        scores.append(precision(RiskModel().fit(x, graph, shuffled), x, graph, truth, y))
    assert np.mean(scores) < 0.25


@given(st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_a_label_never_reaches_its_own_row(seed):
    rng = np.random.default_rng(seed)
    _, graph, _, y = world(5)
    y = y.astype(np.int8)
    folds, around, row = label_folds(y, seed), Neighbours.of(graph), int(rng.choice(np.flatnonzero(y >= 0)))
    turned = y.copy()
    turned[row] = 1 - y[row]
    before, after = label_features(around, y, folds)[row], label_features(around, turned, folds)[row]
    shares = [place for place, name in enumerate(LABELS) if "share" in name]
    # The base rate over all labels moves by one label in 150; nothing else may move.
    np.testing.assert_allclose(before[shares], after[shares], atol=0.01)
    others = [place for place in range(len(LABELS)) if place not in shares]
    np.testing.assert_allclose(before[others], after[others], atol=0.05)


def test_label_columns_count_the_known_beside():
    graph = csr_matrix(np.array([[0, 1, 1], [1, 0, 0], [1, 0, 0]], np.float32))
    y = np.array([-1, 1, 0], np.int8)
    row = dict(zip(LABELS, label_features(Neighbours.of(graph), y, label_folds(y, 0))[0], strict=True))
    assert row["known beside"] == pytest.approx(np.log(3))
    assert row["confirmed beside"] == pytest.approx(np.log(2))
    assert row["confirmed share beside"] == pytest.approx(0.5)


def test_confirmed_accounts_alone_lead_to_the_ring():
    _, graph, truth, y = world(6)
    seeds = np.where(y == 1, 1, -1)
    nothing = np.empty((SIZE, 0))
    model = RiskModel().fit(nothing, graph, seeds)
    assert model.positive_unlabelled_
    assert precision(model, nothing, graph, truth, seeds) > 4 * truth[seeds < 0].mean()


def test_contributions_sum_to_the_log_odds():
    x, graph, truth, y = world(7)
    rows = np.array([0, 5, 400, 1100])
    for labels in (y, truth):
        model = RiskModel().fit(x, graph, labels)
        parts = model.contributions(x, graph, rows)
        assert parts.shape == (4, len(model.feature_names_) + 1)
        np.testing.assert_allclose(parts.sum(axis=1), logit(model.predict_proba(x, graph, rows)[:, 1]), atol=2e-3)


def test_risks_mean_what_they_say():
    x, graph, truth, _ = world(8, told=2)
    known = np.random.default_rng(0).random(SIZE) < 0.5
    risk = RiskModel().fit(x, graph, np.where(known, truth, -1)).predict_proba(x, graph)[:, 1]
    rest = ~known
    assert risk[rest].mean() == pytest.approx(truth[rest].mean(), abs=0.03)
    high = rest & (risk > 0.5)
    assert risk[high].mean() == pytest.approx(truth[high].mean(), abs=0.15)


def test_it_errs_less_where_it_is_sure():
    x, graph, truth, _ = world(9, told=1)
    known = np.random.default_rng(0).random(SIZE) < 0.5
    model = RiskModel().fit(x, graph, np.where(known, truth, -1))
    rest = np.flatnonzero(~known)
    unsure = model.unsure(x, graph, rest)
    wrong = model.predict(x, graph, rest) != truth[rest]
    assert 0 < unsure.mean() < 0.5
    assert wrong[~unsure].mean() < wrong[unsure].mean()


def test_an_account_without_ties_leaves_it_unsure():
    x, graph, _, y = world(10)
    kept = csr_matrix(np.diag((np.arange(SIZE) < SIZE - 1).astype(np.float32)))
    graph, lonely = csr_matrix(kept @ graph @ kept), np.array([SIZE - 1])
    assert RiskModel().fit(x, graph, y).unsure(x, graph, lonely).all()


def test_the_same_input_gives_the_same_bits():
    x, graph, truth, y = world(11)
    for labels in (y, truth):
        first = RiskModel().fit(x, graph, labels).predict_proba(x, graph)
        assert (first == RiskModel().fit(x, graph, labels).predict_proba(x, graph)).all()


def test_new_accounts_may_follow_the_old_ones():
    x, graph, _, y = world(12)
    old = SIZE - 50
    model = RiskModel().fit(x[:old], graph[:old, :old], y[:old])
    assert model.predict_proba(x, graph).shape == (SIZE, 2)
    with pytest.raises(BadInput, match="same accounts"):
        model.predict_proba(x[:100], graph[:100, :100])


def test_a_heavier_weight_pulls_the_risk_its_way():
    x, graph, _, y = world(13)
    even = RiskModel().fit(x, graph, y).predict_proba(x, graph)[:, 1].mean()
    heavy = RiskModel().fit(x, graph, y, np.where(y == 1, 5.0, 1.0)).predict_proba(x, graph)[:, 1].mean()
    assert heavy > even


def test_nan_and_minus_one_both_say_not_known():
    x, graph, _, y = world(14)
    as_nan = RiskModel().fit(x, graph, np.where(y < 0, np.nan, y)).predict_proba(x, graph)
    assert (as_nan == RiskModel().fit(x, graph, y).predict_proba(x, graph)).all()


def test_sparse_attributes_say_what_dense_ones_say():
    x, graph, _, y = world(16)
    dense, sparse = (RiskModel().fit(form, graph, y).predict_proba(form, graph) for form in (x, csr_matrix(x)))
    assert (dense == sparse).all()


def test_it_survives_a_pickle():
    x, graph, _, y = world(15)
    model = RiskModel().fit(x, graph, y)
    again = pickle.loads(pickle.dumps(model))
    assert (again.predict_proba(x, graph) == model.predict_proba(x, graph)).all()


@pytest.mark.parametrize(
    "check",
    [
        check_get_params_invariance,
        check_set_params,
        check_parameters_default_constructible,
        check_no_attributes_set_in_init,
    ],
)
def test_it_keeps_scikit_learns_contract(check):
    check("RiskModel", RiskModel())


def test_a_clone_is_unfitted_and_alike():
    x, graph, _, y = world(16)
    model = RiskModel(random_state=3).fit(x, graph, y)
    fresh = clone(model)
    assert fresh.get_params() == model.get_params()
    assert not hasattr(fresh, "classes_")


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda x, g, y: (x[:-1], g, y), "one row of X an account"),
        (lambda x, g, y: (np.where(x > 2, np.nan, x), g, y), "nan"),
        (lambda x, g, y: (x, -g, y), "weights are zero or more"),
        (lambda x, g, y: (x, g, y[:-1]), "y is"),
        (lambda x, g, y: (x, g, np.where(y == 1, 2, y)), "1 confirmed, 0 cleared"),
        (lambda x, g, y: (x, g, np.where(y == 1, -1, y)), f"it takes {FOLDS} confirmed"),
    ],
)
def test_it_refuses_what_it_cannot_learn_from(spoil, told):
    x, graph, _, y = world(17)
    with pytest.raises(BadInput, match=told):
        RiskModel().fit(*spoil(x, graph, y))
