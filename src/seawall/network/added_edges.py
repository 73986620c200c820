"""Add a day's ties to a graph without sorting it anew."""

from typing import Any

import numba as nb
import numpy as np
from scipy.sparse import csr_matrix


@nb.njit(cache=True, nogil=True)
def _merge_rows(
    a_ptr: Any, a_ids: Any, a_weights: Any, b_ptr: Any, b_ids: Any, b_weights: Any, ptr: Any, ids: Any, weights: Any
) -> None:
    to = np.uint64(0)
    one = np.uint64(1)
    for row in range(np.uint64(ptr.size - 1)):
        i, i_stop, j, j_stop = np.uint64(0), np.uint64(0), np.uint64(0), np.uint64(0)
        if row + one < np.uint64(a_ptr.size):
            i, i_stop = np.uint64(a_ptr[row]), np.uint64(a_ptr[row + one])
        if row + one < np.uint64(b_ptr.size):
            j, j_stop = np.uint64(b_ptr[row]), np.uint64(b_ptr[row + one])
        # Most rows gain nothing, and their remainder after the last new tie is copied as it stands.
        while j < j_stop:
            if i < i_stop and a_ids[i] < b_ids[j]:
                ids[to], weights[to] = a_ids[i], a_weights[i]
                i += one
            elif i >= i_stop or b_ids[j] < a_ids[i]:
                ids[to], weights[to] = b_ids[j], b_weights[j]
                j += one
            else:
                ids[to], weights[to] = a_ids[i], a_weights[i] + b_weights[j]
                i += one
                j += one
            to += one
        for k in range(i_stop - i):
            ids[to + k], weights[to + k] = a_ids[i + k], a_weights[i + k]
        to += i_stop - i
        ptr[row + one] = to


def with_edges(graph: csr_matrix, added: csr_matrix) -> csr_matrix:
    """`graph + added`, where either may hold more accounts than the other; a tie in both gets the sum of its weights.

    Both float32 CSR; unsorted ones are sorted in place. One pass over both: memory for the result only.
    """
    graph.sort_indices()
    added.sort_indices()
    size = max(graph.shape[0], added.shape[0])
    room = graph.nnz + added.nnz
    kind = graph.indices.dtype if room < np.iinfo(graph.indices.dtype).max else np.dtype(np.int64)
    ptr, ids, weights = np.zeros(size + 1, kind), np.empty(room, kind), np.empty(room, np.float32)
    _merge_rows(graph.indptr, graph.indices, graph.data, added.indptr, added.indices, added.data, ptr, ids, weights)
    used = int(ptr[-1])
    merged = csr_matrix((weights[:used], ids[:used], ptr), shape=(size, size))
    merged.has_sorted_indices = True
    return merged
