"""Networks: accused accounts that belong together.

Ties among the accused alone, each worth more the fewer of them its ends have (a buyer of everyone joins nobody), and
strong ties where a rare link, avatar or file is shared, or where two act at the same moments again and again.
Communities by Louvain's modularity (Blondel et al., J. Stat. Mech. P10008, 2008) as scikit-network computes it, with a
fixed seed.
"""

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, diags
from sknetwork.clustering import Louvain

from seawall.network.graph import CROWD, Graph

TIE_WEIGHT = {"follow": 2.0, "message": 1.0, "comment": 1.0, "like": 0.5, "mention": 1.0, "share": 1.0}
SHARE_WEIGHT = {"link": 4.0, "avatar": 4.0, "media": 2.0}
TOGETHER_WEIGHT = 4.0
"""Acting at the same moments, again and again, is as strong a tie as a rare link."""

SMALLEST = 3
"""Fewer accounts than this make no network."""

Places = npt.NDArray[np.int64]


def ties_among(graph: Graph, accused: Places) -> csr_matrix:
    """Undirected weights among the accused, shape (len(accused), len(accused))."""
    n = len(accused)
    total = csr_matrix((n, n), dtype=np.float64)
    for kind, weight in TIE_WEIGHT.items():
        inner = graph.ties[kind][accused][:, accused]
        total = total + weight * (inner + inner.T)
    for thing, weight in SHARE_WEIGHT.items():
        total = total + weight * _shared(graph.shares[thing][accused])
    total = total + TOGETHER_WEIGHT * graph.together[accused][:, accused]
    total.setdiag(0)
    total.eliminate_zeros()
    degree = np.maximum(np.asarray(total.sum(axis=1)).ravel(), 1.0)
    scale = diags(1 / np.sqrt(degree))
    return csr_matrix(scale @ total @ scale)


def _shared(uses: csr_matrix) -> csr_matrix:
    holders = np.asarray((uses > 0).sum(axis=0)).ravel()
    rare = uses[:, np.flatnonzero((holders > 1) & (holders <= CROWD))]
    return rare @ rare.T


def communities(graph: Graph, accused: Places, seed: int) -> npt.NDArray[np.int64]:
    """The community of each accused account, -1 for those in none of `SMALLEST` or more; numbered by size."""
    if len(accused) < SMALLEST:
        return np.full(len(accused), -1)
    weights = ties_among(graph, accused)
    if weights.nnz == 0:
        return np.full(len(accused), -1)
    found = Louvain(random_state=seed, resolution=1.0).fit_predict(weights)
    alone = np.asarray(weights.sum(axis=1)).ravel() == 0
    found = np.where(alone, -1, found)
    return _by_size(found)


def _by_size(found: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    sizes = np.bincount(found[found >= 0])
    order = np.argsort(-sizes, kind="stable")
    rank = np.empty(len(sizes), np.int64)
    rank[order] = np.arange(len(sizes))
    small = sizes < SMALLEST
    return np.array([-1 if label < 0 or small[label] else rank[label] for label in found], np.int64)
