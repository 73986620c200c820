"""Personalised PageRank: what a walk from the seeds sees of everyone.

The walk (Haveliwala, "Topic-sensitive PageRank", WWW 2002): with probability `damping` it passes a tie, chosen in
proportion to its weight, else it starts again at a seed. An account with no tie to pass on keeps what it has, so
that ranks always sum to one and are linear in the seeds. The loops work on rank per unit of strength: the graph is
read as it is, never normalised or copied.

A graph is a float32 CSR matrix [n, n]; row i lists the accounts that i receives from. An undirected graph is
symmetric; to walk along directed ties given as (from, to), pass the transposed matrix as CSR.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from seawall.network.added_edges import with_edges
from seawall.network.gather import WIDTH, all_ones, column_sums, largest_change, receive_block, receive_one
from seawall.records.errors import BadInput

Floats = NDArray[np.float32]

MOST_SWEEPS = 200
"""float32 settles long before; the bound only keeps a hopeless tolerance from looping."""

SCALED_SWEEPS = 3
"""After these, sums are right to a part in a thousand, and sweeps are left to converge by themselves."""

CAUTION = 4
"""What is left after a sweep is estimated, not bounded: it is taken to be this many times more."""

FEW = 0.1
"""Where no more than this share of accounts is a seed or has no tie to pass on, these are seen to after each step."""

_UNSIGNED = {4: np.uint32, 8: np.uint64}


def personalised_pagerank(
    graph: csr_matrix,
    seeds: Floats,
    *,
    damping: float = 0.85,
    iterations: int = 20,
    tolerance: float = 0.0,
    start: Floats | None = None,
    threads: int = 1,
) -> Floats:
    """The rank of every account, float32 [n] or [n, k] as the seeds; every column sums to one.

    `seeds`: weights >= 0, [n] or [n, k], one column a seed set; each is scaled to sum to one.
    `tolerance`: stop early once no column can lie further than this from the fixed point, as a sum of absolute
    differences (0: take every iteration). `start`: ranks to begin from, as an earlier run returned them.
    The result does not depend on `threads`. Raises BadInput where a column holds no seed or shapes differ.
    """
    columns = seeds.reshape(len(seeds), -1)
    _check(graph, columns, start)
    walk = _Walk.over(graph, damping, threads)
    ranks = np.empty(columns.shape, np.float32)
    begin = columns if start is None else start.reshape(columns.shape)
    for first in range(0, columns.shape[1], WIDTH):
        part = slice(first, first + WIDTH)
        ranks[:, part] = walk.walked(columns[:, part], begin[:, part], iterations, tolerance)
    return ranks.reshape(seeds.shape)


def updated_pagerank(
    graph: csr_matrix,
    added: csr_matrix,
    previous: Floats,
    seeds: Floats,
    *,
    damping: float = 0.85,
    tolerance: float = 1e-4,
) -> tuple[csr_matrix, Floats]:
    """The graph with a day's ties, and the ranks on it, found from the ranks before.

    `added` holds the new ties alone and may hold new accounts after the old ones; `previous` are the ranks on
    `graph`, `seeds` [m] or [m, k] are those for the larger of both. The ranks lie within `tolerance` (sum of
    absolute differences of a column) of what a full run on the merged graph converges to, as estimated from how fast
    the changes shrink, with a fourfold margin.

    Every account is set from the newest ranks of its neighbours, in place (Gauss-Seidel), which needs about half
    the passes of a full run; the order matters, so one thread does it.
    """
    merged = with_edges(graph, added)
    columns, start = seeds.reshape(len(seeds), -1), np.zeros(seeds.shape, np.float32)
    start[: len(previous)] = previous
    _check(merged, columns, start)
    walk, ranks = _Walk.over(merged, damping, 1), np.empty(columns.shape, np.float32)
    begin = start.reshape(columns.shape)
    for first in range(0, columns.shape[1], WIDTH):
        part = slice(first, first + WIDTH)
        ranks[:, part] = walk.settled(columns[:, part], begin[:, part], tolerance)
    return merged, ranks.reshape(seeds.shape)


def lift(graph: csr_matrix, seeds: Floats, *, damping: float = 0.85, iterations: int = 20, threads: int = 1) -> Floats:
    """Rank from the seeds over rank from everyone, [n] or [n, k]: above one, an account is nearer than by chance.

    What a hub gains by being near to all, it also gains in the denominator.
    """
    columns = seeds.reshape(len(seeds), -1)
    everyone = np.ones((len(columns), 1), np.float32)
    ranks = personalised_pagerank(
        graph, np.hstack([columns, everyone]), damping=damping, iterations=iterations, threads=threads
    )
    return np.asarray(ranks[:, :-1] / ranks[:, -1:], np.float32).reshape(seeds.shape)


@dataclass(frozen=True)
class _Walk:
    """What every step needs: the graph, and by account the damping over strength and what stays."""

    indptr: NDArray[Any]
    indices: NDArray[Any]
    weights: Floats | None
    strength: Floats
    share: Floats
    stays: Floats
    damping: float
    bounds: list[int]

    @classmethod
    def over(cls, graph: csr_matrix, damping: float, threads: int) -> "_Walk":
        weights = _weights(graph)
        strength = _strength(graph, weights)
        stuck = strength <= 0
        strength[stuck] = 1
        stays = np.where(stuck, np.float32(damping), np.float32(0))
        cuts = np.searchsorted(graph.indptr, np.linspace(0, graph.nnz, threads + 1)[1:-1])
        bounds = [0, *(int(cut) for cut in cuts), graph.shape[0]]
        indptr, indices = _unsigned(graph.indptr), _unsigned(graph.indices)
        return cls(indptr, indices, weights, strength, np.float32(damping) / strength, stays, damping, bounds)

    def walked(self, seeds: Floats, begin: Floats, iterations: int, tolerance: float) -> Floats:
        """Ranks [n, k] after at most so many steps, for at most `WIDTH` seed sets."""
        lanes, now, restart = self._vectors(seeds, begin)
        after = np.empty_like(now)
        special = self._special(restart.reshape(-1, lanes))
        with ThreadPoolExecutor(len(self.bounds) - 1) as pool:
            for _ in range(iterations):
                self._step(pool, now, restart, lanes, after, special)
                now, after = after, now
                if tolerance and self._near(after, now, lanes, tolerance):
                    break
        return self._ranks(now, lanes, seeds.shape[1])

    def settled(self, seeds: Floats, begin: Floats, tolerance: float) -> Floats:
        """Ranks [n, k] within `tolerance` of the fixed point, for at most `WIDTH` seed sets."""
        lanes, now, restart = self._vectors(seeds, begin)
        # An account that keeps its rank solves its own equation at once.
        restart.reshape(-1, lanes)[:] /= (1 - self.stays)[:, None]
        alone = replace(self, share=self.share / (1 - self.stays))
        changes = [np.inf, np.inf]
        for sweep in range(MOST_SWEEPS):
            before = now.copy()
            alone._rows(now, restart, lanes, now, 0, len(self.strength), None)
            changes.append(largest_change(before, now, self.strength, lanes))
            if _left_over(changes, self.damping) <= tolerance:
                break
            if sweep < SCALED_SWEEPS:
                self._scale_to_one(now.reshape(-1, lanes))
        return self._ranks(now, lanes, seeds.shape[1])

    def _scale_to_one(self, block: Floats) -> None:
        """Give every column of rank per strength the sum it must have, the slowest thing that sweeps would mend."""
        totals = self.strength @ block
        block /= np.where(totals > 0, totals, 1)

    def _vectors(self, seeds: Floats, begin: Floats) -> tuple[int, Floats, Floats]:
        lanes = 1 if seeds.shape[1] == 1 else WIDTH
        now = self._packed(begin, lanes)
        restart = self._packed(seeds, lanes)
        restart *= np.float32(1 - self.damping)
        return lanes, now, restart

    def _packed(self, columns: Floats, lanes: int) -> Floats:
        """Columns scaled to sum to one, per unit of strength, node-major, padded to `lanes`, flat."""
        packed = np.zeros((len(columns), lanes), np.float32)
        used = packed[:, : columns.shape[1]]
        used[:] = columns
        used /= np.sum(columns, axis=0, dtype=np.float64).astype(np.float32)
        used /= self.strength[:, None]
        return packed.ravel()

    def _ranks(self, packed: Floats, lanes: int, width: int) -> Floats:
        ranks = packed.reshape(-1, lanes)
        ranks *= self.strength[:, None]
        return ranks[:, :width]

    def _near(self, before: Floats, after: Floats, lanes: int, tolerance: float) -> bool:
        """Whether the fixed point lies within `tolerance`: what is left is a geometric series in the damping."""
        change = largest_change(before, after, self.strength, lanes)
        return bool(change * self.damping <= tolerance * (1 - self.damping))

    def _special(self, restart: Floats) -> NDArray[np.int64] | None:
        """The accounts that receive more than their neighbours give, None where these are many."""
        found = np.flatnonzero((self.stays > 0) | restart.any(axis=1))
        return found if len(found) <= FEW * len(restart) else None

    def _step(
        self,
        pool: ThreadPoolExecutor,
        now: Floats,
        restart: Floats,
        lanes: int,
        out: Floats,
        special: NDArray[np.int64] | None,
    ) -> None:
        """One step; `special` rows alone start again or keep what they have, where these are few."""
        dense = special is None

        def part(first: int, stop: int) -> None:
            self._rows(now, restart if dense else None, lanes, out, first, stop, self.stays if dense else None)

        # `list` waits for the threads and raises what they raised.
        list(pool.map(part, self.bounds[:-1], self.bounds[1:]))
        if special is not None:
            before, more, after = (vector.reshape(-1, lanes) for vector in (now, restart, out))
            after[special] += self.stays[special, None] * before[special] + more[special]

    def _rows(
        self,
        now: Floats,
        restart: Floats | None,
        lanes: int,
        out: Floats,
        first: int,
        stop: int,
        stays: Floats | None,
    ) -> None:
        kernel = receive_one if lanes == 1 else receive_block
        kernel(self.indptr, self.indices, self.weights, now, restart, self.share, stays, first, stop, out)


def _left_over(changes: list[float], damping: float) -> float:
    """The distance to the fixed point, from how fast the last sweeps' changes shrank, never faster than measured."""
    if changes[-1] == 0:
        return 0.0
    if not np.isfinite(changes[-3]):
        return np.inf
    rate = min(max(changes[-1] / changes[-2], changes[-2] / changes[-3]), damping)
    return min(CAUTION * rate / (1 - rate), damping / (1 - damping)) * changes[-1]


def _check(graph: csr_matrix, seeds: Floats, start: Floats | None) -> None:
    if graph.shape != (len(seeds), len(seeds)):
        raise BadInput(
            f"The graph is {graph.shape} and the seeds have {len(seeds)} rows; give one seed row an account."
        )
    if start is not None and start.size != seeds.size:
        raise BadInput(f"The start has {start.shape} values and the seeds {seeds.shape}; give the shape of the seeds.")
    totals = seeds.sum(axis=0)
    if not np.isfinite(totals).all() or (totals <= 0).any() or (seeds < 0).any():
        raise BadInput(
            f"Seed sets sum to {totals.tolist()}; every one needs weights of zero or more and at least one above zero."
        )


def _weights(graph: csr_matrix) -> Floats | None:
    data = np.asarray(graph.data, np.float32)
    return None if all_ones(data) else data


def _strength(graph: csr_matrix, weights: Floats | None) -> Floats:
    total = np.zeros(graph.shape[0], np.uint32 if weights is None else np.float64)
    column_sums(_unsigned(graph.indices), weights, total)
    return total.astype(np.float32)


def _unsigned(ids: NDArray[Any]) -> NDArray[Any]:
    """The same memory read as unsigned: signed indices cost a test for negative ones at every entry."""
    return ids.view(_UNSIGNED[ids.dtype.itemsize])
