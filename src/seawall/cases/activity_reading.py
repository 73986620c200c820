"""What an activity adds to cases: texts, languages, ties.

A run folder holds no text and no tie, so they are read where the platform keeps them, through the same door as a run,
into a private folder that is gone afterwards.
"""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import csr_matrix

from seawall.intake.door import admit
from seawall.lake import queries
from seawall.lake.engine import Lake, open_lake
from seawall.lake.run_tables import Names
from seawall.network.communities import ties_among
from seawall.network.graph import THING_COLUMN, Graph, Ids, build_graph
from seawall.records.ids import IdKey

KIND_OF = {"tag": "hashtag", "link": "link", "media": "media", "avatar": "media"}
POSTS_KEPT = 20
"""Texts of an account that are kept, the latest."""

_QUERIES = {
    "follows": (queries.follows, ("follower_id", "followee_id")),
    "ties": (queries.ties, ("actor_id", "target_id")),
    "mention_uses": (queries.mention_uses, ("account_id", "mentioned")),
    "tag_uses": (queries.tag_uses, ("account_id",)),
    "link_uses": (queries.link_uses, ("account_id",)),
    "media_uses": (queries.media_uses, ("account_id",)),
    "avatar_uses": (queries.avatar_uses, ("account_id",)),
}
"""What ties accounts, and the columns that must name accounts of cases."""


@dataclass(frozen=True, slots=True)
class Said:
    """One text of an account, in clear: it goes sealed into the database and nowhere else."""

    account: int
    kind: str
    text: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Around:
    """Accounts of cases (sorted keyed ids, shape (n,)), their locales, ties (n, n), and users of every thing.

    `things[kind]` is (digest or text of each thing, 0/1 matrix (n, things)).
    """

    accounts: Ids
    locales: Mapping[int, str]
    ties: csr_matrix
    things: Mapping[str, tuple[pa.Array, csr_matrix]]
    texts: tuple[Said, ...]


@contextmanager
def admitted(activity: Path, key: IdKey, *, plain_ids: bool = False) -> Iterator[Path]:
    """The lake of an activity, in a private folder that is gone after the block."""
    with tempfile.TemporaryDirectory(prefix="seawall-cases-") as folder:
        work = Path(folder) / "work"
        admit(activity, work, key, plain_ids=plain_ids, now=datetime.now(UTC))
        yield work / "lake"


def names_of(activity: Path, key: IdKey) -> dict[str, str]:
    """The platform's own id of every account, by its keyed id as 16 hex digits."""
    with admitted(activity, key, plain_ids=True) as lake, open_lake(lake, "duckdb", 1) as opened:
        ids = opened.fetch(queries.accounts(opened).select("account_id"), ["account_id"])["account_id"].to_numpy()
        names = Names(lake / "names").spell("account", ids).to_pylist()
    return {f"{keyed:016x}": name for keyed, name in zip(ids.tolist(), names, strict=True)}


def read_around(activity: Path, key: IdKey, accounts: Ids) -> Around:
    """What the activity says of these accounts (sorted keyed ids)."""
    with admitted(activity, key) as folder, open_lake(folder, "duckdb", 1) as lake:
        wanted = ibis.memtable(pa.table({"wanted": accounts}))
        tables = {name: _inside(lake, ask(lake), columns, wanted) for name, (ask, columns) in _QUERIES.items()}
        profiles = _inside(lake, queries.accounts(lake), ("account_id",), wanted)
        posts = _inside(lake, lake.table("posts").select("account_id", "text", "created_at"), ("account_id",), wanted)
    graph = build_graph(accounts, tables)
    locales = dict(zip(*(profiles[name].to_pylist() for name in ("account_id", "locale")), strict=True))
    ties = ties_among(graph, np.arange(graph.n))
    return Around(accounts, locales, ties, _things(graph, tables), (*_profile_texts(profiles), *_post_texts(posts)))


def _inside(lake: Lake, table: ir.Table, columns: tuple[str, ...], wanted: ir.Table) -> pa.Table:
    """The rows whose `columns` all name wanted accounts."""
    for column in columns:
        table = table.filter(table[column].isin(wanted.wanted))
    return lake.fetch(table, ())


def _things(graph: Graph, tables: Mapping[str, pa.Table]) -> dict[str, tuple[pa.Array, csr_matrix]]:
    found = {}
    for thing, column in THING_COLUMN.items():
        texts = tables[f"{thing}_uses"][column].combine_chunks().dictionary_encode().dictionary
        found[thing] = (texts.cast(pa.string()), graph.shares[thing])
    return found


def _profile_texts(profiles: pa.Table) -> Iterator[Said]:
    for row in profiles.select(["account_id", "handle", "display_name", "bio"]).to_pylist():
        for column, kind in (("handle", "handle"), ("display_name", "name"), ("bio", "bio")):
            if row[column]:
                yield Said(row["account_id"], kind, row[column], None)


def _post_texts(posts: pa.Table) -> Iterator[Said]:
    said = posts.filter(pc.greater(pc.utf8_length(pc.fill_null(posts["text"], "")), 0))
    kept: dict[int, int] = {}
    rows: list[dict[str, Any]] = said.sort_by([("created_at", "descending"), ("text", "ascending")]).to_pylist()
    for row in rows:
        account = row["account_id"]
        kept[account] = kept.get(account, 0) + 1
        if kept[account] <= POSTS_KEPT:
            yield Said(account, "post", row["text"], row["created_at"])
