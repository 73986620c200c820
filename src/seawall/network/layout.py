"""Where to draw the members of a network: communities lie apart.

Springs and repulsion as Fruchterman and Reingold describe them (Software: Practice and Experience 21, 1991), every pair
counted, with the communities that Louvain finds held apart by weaker springs between them. scikit-network has force
layouts too; they walk accounts in Python and take over a hundred times as long for 2,000 accounts.
"""

from dataclasses import dataclass

import numba as nb
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sknetwork.clustering import Louvain

Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]

STEPS = 120
BETWEEN = 0.08
"""How strong a spring between two communities is, against one inside."""
PULL = 0.35
"""How strongly the middle holds everyone; without it, accounts that have no tie drift away."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """`points`, shape (shown, 2), in [0, 1]; `edges`, shape (lines, 2), places in them, weakest first."""

    points: Floats
    edges: Places


def drawing(shown: Places, edges: Places, weights: Floats, limit: int, seed: int = 0) -> Drawing:
    """A map of the members `shown`, with the `limit` strongest of the edges among them.

    `edges`: shape (m, 2), places of members; those with an end that is not shown are left out.
    """
    renumbered = np.full(max(int(shown.max(initial=-1)), int(edges.max(initial=-1))) + 1, -1, np.int64)
    renumbered[shown] = np.arange(len(shown))
    inner = renumbered[edges]
    among = (inner >= 0).all(axis=1) & (inner[:, 0] != inner[:, 1])
    inner, weights = inner[among], weights[among]
    drawn = np.argsort(-weights, kind="stable")[:limit][::-1]
    return Drawing(positions(len(shown), inner, weights, seed), inner[drawn])


def positions(size: int, edges: Places, weights: Floats, seed: int = 0) -> Floats:
    """Places on a map, shape (size, 2), both coordinates in [0, 1]; the same input and seed give the same map.

    `edges`: shape (m, 2), places of their ends; `weights`: shape (m,), above 0.
    """
    if size < 2:
        return np.full((size, 2), 0.5, np.float32)
    groups = _communities(size, edges, weights, seed)
    inside = groups[edges[:, 0]] == groups[edges[:, 1]]
    springs = np.where(inside, 1.0, BETWEEN) * np.minimum(weights / _middle(weights), 4.0)
    springs = (springs * (size / max(len(edges), size))).astype(np.float32)
    x, y = _start(groups, seed)
    ends = np.ascontiguousarray(edges.T, np.int64)
    _settle(x, y, ends[0], ends[1], springs, STEPS)
    return _fit(np.stack([x, y], axis=1))


def _communities(size: int, edges: Places, weights: Floats, seed: int) -> Places:
    if len(edges) == 0:
        return np.arange(size)
    both = np.concatenate([edges, edges[:, ::-1]])
    ties = csr_matrix((np.concatenate([weights, weights]), (both[:, 0], both[:, 1])), shape=(size, size))
    found: Places = Louvain(random_state=seed).fit_predict(ties).astype(np.int64)
    return found


def _middle(weights: Floats) -> float:
    return float(np.median(weights)) if len(weights) else 1.0


def _start(groups: Places, seed: int) -> tuple[Floats, Floats]:
    """A first place for everyone: near the place of their community."""
    rng = np.random.default_rng(seed)
    centres = rng.uniform(-1, 1, (int(groups.max()) + 1, 2))
    start = (centres[groups] + rng.uniform(-0.2, 0.2, (len(groups), 2))).astype(np.float32)
    return np.ascontiguousarray(start[:, 0]), np.ascontiguousarray(start[:, 1])


def _fit(points: Floats) -> Floats:
    """Shift and scale into the unit square, keeping proportions."""
    low, high = points.min(axis=0), points.max(axis=0)
    span = max(float((high - low).max()), 1e-9)
    fitted: Floats = ((points - (low + high) / 2) / span + 0.5).astype(np.float32)
    return np.clip(fitted, 0, 1)


@nb.njit(cache=True, error_model="numpy")
def _settle(x, y, sources, sinks, springs, steps):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Move everyone down the forces, less far at every step; `x`, `y` float32, shape (n,), changed in place."""
    n = len(x)
    ideal = np.float32(1.6 / np.sqrt(n))
    square = ideal * ideal
    force_x, force_y = np.empty_like(x), np.empty_like(y)
    for step in range(steps):
        for j in range(n):
            force_x[j] = -np.float32(PULL) * x[j]
            force_y[j] = -np.float32(PULL) * y[j]
        for i in range(n):
            here_x, here_y = x[i], y[i]
            # Summed by receiver, not by pair, and with no check for a zero divisor: so the inner loop vectorises as it
            # stands, and needs no reordering of sums that another machine would do otherwise.
            for j in range(n):
                away_x, away_y = x[j] - here_x, y[j] - here_y
                push = square / (away_x * away_x + away_y * away_y + np.float32(1e-5))
                force_x[j] += away_x * push
                force_y[j] += away_y * push
        for e in range(len(sources)):
            a, b = sources[e], sinks[e]
            along_x, along_y = x[b] - x[a], y[b] - y[a]
            pull = springs[e] * np.sqrt(along_x * along_x + along_y * along_y) / ideal
            force_x[a] += along_x * pull
            force_y[a] += along_y * pull
            force_x[b] -= along_x * pull
            force_y[b] -= along_y * pull
        reach = np.float32(0.15) * np.float32(1 - step / steps)
        for j in range(n):
            length = np.sqrt(force_x[j] * force_x[j] + force_y[j] * force_y[j]) + np.float32(1e-9)
            scale = min(length, reach) / length
            x[j] += force_x[j] * scale
            y[j] += force_y[j] * scale
