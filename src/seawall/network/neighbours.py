"""Means over an account's neighbours, eight columns at a time."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from seawall.network.gather import WIDTH, all_ones, receive_block

Floats = NDArray[np.float32]

_UNSIGNED = {4: np.uint32, 8: np.uint64}


@dataclass(frozen=True)
class Neighbours:
    """Who is beside whom in an undirected graph; ties count by log(1 + weight), so that no single tie drowns others.

    `degree` [n]: how many ties; `strength` [n]: their summed weight, where a tie of weight one counts one.
    """

    indptr: NDArray[Any]
    indices: NDArray[Any]
    weights: Floats | None
    degree: Floats
    strength: Floats

    @classmethod
    def of(cls, graph: csr_matrix) -> "Neighbours":
        """From a symmetric CSR matrix [n, n] with weights of zero or more."""
        degree = np.diff(graph.indptr).astype(np.float32)
        data = np.asarray(graph.data, np.float32)
        indptr = graph.indptr.view(_UNSIGNED[graph.indptr.dtype.itemsize])
        indices = graph.indices.view(_UNSIGNED[graph.indices.dtype.itemsize])
        if all_ones(data):
            return cls(indptr, indices, None, degree, degree)
        weights = np.asarray(np.log1p(data) / np.float32(np.log(2)), np.float32)
        ends = np.concatenate([[0.0], np.cumsum(weights, dtype=np.float64)])[graph.indptr]
        return cls(indptr, indices, weights, degree, np.diff(ends).astype(np.float32))

    def means(self, columns: Floats) -> Floats:
        """The weighted mean over neighbours of each column, [n, k] as given; 0 without a neighbour."""
        size, width = columns.shape
        out = np.empty((size, width), np.float32)
        block = np.empty((size, WIDTH), np.float32)
        for first in range(0, width, WIDTH):
            part = columns[:, first : first + WIDTH]
            packed = np.zeros((size, WIDTH), np.float32)
            packed[:, : part.shape[1]] = part
            self.step(packed, None, 1.0, block)
            out[:, first : first + WIDTH] = block[:, : part.shape[1]]
        return out

    def sums(self, column: Floats) -> Floats:
        """The weighted sum over neighbours of one column [n]."""
        return self.means(column[:, None])[:, 0] * self.strength

    def step(self, block: Floats, restart: Floats | None, damping: float, out: Floats) -> None:
        """`out = damping * means(block) + restart`, all [n, WIDTH]; in place (`out is block`) it sweeps in order."""
        size = len(self.degree)
        share = np.divide(np.float32(damping), self.strength, out=np.zeros(size, np.float32), where=self.strength > 0)
        begun = None if restart is None else restart.ravel()
        receive_block(self.indptr, self.indices, self.weights, block.ravel(), begun, share, None, 0, size, out.ravel())
