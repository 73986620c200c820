"""Propagation: what a walk from the seeds sees, and how the answer is kept up to date."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix, random_array

from seawall.network.added_edges import with_edges
from seawall.network.propagate import lift, personalised_pagerank, updated_pagerank
from seawall.records.errors import BadInput


def ties(seed: int, size: int = 60, density: float = 0.06, weighted: bool = False) -> csr_matrix:
    """An undirected graph of random ties; some accounts stay without any."""
    rng = np.random.default_rng(seed)
    upper = csr_matrix(random_array((size, size), density=density, rng=rng, dtype=np.float32), dtype=np.float32)
    upper.setdiag(0)
    upper.eliminate_zeros()
    if not weighted:
        upper.data[:] = 1
    return csr_matrix(upper.maximum(upper.T))


def some_seeds(seed: int, size: int = 60, columns: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    seeds = (rng.random((size, columns)) < 0.1).astype(np.float32)
    seeds[rng.integers(size), :] = 1
    return seeds


def solved(graph: csr_matrix, seeds: np.ndarray, damping: float = 0.85) -> np.ndarray:
    """The fixed point by dense linear algebra in float64."""
    dense = graph.toarray().astype(float)
    given = dense.sum(axis=0)
    step = np.where(given > 0, dense / np.where(given > 0, given, 1), np.eye(len(dense)))
    restart = seeds / seeds.sum(axis=0)
    return np.linalg.solve(np.eye(len(dense)) - damping * step, (1 - damping) * restart)


graphs = st.builds(ties, st.integers(0, 10**6), weighted=st.booleans(), density=st.sampled_from([0.01, 0.05, 0.2]))


@given(graphs, st.integers(0, 10**6), st.sampled_from([1, 3, 8, 11]))
@settings(max_examples=40, deadline=None)
def test_it_converges_to_the_solution_of_the_linear_system(graph, seed, columns):
    seeds = some_seeds(seed, columns=columns)
    ranks = personalised_pagerank(graph, seeds, iterations=200)
    assert ranks.dtype == np.float32
    np.testing.assert_allclose(ranks, solved(graph, seeds), atol=2e-6)


@given(graphs, st.integers(0, 10**6))
@settings(max_examples=20, deadline=None)
def test_ranks_sum_to_one_after_any_number_of_steps(graph, seed):
    for iterations in (0, 1, 7):
        ranks = personalised_pagerank(graph, some_seeds(seed, columns=2), iterations=iterations)
        np.testing.assert_allclose(ranks.sum(axis=0), 1, atol=1e-5)


@given(graphs, st.integers(0, 10**6))
@settings(max_examples=20, deadline=None)
def test_ranks_are_linear_in_the_seeds(graph, seed):
    one, other = some_seeds(seed), some_seeds(seed + 1)
    mixed = personalised_pagerank(graph, (one / one.sum() + other / other.sum()) / 2)
    apart = (personalised_pagerank(graph, one) + personalised_pagerank(graph, other)) / 2
    np.testing.assert_allclose(mixed, apart, atol=1e-6)


def test_several_seed_sets_at_once_equal_one_by_one():
    graph, seeds = ties(3, weighted=True), some_seeds(4, columns=10)
    together = personalised_pagerank(graph, seeds)
    for column in range(10):
        np.testing.assert_allclose(together[:, column], personalised_pagerank(graph, seeds[:, column]), atol=1e-6)


@pytest.mark.parametrize("columns", [1, 8])
def test_threads_do_not_change_a_bit(columns):
    graph, seeds = ties(5, 500), some_seeds(6, 500, columns)
    alone = personalised_pagerank(graph, seeds)
    assert (alone == personalised_pagerank(graph, seeds, threads=3)).all()
    assert (alone == personalised_pagerank(graph, seeds)).all()


def test_it_stops_early_within_the_tolerance():
    graph, seeds = ties(7, 500), some_seeds(8, 500)
    ranks = personalised_pagerank(graph, seeds, iterations=1000, tolerance=1e-3)
    assert 1e-7 < np.abs(ranks - solved(graph, seeds)).sum() <= 1e-3


def test_a_warm_start_is_nearer_than_a_cold_one():
    graph, seeds = ties(9, 500), some_seeds(10, 500)
    before = personalised_pagerank(with_edges(graph, ties(11, 500, 0.001)), seeds, iterations=100)
    truth = solved(graph, seeds)
    warm = personalised_pagerank(graph, seeds, iterations=3, start=before)
    cold = personalised_pagerank(graph, seeds, iterations=3)
    assert np.abs(warm - truth).sum() < np.abs(cold - truth).sum() / 5


@given(st.integers(0, 10**6), st.sampled_from([1, 5]), st.sampled_from([0, 9]))
@settings(max_examples=30, deadline=None)
def test_an_update_equals_a_full_run(seed, columns, newcomers):
    graph = ties(seed, 100, 0.04)
    added = ties(seed + 1, 100 + newcomers, 0.003)
    seeds = some_seeds(seed + 2, 100 + newcomers, columns)
    seeds[0] = 1
    previous = personalised_pagerank(graph, seeds[:100], iterations=100)
    merged, ranks = updated_pagerank(graph, added, previous, seeds, tolerance=1e-4)
    assert (merged.toarray() == with_edges(graph, added).toarray()).all()
    assert np.abs(ranks - solved(merged, seeds)).sum(axis=0).max() <= 1e-4


@given(st.integers(0, 10**6), st.integers(1, 4), st.floats(0.0, 0.3))
@settings(max_examples=60, deadline=None)
def test_an_update_settles_also_where_rings_keep_to_themselves(seed, links, density):
    rng = np.random.default_rng(seed)
    blocks = np.zeros((120, 120), np.float32)
    for first in range(0, 120, 40):
        blocks[first : first + 40, first : first + 40] = ties(seed + first, 40, 0.05 + density).toarray()
    across = rng.integers(0, 120, (2, links))
    blocks[across[0], across[1]] = blocks[across[1], across[0]] = 1
    graph, added = csr_matrix(blocks), ties(seed + 9, 120, 0.001)
    seeds = some_seeds(seed, 120)
    previous = solved(graph, seeds).astype(np.float32)
    merged, ranks = updated_pagerank(graph, added, previous, seeds, tolerance=1e-4)
    assert np.abs(ranks - solved(merged, seeds)).sum() <= 1e-4


@given(st.integers(0, 10**6), st.integers(0, 10**6))
@settings(max_examples=20, deadline=None)
def test_merging_ties_adds_the_matrices(first, second):
    one, other = ties(first, 40, weighted=True), ties(second, 50, weighted=True)
    padded = np.zeros((50, 50), np.float32)
    padded[:40, :40] = one.toarray()
    np.testing.assert_array_equal(with_edges(one, other).toarray(), padded + other.toarray())
    np.testing.assert_array_equal(with_edges(other, one).toarray(), padded + other.toarray())


def test_a_directed_tie_passes_rank_one_way():
    graph = csr_matrix((np.ones(1, np.float32), ([1], [0])), shape=(2, 2))
    there = personalised_pagerank(graph, np.array([1, 0], np.float32), iterations=100)
    back = personalised_pagerank(graph, np.array([0, 1], np.float32), iterations=100)
    np.testing.assert_allclose(there, [0.15, 0.85], atol=1e-6)
    np.testing.assert_allclose(back, [0, 1], atol=1e-6)


def test_lift_is_one_when_everyone_is_a_seed_and_high_beside_a_seed():
    graph = ties(11, 300, 0.02)
    np.testing.assert_allclose(lift(graph, np.ones(300, np.float32)), 1, atol=1e-5)
    seeds = np.zeros(300, np.float32)
    seeds[int(graph.indices[0])] = 1
    beside = lift(graph, seeds)[graph[int(graph.indices[0])].indices]
    assert (beside > 1).all()


def test_it_works_on_graphs_with_wide_indices():
    graph, seeds = ties(12), some_seeds(13, columns=8)
    wide = csr_matrix(graph)
    wide.indptr, wide.indices = graph.indptr.astype(np.int64), graph.indices.astype(np.int64)
    np.testing.assert_array_equal(personalised_pagerank(wide, seeds), personalised_pagerank(graph, seeds))


@pytest.mark.parametrize("seeds", [np.zeros(60), np.full(60, np.nan), -np.ones(60), np.ones(59)])
def test_it_refuses_seeds_that_mean_nothing(seeds):
    with pytest.raises(BadInput, match=r"[Ss]eed"):
        personalised_pagerank(ties(1), seeds.astype(np.float32))
