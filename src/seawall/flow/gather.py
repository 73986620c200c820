"""What a run concludes from: the lake's answers, signals, the graph."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import csr_matrix

from seawall.flow.progress import Stages
from seawall.lake import queries
from seawall.lake.engine import Lake
from seawall.network.graph import Graph, build_graph
from seawall.network.numbering import places_of
from seawall.network.words import bags_of, pairs_of
from seawall.signals.base import Detector, merge


@dataclass(frozen=True, slots=True)
class Query:
    """A question to the lake: the columns that are used, all where none is named, and what orders the rows."""

    ask: Callable[[Lake], ir.Table]
    order: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    def of(self, lake: Lake) -> pa.Table:
        """The lake's answer."""
        table = self.ask(lake)
        return lake.fetch(table.select(self.columns) if self.columns else table, self.order)


TIES: Mapping[str, Query] = {
    "follows": Query(queries.follows, columns=("follower_id", "followee_id")),
    "ties": Query(queries.ties, columns=("actor_id", "target_id", "kind", "n")),
    "mention_uses": Query(queries.mention_uses, columns=("account_id", "mentioned", "n")),
}
"""What only the graph is made of, and large: in any order, since the graph has its own."""

QUERIES: Mapping[str, Query] = {
    "accounts": Query(queries.accounts, ("account_id",)),
    "tag_uses": Query(queries.tag_uses, ("account_id", "tag"), ("account_id", "tag")),
    "link_uses": Query(queries.link_uses, ("account_id", "link", "place"), ("account_id", "link", "place")),
    "media_uses": Query(queries.media_uses, ("account_id", "digest"), ("account_id", "digest", "first_at")),
    "avatar_uses": Query(queries.avatar_uses, ("account_id",)),
    "devices": Query(queries.sign_in_devices, ("account_id", "device_hash"), ("account_id", "device_hash")),
    "searches": Query(queries.searches, ("account_id", "query", "surface")),
    "complaints": Query(queries.complaints, ("account_id", "reporter_id")),
    "verdicts": Query(queries.verdicts, ("subject_kind", "subject_id")),
}
STREAMED = ("posts", "media")
"""Tables that are read in batches and never held whole."""


@dataclass(frozen=True, slots=True)
class Material:
    """The graph, the signals, the lake's answers by query, bags of words, and posts an account."""

    graph: Graph
    signals: pa.Table
    tables: Mapping[str, pa.Table]
    bags: csr_matrix
    posts: npt.NDArray[np.float32]


def gather(lake: Lake, used: Sequence[Detector], stages: Stages) -> Material:
    """Ask the lake, run every detector, build the graph."""
    with stages.stage("queries"):
        tables = {name: query.of(lake) for name, query in QUERIES.items()}
    ids = tables["accounts"]["account_id"].to_numpy()
    with stages.stage("signals"):
        signals = merge(_signals(lake, used, tables))
    with stages.stage("graph"):
        graph = build_graph(ids, tables | {name: query.of(lake) for name, query in TIES.items()})
    with stages.stage("words"):
        bags, posts = _words(lake, ids, tables["accounts"])
    return Material(graph, signals, tables, bags, posts)


def _signals(lake: Lake, used: Sequence[Detector], tables: Mapping[str, pa.Table]) -> Iterator[pa.Table]:
    for detector in used:
        streamed = [name for name in detector.reads if name in STREAMED]
        held = {name: tables[name].select(columns) for name, columns in detector.reads.items() if name in tables}
        if held:
            yield detector.detect(held)
        for name in streamed:
            parts = lake.batches(name, detector.reads[name])
            yield merge(detector.detect({name: pa.Table.from_batches([part])}) for part in parts)


def _words(lake: Lake, ids: npt.NDArray[np.uint64], accounts: pa.Table) -> tuple[csr_matrix, npt.NDArray[np.float32]]:
    """Bags of the words in posts, tags and bios; and how many posts each account has."""
    pairs = [pairs_of(np.arange(len(ids)), accounts["bio"])]
    posts = np.zeros(len(ids), np.float32)
    for batch in lake.batches("posts", ("account_id", "text", "hashtags")):
        owners = places_of(ids, batch["account_id"].to_numpy())
        posts += np.bincount(owners, minlength=len(ids)).astype(np.float32)
        tags = owners[np.asarray(pc.list_parent_indices(batch["hashtags"]))]
        pairs += [pairs_of(owners, batch["text"]), pairs_of(tags, pc.list_flatten(batch["hashtags"]))]
    return bags_of(pairs, len(ids)), posts
