"""The inner loops of propagation: what each account receives."""

from typing import Any

import numba as nb
import numpy as np
from numpy.typing import NDArray

from seawall.network.prefetch import prefetch

WIDTH = 8
"""Seed sets that walk together: eight float32 fill one vector register and half a cache line."""

AHEAD = np.uint64(32)
"""How many entries ahead a block is asked for; 16 and 64 were slower."""

BLOCK = 4096
"""So many weights are looked at before it is asked whether one of them was not one."""

_ONE, _WIDTH = np.uint64(1), np.uint64(WIDTH)


@nb.njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def receive_one(
    indptr: Any,
    indices: Any,
    weights: Any,
    rank: Any,
    restart: Any,
    share: Any,
    stays: Any,
    first: int,
    stop: int,
    out: Any,
) -> None:
    """One step of the walk for the rows `first` to `stop`, one seed set; `weights` may be None (all one).

    `restart` and `stays` may be None where nothing is to be added: they are as large as the ranks and mostly nought.
    """
    for row in range(np.uint64(first), np.uint64(stop)):
        total = np.float32(0)
        for entry in range(np.uint64(indptr[row]), np.uint64(indptr[row + _ONE])):
            if weights is None:
                total += rank[np.uint64(indices[entry])]
            else:
                total += weights[entry] * rank[np.uint64(indices[entry])]
        total *= share[row]
        if stays is not None:
            total += stays[row] * rank[row]
        if restart is not None:
            total += restart[row]
        out[row] = total


@nb.njit(cache=True, nogil=True, fastmath={"contract"})
def receive_block(
    indptr: Any,
    indices: Any,
    weights: Any,
    rank: Any,
    restart: Any,
    share: Any,
    stays: Any,
    first: int,
    stop: int,
    out: Any,
) -> None:
    """The same step for `WIDTH` seed sets; vectors are node-major: account i holds elements 8i to 8i + 7."""
    last = np.uint64(indices.size - 1)
    for row in range(np.uint64(first), np.uint64(stop)):
        a = b = c = d = e = f = g = h = np.float32(0)
        for entry in range(np.uint64(indptr[row]), np.uint64(indptr[row + _ONE])):
            soon: Any = min(entry + AHEAD, last)
            prefetch(rank, np.uint64(indices[soon]) * _WIDTH)
            at = np.uint64(indices[entry]) * _WIDTH
            w = np.float32(1) if weights is None else weights[entry]
            a += w * rank[at]
            b += w * rank[at + np.uint64(1)]
            c += w * rank[at + np.uint64(2)]
            d += w * rank[at + np.uint64(3)]
            e += w * rank[at + np.uint64(4)]
            f += w * rank[at + np.uint64(5)]
            g += w * rank[at + np.uint64(6)]
            h += w * rank[at + np.uint64(7)]
        own = row * _WIDTH
        for lane, total in enumerate((a, b, c, d, e, f, g, h)):
            at = own + np.uint64(lane)
            received = share[row] * total
            if stays is not None:
                received += stays[row] * rank[at]
            if restart is not None:
                received += restart[at]
            out[at] = received


@nb.njit(cache=True, nogil=True)
def column_sums(indices: Any, weights: Any, out: Any) -> None:
    """Add to `out` what each account gives away in total; `weights` None counts, best into a small integer type."""
    for entry in range(np.uint64(indices.size)):
        if weights is None:
            out[np.uint64(indices[entry])] += np.uint32(1)
        else:
            out[np.uint64(indices[entry])] += np.float64(weights[entry])


@nb.njit(cache=True, nogil=True)
def all_ones(weights: NDArray[np.float32]) -> bool:
    """Whether every tie weighs one, so that the weights need not be read."""
    for first in range(0, weights.size, BLOCK):
        others = 0
        # No way out of the inner loop: one that may stop anywhere is not vectorised.
        for weight in weights[first : first + BLOCK]:
            others += weight != np.float32(1)
        if others:
            return False
    return True


@nb.njit(cache=True, nogil=True)
def largest_change(before: Any, after: Any, strength: Any, lanes: int) -> float:
    """The largest L1 distance over seed sets between two vectors of rank per unit of strength."""
    change = np.zeros(lanes)
    for row in range(np.uint64(strength.size)):
        for lane in range(np.uint64(lanes)):
            at = row * np.uint64(lanes) + lane
            change[lane] += strength[row] * abs(np.float64(after[at]) - np.float64(before[at]))
    return float(change.max())
