"""Small graphs, spelt out by number."""

from collections.abc import Iterable, Mapping

import numpy as np
from scipy.sparse import csr_matrix

from seawall.network.graph import THINGS, TIE_KINDS, Graph, binary

Pairs = Iterable[tuple[int, int]]


def matrix(pairs: Pairs, rows: int, columns: int) -> csr_matrix:
    table = np.array(list(pairs), np.int64).reshape(-1, 2)
    return binary(table[:, 0], table[:, 1], (rows, columns))


def small_graph(
    n: int,
    ties: Mapping[str, Pairs] | None = None,
    shares: Mapping[str, Pairs] | None = None,
    together: Pairs = (),
) -> Graph:
    """A graph of n accounts; ties, shares by kind and who acts together as pairs of numbers; 50 things a kind."""
    ties, shares = ties or {}, shares or {}
    return Graph(
        np.arange(n, dtype=np.uint64),
        {kind: matrix(ties.get(kind, ()), n, n) for kind in ("follow", *TIE_KINDS)},
        {thing: matrix(shares.get(thing, ()), n, 50) for thing in THINGS},
        matrix([pair for a, b in together for pair in ((a, b), (b, a))], n, n),
    )
