"""Networks: groups of the accused, held together by ties or rare things."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from small_graph import small_graph

from seawall.network.communities import SMALLEST, communities


def ring(*accounts: int) -> list[tuple[int, int]]:
    return [(a, b) for a in accounts for b in accounts if a != b]


def test_two_groups_without_ties_between_are_two_networks():
    graph = small_graph(12, {"follow": ring(0, 1, 2, 3) + ring(6, 7, 8)})
    found = communities(graph, np.array([0, 1, 2, 3, 6, 7, 8]), 0)
    assert found.tolist() == [0, 0, 0, 0, 1, 1, 1]


def test_a_rare_link_holds_accounts_together_without_a_tie():
    graph = small_graph(10, shares={"link": [(0, 5), (1, 5), (2, 5)]})
    assert len(set(communities(graph, np.array([0, 1, 2]), 0))) == 1


def test_acting_at_the_same_moments_holds_accounts_together_without_a_tie():
    graph = small_graph(10, together=ring(0, 1, 2))
    assert len(set(communities(graph, np.array([0, 1, 2]), 0))) == 1


def test_ties_of_the_unaccused_make_no_network():
    graph = small_graph(10, {"follow": ring(4, 5, 6)})
    assert communities(graph, np.array([0, 1, 2]), 0).tolist() == [-1, -1, -1]


def test_two_accounts_are_no_network():
    graph = small_graph(10, {"follow": ring(0, 1)})
    assert SMALLEST == 3
    assert communities(graph, np.array([0, 1]), 0).tolist() == [-1, -1]
    assert communities(graph, np.array([0, 1, 5]), 0).tolist() == [-1, -1, -1]


def test_nobody_accused_is_no_network():
    assert len(communities(small_graph(5), np.array([], np.int64), 0)) == 0


@settings(max_examples=30, deadline=None)
@given(st.sets(st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda p: p[0] != p[1])))
def test_networks_are_numbered_by_size_and_the_same_each_time(pairs):
    graph, accused = small_graph(12, {"follow": pairs}), np.arange(12)
    found = communities(graph, accused, 0)
    sizes = np.bincount(found[found >= 0]).tolist()
    assert sizes == sorted(sizes, reverse=True)
    assert all(size >= SMALLEST for size in sizes)
    assert found.tolist() == communities(graph, accused, 0).tolist()
