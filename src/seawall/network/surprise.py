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


@dataclass(frozen=True, slots=True)
class Circles:
    """A soft set of accounts and how it falls into circles.

    `members` (n,) holds each one's membership in [0, 1]; `places` lists the members circle by circle, and circle `c`
    is `places[starts[c] : starts[c + 1]]`.
    """

    members: Floats
    places: Places
    starts: Places

    @classmethod
    def one(cls, members: Floats) -> "Circles":
        """The whole set as a single circle."""
        places = np.flatnonzero(members)
        return cls(members, places, np.array([0, len(places)]))

    @classmethod
    def of(cls, members: Floats, circle: npt.NDArray[np.int64]) -> "Circles":
        """A set whose members belong to circles numbered from 0; `circle` (n,) is read where `members` is not 0."""
        places = np.flatnonzero(members)
        order = np.argsort(circle[places], kind="stable")
        count = int(circle[places].max(initial=0)) + 1
        starts = np.searchsorted(circle[places][order], np.arange(count + 1))
        return cls(members, places[order], starts)


def ties_to(side: Side, circles: Circles) -> Ties:
    """Ties to a soft set; their surprise is the larger of that of the whole set and that of its best circle.

    Many ties into one circle are no chance where as many spread over all circles well may be; the best of C circles
    is found by chance C times as often, so the logarithm of C is taken off (a Bonferroni bound).
    """
    n = len(side.degree)
    tied, weighed, best = np.zeros(n, np.float32), np.zeros(n, np.float32), np.zeros(n, np.float32)
    reached = side.reached
    places = _count(
        (reached.indptr, reached.indices, reached.data),
        (circles.places, circles.starts, circles.members),
        side.degree,
        (tied, weighed, best),
    )
    return Ties(places, weighed[places], best[places], tied[places] / side.degree[places])


@nb.njit(cache=True)
def _count(ties, circles, degree, found):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Add each member's membership to all that are tied to it, circle by circle, and keep the most surprising sum.

    Returns who is tied to any member, in order.
    """
    indptr, indices, weights = ties
    places, starts, members = circles
    tied, weighed, best = found
    inside = np.zeros(len(tied), np.float32)
    touched = np.empty(len(tied), np.int64)
    many = np.log(np.float32(len(starts) - 1))
    total = max(len(indices), 1)
    everything = np.float32(0)
    for circle in range(len(starts) - 1):
        count = 0
        volume = np.float32(0)
        for place in places[starts[circle] : starts[circle + 1]]:
            volume += members[place] * np.float32(indptr[place + 1] - indptr[place])
            for tie in range(indptr[place], indptr[place + 1]):
                account = indices[tie]
                if inside[account] == 0:
                    touched[count] = account
                    count += 1
                inside[account] += members[place]
                weighed[account] += members[place] * weights[tie]
        everything += volume
        for account in touched[:count]:
            there = inside[account]
            expected = max(degree[account] * volume / total, np.float32(1e-9))
            tied[account] += there
            inside[account] = 0
            if there > expected:
                ratio = there * np.log(there / expected) - (there - expected) - many
                best[account] = max(best[account], ratio)
    count = 0
    for account in range(len(tied)):
        if tied[account] == 0:
            continue
        touched[count] = account
        count += 1
        expected = max(degree[account] * everything / total, np.float32(1e-9))
        if tied[account] > expected:
            ratio = tied[account] * np.log(tied[account] / expected) - (tied[account] - expected)
            best[account] = max(best[account], ratio)
    return touched[:count].copy()


def shared_with(sharing: Sharing, members: Floats) -> Floats:
    """How strongly each account shares rare things with members of a soft set, (n,), without its own membership."""
    total: Floats = sharing.uses @ (sharing.weight * (sharing.holders @ members))
    return np.maximum(total - members * sharing.reach, 0)
