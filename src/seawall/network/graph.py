"""The heterogeneous graph: accounts, their ties and what they share.

Accounts are numbered by their place among the sorted keyed ids. Ties are directed and weigh 1 + log2(times): a hundred
messages to one friend are an acquaintance, not a hundred, yet more than one message. What accounts share (tags, links,
media, avatars) is bipartite: account by thing, 0 or 1. Who acts at the same moments is tied both ways, 0 or 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import csr_matrix

from seawall.network.numbering import places_of
from seawall.network.timing import Actions, in_time

Floats = npt.NDArray[np.float32]
Ids = npt.NDArray[np.uint64]

TIE_KINDS: Mapping[str, tuple[str, ...]] = {
    "message": ("message",),
    "comment": ("comment",),
    "like": ("like",),
    "view": ("view",),
    "mention": ("mention",),
    "share": ("share",),
}
"""Kinds of tie beside follows, and the interactions that each is made of."""

IN_TIME = ("like", "comment", "share")
"""Kinds of tie whose moments are compared, beside follows: all can see them, so that many may act on one call."""

CROWD = 64
"""A thing on more accounts than this ties nobody."""

THING_COLUMN = {"tag": "tag", "link": "link", "media": "digest", "avatar": "avatar_pdq"}
"""What accounts share, and the column of its uses that tells one thing from another."""

THINGS = tuple(THING_COLUMN)


@dataclass(frozen=True, slots=True)
class Graph:
    """`accounts` sorted, shape (n,); `ties[kind]` (n, n), row acts on column; `shares[thing]` (n, things).

    `together` (n, n), symmetric: who acts on the same accounts at the same moments, again and again.
    """

    accounts: Ids
    ties: Mapping[str, csr_matrix]
    shares: Mapping[str, csr_matrix]
    together: csr_matrix

    @property
    def n(self) -> int:
        """How many accounts."""
        return len(self.accounts)

    def places(self, ids: Ids) -> npt.NDArray[np.int64]:
        """The number of each account id; every id must be known."""
        return np.searchsorted(self.accounts, ids)

    def among(self, places: npt.NDArray[np.int64]) -> "Graph":
        """The graph of some accounts (in order) alone, with the things that any of them uses, in order."""
        ties = {kind: matrix[places][:, places] for kind, matrix in self.ties.items()}
        shares = {}
        for thing, uses in self.shares.items():
            inside = uses[places]
            shares[thing] = inside[:, np.unique(inside.indices)]
        return Graph(self.accounts[places], ties, shares, self.together[places][:, places])


def build_graph(accounts: Ids, tables: Mapping[str, pa.Table]) -> Graph:
    """The graph of these accounts from the lake's queries: follows, ties, mention_uses and the uses of each thing."""
    follows, ties, mentions = tables["follows"], tables["ties"], tables["mention_uses"]
    once = np.ones(len(follows), np.int64)
    matrices = {"follow": _ties(accounts, follows["follower_id"], follows["followee_id"], once)}
    for kind, parts in TIE_KINDS.items():
        of_kind = ties.filter(pc.is_in(ties["kind"], pa.array(parts)))
        actors, targets, times = of_kind["actor_id"], of_kind["target_id"], of_kind["n"]
        if kind == "mention":
            actors = pa.chunked_array([*actors.chunks, *mentions["account_id"].chunks], pa.uint64())
            targets = pa.chunked_array([*targets.chunks, *mentions["mentioned"].chunks], pa.uint64())
            times = pa.chunked_array([*times.chunks, *mentions["n"].chunks], pa.int64())
        matrices[kind] = _ties(accounts, actors, targets, times.to_numpy())
    matrices["copy"] = _copies(accounts, tables["media_uses"])
    shares = {thing: _shares(accounts, tables[f"{thing}_uses"], column) for thing, column in THING_COLUMN.items()}
    return Graph(accounts, matrices, shares, in_time(_actions(accounts, follows, ties), len(accounts)))


def binary(rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64], shape: tuple[int, int]) -> csr_matrix:
    """A 0/1 matrix of distinct pairs."""
    matrix = csr_matrix(
        (np.ones(len(rows), np.float32), (rows.astype(np.int32), columns.astype(np.int32))), shape=shape
    )
    matrix.sum_duplicates()
    matrix.data[:] = 1
    return matrix


def _ties(accounts: Ids, actors: pa.ChunkedArray, targets: pa.ChunkedArray, times: npt.NDArray[np.int64]) -> csr_matrix:
    sources, sinks = _numbers(accounts, actors), _numbers(accounts, targets)
    apart = (sources != sinks) & (sources >= 0) & (sinks >= 0)
    n = len(accounts)
    counts = csr_matrix((times[apart].astype(np.float32), (sources[apart], sinks[apart])), shape=(n, n))
    counts.data = 1 + np.log2(counts.data)
    return counts


def _actions(accounts: Ids, follows: pa.Table, ties: pa.Table) -> Actions:
    """Follows and the ties of `IN_TIME`, each from its first time; without accounts unknown."""
    parts = [_acts(accounts, 0, follows["follower_id"], follows["followee_id"], follows["created_at"])]
    for place, kind in enumerate(IN_TIME, 1):
        rows = ties.filter(pc.equal(ties["kind"], kind))
        parts.append(_acts(accounts, place, rows["actor_id"], rows["target_id"], rows["first_at"]))
    return Actions(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _acts(
    accounts: Ids, kind: int, actors: pa.ChunkedArray, targets: pa.ChunkedArray, at: pa.ChunkedArray
) -> tuple[npt.NDArray[np.integer[Any]], ...]:
    """Actions of one kind: actor, target, kind, second."""
    actor, target = _numbers(accounts, actors), _numbers(accounts, targets)
    kept = (actor >= 0) & (target >= 0)
    seconds = at.cast(pa.int64()).to_numpy()[kept] // 1_000_000
    return actor[kept].astype(np.int32), target[kept].astype(np.int32), np.full(kept.sum(), kind, np.int8), seconds


def _copies(accounts: Ids, uses: pa.Table) -> csr_matrix:
    """Who has a file that another had before, row after column; files of more than `CROWD` accounts tie nobody."""
    files = uses["digest"].combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    owners, times = _numbers(accounts, uses["account_id"]), uses["first_at"].cast(pa.int64()).to_numpy()
    holders = np.bincount(files, minlength=1)[files] if len(files) else files
    few = np.flatnonzero((holders > 1) & (holders <= CROWD) & (owners >= 0))
    order = few[np.lexsort((owners[few], times[few], files[few]))]
    files, owners, times = files[order], owners[order], times[order]
    later, earlier = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for step in range(1, CROWD):
        same = np.flatnonzero((files[step:] == files[:-step]) & (times[step:] > times[:-step]))
        later.append(owners[same + step])
        earlier.append(owners[same])
    n = len(accounts)
    return binary(np.concatenate(later), np.concatenate(earlier), (n, n))


def _shares(accounts: Ids, uses: pa.Table, column: str) -> csr_matrix:
    things = uses[column].combine_chunks().dictionary_encode()
    owners = _numbers(accounts, uses["account_id"])
    places = things.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return binary(owners, places, (len(accounts), max(len(things.dictionary), 1)))


def _numbers(accounts: Ids, ids: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    """Numbers of accounts; -1 for an id that is no account's."""
    wanted = ids.to_numpy().astype(np.uint64, copy=False)
    places = places_of(accounts, wanted)
    if len(accounts):
        places[accounts[np.minimum(places, len(accounts) - 1)] != wanted] = -1
    return places
