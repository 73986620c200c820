"""How surprising it is that an account has so many ties to a set.

A celebrity has ties to everyone, so counts say little. Under the null hypothesis an account's ties fall on a set as
often as all ties do (a degree-corrected Poisson model: Karrer and Newman, Phys. Rev. E 83, 016107, section III); the
log-likelihood ratio of what is there against that says how far chance is from explaining it.
"""

from dataclasses import dataclass

import numba as nb
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Ties:
    """Ties to one soft set, of the accounts that have any: `places` (k,) in order, the others of shape (k,).

    `count` sums memberships by the weight of each tie; `surprise`, in nats, counts every pair once, since what two
    accounts do again and again is one acquaintance; `share` is of all ties that the account has.
    """

    places: Places
    count: Floats
    surprise: Floats
    share: Floats


@dataclass(frozen=True, slots=True)
class Side:
    """One direction of one kind of tie, laid out so that ties to a small set cost what that set has.

    `reached` (columns, n) is the transpose of the ties; `degree` (n,) counts each row's.
    """

    reached: csr_matrix
    degree: Floats

    @classmethod
    def of(cls, matrix: csr_matrix, transposed: csr_matrix) -> "Side":
        """The side of a matrix of ties (n, columns), row to column; `transposed` is its transpose."""
        return cls(transposed, np.diff(matrix.indptr).astype(np.float32))


@dataclass(frozen=True, slots=True)
class Sharing:
    """Who shares things that few others have: things of 2 to `crowd` accounts, by account and by holder."""

    uses: csr_matrix
    holders: csr_matrix
    weight: Floats
    reach: Floats

    @classmethod
    def of(cls, uses: csr_matrix, crowd: int) -> "Sharing":
        """What a 0/1 matrix (accounts, things) ties; a thing's weight falls with the number of its other holders."""
        holders = np.bincount(uses.indices, minlength=uses.shape[1])
        few = np.flatnonzero((holders > 1) & (holders <= crowd))
        rare = uses[:, few]
        weight = (1 / np.sqrt((holders[few] - 1).astype(np.float32))).astype(np.float32)
        return cls(rare, rare.T.tocsr(), weight, rare @ weight)


def surprise(count: Floats, expected: Floats) -> Floats:
    """Poisson log-likelihood ratio of `count` against `expected`, in nats; 0 where there are fewer than expected."""
    count64, expected64 = count.astype(np.float64), np.maximum(expected.astype(np.float64), 1e-9)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = count64 * np.log(count64 / expected64) - (count64 - expected64)
    return np.where(count64 > expected64, ratio, 0.0).astype(np.float32)


def ties_to(side: Side, members: Floats) -> Ties:
    """Ties to a soft set; `members` (columns,) holds each one's membership in [0, 1]."""
    tied = np.zeros(len(side.degree), np.float32)
    weighed = np.zeros(len(side.degree), np.float32)
    falls = _count(side.reached.indptr, side.reached.indices, side.reached.data, members, tied, weighed)
    places = np.flatnonzero(tied)
    tied, degree = tied[places], side.degree[places]
    rate = falls / max(side.reached.nnz, 1)
    return Ties(places, weighed[places], surprise(tied, degree * np.float32(rate)), tied / degree)


@nb.njit(cache=True)
def _count(indptr, indices, weights, members, tied, weighed):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Add each member's membership to all that are tied to it, members in order: what a product by rows would sum.

    Returns the sum over all ties, in one order whatever the machine, so that equal input gives equal bytes.
    """
    falls = 0.0
    for member in range(len(members)):
        if members[member] != 0:
            falls += np.float64(members[member]) * (indptr[member + 1] - indptr[member])
            for tie in range(indptr[member], indptr[member + 1]):
                tied[indices[tie]] += members[member]
                weighed[indices[tie]] += members[member] * weights[tie]
    return falls


def shared_with(sharing: Sharing, members: Floats) -> Floats:
    """How strongly each account shares rare things with members of a soft set, (n,), without its own membership."""
    total: Floats = sharing.uses @ (sharing.weight * (sharing.holders @ members))
    return np.maximum(total - members * sharing.reach, 0)
