"""How surprising it is that an account has so many ties to a set.

A celebrity has ties to everyone, so counts say little. Under the null hypothesis an account's ties fall on a set as
often as all ties do (a degree-corrected Poisson model: Karrer and Newman, Phys. Rev. E 83, 016107, section III); the
log-likelihood ratio of what is there against that says how far chance is from explaining it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Ties:
    """Ties of every account to one soft set: `count` (n,), `surprise` (n,) in nats, `share` (n,) of all its ties."""

    count: Floats
    surprise: Floats
    share: Floats


def surprise(count: Floats, expected: Floats) -> Floats:
    """Poisson log-likelihood ratio of `count` against `expected`, in nats; 0 where there are fewer than expected."""
    count64, expected64 = count.astype(np.float64), np.maximum(expected.astype(np.float64), 1e-9)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = count64 * np.log(count64 / expected64) - (count64 - expected64)
    return np.where(count64 > expected64, ratio, 0.0).astype(np.float32)


def ties_to(matrix: csr_matrix, members: Floats) -> Ties:
    """Ties of each row to a soft set of columns; `members` (columns,) holds each one's membership in [0, 1].

    A member's own row is not in its set: no account is evidence against itself, since there are no self ties.
    """
    count: Floats = matrix @ members
    degree = np.diff(matrix.indptr).astype(np.float32)
    popularity = np.bincount(matrix.indices, minlength=matrix.shape[1]).astype(np.float32)
    rate = float(popularity @ members) / max(float(popularity.sum()), 1.0)
    return Ties(count, surprise(count, degree * np.float32(rate)), count / np.maximum(degree, 1))


def shared_with(matrix: csr_matrix, transposed: csr_matrix, members: Floats, crowd: int) -> Floats:
    """How strongly each account shares things with members of a soft set, shape (n,), without its own membership.

    A thing on more than `crowd` accounts ties nobody; a thing's weight falls with the number of its other holders.
    """
    holders = np.diff(transposed.indptr).astype(np.float32)
    weight = np.where((holders > 1) & (holders <= crowd), 1 / np.sqrt(np.maximum(holders - 1, 1)), 0).astype(np.float32)
    own = members * (matrix @ weight)
    total: Floats = matrix @ (weight * (transposed @ members))
    others: Floats = np.maximum(total - own, 0)
    return others
