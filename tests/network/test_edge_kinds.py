"""Kinds of tie: which ones the labels say to follow."""

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.metrics import average_precision_score

from seawall.network.edge_kinds import combined, edge_kind_weights
from seawall.network.propagate import lift

SIZE, RING = 800, 80


def undirected(one: np.ndarray, other: np.ndarray) -> csr_matrix:
    graph = csr_matrix((np.ones(2 * len(one), np.float32), (np.r_[one, other], np.r_[other, one])), shape=(SIZE, SIZE))
    graph.data[:] = 1
    return graph


def kinds(seed: int) -> tuple[dict[str, csr_matrix], np.ndarray, np.ndarray]:
    """One kind keeps the ring together, another joins anyone with anyone."""
    rng = np.random.default_rng(seed)
    telling = np.concatenate([rng.integers(0, RING, (2, 300)), rng.integers(RING, SIZE, (2, 2000))], axis=1)
    truth = (np.arange(SIZE) < RING).astype(np.int8)
    y = np.full(SIZE, -1, np.int8)
    y[rng.permutation(RING)[:20]] = 1
    y[RING + rng.permutation(SIZE - RING)[:80]] = 0
    return {"contact": undirected(*telling), "view": undirected(*rng.integers(0, SIZE, (2, 6000)))}, y, truth


def test_the_telling_kind_counts_most():
    graphs, y, _ = kinds(1)
    weights = edge_kind_weights(graphs, y)
    assert weights["contact"] == 1
    assert weights["view"] < 0.3


def test_learnt_weights_lead_to_more_of_the_ring():
    graphs, y, truth = kinds(2)
    seeds, rest = (y == 1).astype(np.float32), np.flatnonzero(y < 0)
    learnt = lift(combined(graphs, edge_kind_weights(graphs, y)), seeds)[rest]
    even = lift(combined(graphs, dict.fromkeys(graphs, 1.0)), seeds)[rest]
    assert average_precision_score(truth[rest], learnt) > average_precision_score(truth[rest], even) + 0.1


def test_without_cleared_accounts_all_kinds_count_the_same():
    graphs, y, _ = kinds(3)
    assert edge_kind_weights(graphs, np.where(y == 0, -1, y)) == {"contact": 1.0, "view": 1.0}


def test_kinds_are_scaled_before_they_are_summed():
    graphs, _, _ = kinds(4)
    loud = {**graphs, "view": graphs["view"] * np.float32(100)}
    same = combined(graphs, {"contact": 1.0, "view": 0.5}) - combined(loud, {"contact": 1.0, "view": 0.5})
    assert np.abs(same.data).max(initial=0) < 1e-4
