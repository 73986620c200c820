"""Surprise: nothing at or below expectation, ever more above it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_graph import matrix

from seawall.network.surprise import Circles, Sharing, Side, shared_with, surprise, ties_to

COUNTS = st.floats(0, 1e4, width=32)
EXPECTED = st.floats(2**-10, 1e4, width=32)


def one(count: float, expected: float) -> float:
    return float(surprise(np.array([count], np.float32), np.array([expected], np.float32))[0])


@given(EXPECTED, st.floats(0, 1))
def test_at_or_below_expectation_nothing_surprises(expected, part):
    assert one(expected * part, expected) == pytest.approx(0, abs=1e-4 * expected)


@given(COUNTS, COUNTS, EXPECTED)
def test_more_is_never_less_surprising(a, b, expected):
    assert one(min(a, b), expected) <= one(max(a, b), expected) + 1e-6


@given(COUNTS, EXPECTED, EXPECTED)
def test_the_more_is_expected_the_less_surprises(count, a, b):
    assert one(count, max(a, b)) <= one(count, min(a, b)) + 1e-6


def test_it_is_the_likelihood_ratio_of_poisson_counts():
    assert one(10, 2) == pytest.approx(10 * np.log(5) - 8)


def test_ties_where_none_were_expected_are_finite():
    assert np.isfinite(one(1000, 0))


@st.composite
def webs(draw):
    n = draw(st.integers(2, 9))
    pairs = draw(st.sets(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda p: p[0] != p[1])))
    members = draw(st.lists(st.floats(0, 1, width=16), min_size=n, max_size=n))
    return n, pairs, np.array(members, np.float32)


def ties(pairs, members: np.ndarray):
    """Ties to a soft set, spelt out for every account: (count, share, surprise)."""
    n = len(members)
    web = matrix(pairs, n, n)
    found = ties_to(Side.of(web, web.T.tocsr()), Circles.one(members))
    out = np.zeros((n, 3))
    out[found.places] = np.stack([found.count, found.share, found.surprise], axis=1)
    return out


@given(webs())
def test_ties_to_a_set_agree_with_counting_one_by_one(web):
    n, pairs, members = web
    dense = np.zeros((n, n))
    for row, column in pairs:
        dense[row, column] = 1
    rate = (dense.sum(axis=0) @ members) / max(dense.sum(), 1)
    count, degree = dense @ members, dense.sum(axis=1)
    expected = [one(count[row], degree[row] * rate) if count[row] else 0 for row in range(n)]
    found = ties(pairs, members)
    assert found[:, 0] == pytest.approx(count, abs=1e-5)
    assert found[:, 1] == pytest.approx(count / np.maximum(degree, 1), abs=1e-5)
    assert found[:, 2] == pytest.approx(expected, abs=1e-3)


def test_weights_count_and_do_not_surprise():
    web = matrix([(0, 2), (1, 3), (0, 4)], 5, 5)
    web.data[:] = [4, 1, 1]
    found = ties_to(Side.of(web, web.T.tocsr()), Circles.one(np.array([0, 0, 1, 1, 0], np.float32)))
    assert found.places.tolist() == [0, 1]
    assert found.count.tolist() == [4, 1]
    assert found.share.tolist() == [0.5, 1]


def test_a_celebrity_with_many_ties_surprises_less_than_a_regular():
    fans = [(0, other) for other in range(2, 40)]
    found = ties([*fans, (1, 2), (1, 3), (1, 4)], np.array([0, 0, *[1] * 3, *[0] * 35], np.float32))
    assert found[0, 0] == found[1, 0] == 3
    assert found[1, 2] > found[0, 2]


@st.composite
def uses(draw):
    n = draw(st.integers(2, 8))
    pairs = draw(st.sets(st.tuples(st.integers(0, n - 1), st.integers(0, 5))))
    return n, pairs, np.array(draw(st.lists(st.sampled_from([0, 0.5, 1]), min_size=n, max_size=n)), np.float32)


@given(uses(), st.integers(2, 4))
def test_sharing_leaves_out_oneself_and_crowds(case, crowd):
    n, pairs, members = case
    found = shared_with(Sharing.of(matrix(pairs, n, 6), crowd), members)
    for row in range(n):
        total = 0.0
        for thing in {t for r, t in pairs if r == row}:
            holders = [r for r, t in pairs if t == thing]
            if 1 < len(holders) <= crowd:
                total += sum(members[r] for r in holders if r != row) / np.sqrt(len(holders) - 1)
        assert found[row] == pytest.approx(total, abs=1e-5)


def test_ties_into_one_circle_surprise_more_than_as_many_spread_over_all():
    n = 400
    rng = np.random.default_rng(0)
    web = matrix([(i, int(j)) for i in range(100, n) for j in rng.choice(100, 4)], n, n)
    members = np.zeros(n, np.float32)
    members[:20] = 1
    circle = np.arange(n) // 4 % 5
    side = Side.of(web, web.T.tocsr())
    circles = ties_to(side, Circles.of(members, circle))
    whole = ties_to(side, Circles.one(members))
    assert (circles.places == whole.places).all()
    assert (circles.surprise >= whole.surprise - 1e-5).all()
    assert (circles.surprise > whole.surprise + 0.5).any()
