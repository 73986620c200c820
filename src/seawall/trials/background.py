"""A real follow graph as the ordinary life of an invented world.

Its accounts are the innocents, its communities (Louvain, Blondel et al. 2008, applied again to large ones) their
circles. Hidden accounts are added: each borrows the neighbourhood of an account that is there.
"""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
from scipy import sparse
from sknetwork.clustering import Louvain

from seawall.records.errors import BadInput
from seawall.trials.draws import Groups, Ints, Rng, chance
from seawall.trials.graph import Pairs
from seawall.trials.habits import Habits

LARGEST_CIRCLE = 250


def read_edges(path: Path, accounts: int) -> Pairs:
    """Edges among the first `accounts` nodes, numbered from 0 in the order of a walk outwards from a busy node."""
    try:
        table = pacsv.read_csv(path)
        one, two = (table.column(i).cast(pa.int64()).to_numpy() for i in range(2))
    except (OSError, pa.ArrowInvalid, IndexError) as error:
        raise BadInput(
            f"{path} is no list of follow edges: {error}. Give a CSV with a header and two whole numbers a row."
        ) from error
    if len(one) == 0:
        raise BadInput(f"{path} holds no edge. Give a CSV with a header and two whole numbers a row.")
    nodes, numbered = np.unique(np.concatenate([one, two]), return_inverse=True)
    one, two = numbered[: len(one)], numbered[len(one) :]
    graph = sparse.coo_matrix((np.ones(len(one)), (one, two)), shape=(len(nodes), len(nodes))).tocsr()
    order = sparse.csgraph.breadth_first_order(graph, int(np.bincount(one).argmax()), directed=False)[0]
    place = np.full(len(nodes), len(nodes))
    place[order] = np.arange(len(order))
    missing = np.flatnonzero(place == len(nodes))
    place[missing] = len(order) + np.arange(len(missing))
    keep = (place[one] < accounts) & (place[two] < accounts) & (one != two)
    return place[one][keep].astype(np.int64), place[two][keep].astype(np.int64)


def find_circles(rng: Rng, edges: Pairs, nodes: int) -> Ints:
    """A circle for each node, none much larger than `LARGEST_CIRCLE`."""
    one, two = edges
    graph = sparse.coo_matrix((np.ones(2 * len(one)), (np.r_[one, two], np.r_[two, one])), shape=(nodes, nodes)).tocsr()
    circle, fresh = np.zeros(nodes, np.int64), 1
    queue = [(np.arange(nodes), 0)]
    while queue:
        members, depth = queue.pop()
        found = Louvain(random_state=int(rng.integers(2**31))).fit_predict(graph[members][:, members])
        if found.max() == 0 or depth > 4:
            found = rng.permutation(np.arange(len(members)) // LARGEST_CIRCLE)
        for number in range(found.max() + 1):
            part = members[found == number]
            circle[part] = fresh
            fresh += 1
            if len(part) > LARGEST_CIRCLE:
                queue.append((part, depth + 1))
    return np.unique(circle, return_inverse=True)[1].astype(np.int64)


def with_newcomers(rng: Rng, circle: Ints, edges: Pairs, added: int, habits: Habits) -> tuple[Ints, Pairs]:
    """Room for `added` accounts more, each near somebody's place: circles and mutual follows of all."""
    nodes = len(circle)
    one, two = edges
    source, target = np.r_[one, two], np.r_[two, one]
    spots = rng.integers(0, nodes, added)
    by_spot = Groups.of(np.arange(len(source)), source, nodes)
    counts = np.diff(by_spot.starts)[spots]
    row = np.repeat(np.arange(added), counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    friend = target[by_spot.members[by_spot.starts[spots[row]] + within]]
    kept = chance(rng, 0.75 * habits.ordinary_ties, len(row))
    newcomer = nodes + row[kept]
    follower = np.concatenate([source, newcomer, friend[kept]])
    followee = np.concatenate([target, friend[kept], newcomer])
    return np.concatenate([circle, circle[spots]]), (follower, followee)
