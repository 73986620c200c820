"""Maps of networks: all on the page, apart, the same every time."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.network.layout import drawing, positions


def planted(size: int, groups: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Groups, edges and weights: four ties an account inside its group, one in twenty of them astray."""
    rng = np.random.default_rng(seed)
    group = np.arange(size) % groups
    source = np.repeat(np.arange(size), 4)
    inside = (rng.integers(0, size // groups, len(source)) * groups + group[source]) % size
    sink = np.where(rng.random(len(source)) < 0.05, rng.integers(0, size, len(source)), inside)
    apart = source != sink
    edges = np.stack([source[apart], sink[apart]], axis=1).astype(np.int64)
    return group, edges, rng.uniform(0.1, 2, len(edges)).astype(np.float32)


@pytest.mark.parametrize(("size", "groups"), [(60, 2), (400, 4), (2_000, 6)])
def test_communities_lie_apart(size, groups):
    group, edges, weights = planted(size, groups)
    points = positions(size, edges, weights)
    centres = np.stack([points[group == g].mean(axis=0) for g in range(groups)])
    within = np.linalg.norm(points - centres[group], axis=1).mean()
    between = np.linalg.norm(centres[:, None] - centres[None], axis=2)[np.triu_indices(groups, 1)]
    assert between.min() > 2 * within


@given(st.integers(0, 30), st.lists(st.tuples(st.integers(0, 29), st.integers(0, 29))), st.integers(0, 5))
@settings(max_examples=40, deadline=None)
def test_everyone_has_a_place_on_the_map(size, ends, seed):
    edges = np.array([pair for pair in ends if max(pair) < size], np.int64).reshape(-1, 2)
    points = positions(size, edges, np.ones(len(edges), np.float32), seed)
    assert points.shape == (size, 2)
    assert np.isfinite(points).all()
    assert ((points >= 0) & (points <= 1)).all()


def test_no_two_accounts_share_a_place():
    _, edges, weights = planted(400, 4)
    points = positions(400, edges, weights)
    assert len(np.unique(points.round(3), axis=0)) > 390


def test_the_same_input_gives_the_same_map():
    _, edges, weights = planted(200, 3)
    np.testing.assert_array_equal(positions(200, edges, weights, 7), positions(200, edges, weights, 7))
    assert (positions(200, edges, weights, 7) != positions(200, edges, weights, 8)).any()


def test_two_thousand_accounts_take_less_than_two_seconds():
    _, edges, weights = planted(2_000, 6)
    positions(10, edges[:0], weights[:0])
    start = time.process_time()
    positions(2_000, edges, weights)
    assert time.process_time() - start < 2


def test_it_draws_the_strongest_edges_weakest_first():
    edges = np.array([[0, 1], [1, 2], [2, 3], [3, 0]])
    sketch = drawing(np.arange(4), edges, np.array([0.9, 0.1, 0.5, 0.7], np.float32), 3)
    assert sketch.edges.tolist() == [[2, 3], [3, 0], [0, 1]]


def test_it_leaves_out_edges_to_those_not_shown():
    edges = np.array([[0, 1], [1, 2], [5, 2], [2, 2]])
    sketch = drawing(np.array([5, 2]), edges, np.ones(4, np.float32), 10)
    assert sketch.points.shape == (2, 2)
    assert sketch.edges.tolist() == [[0, 1]]


def test_it_draws_a_network_without_ties():
    sketch = drawing(np.arange(3), np.empty((0, 2), np.int64), np.empty(0, np.float32), 10)
    assert sketch.points.shape == (3, 2)
    assert len(sketch.edges) == 0
