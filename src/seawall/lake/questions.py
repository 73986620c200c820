"""What every run asks a lake, and what it reads in batches."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import ibis.expr.types as ir
import pyarrow as pa

from seawall.lake import queries
from seawall.lake.engine import Lake


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
    "follows": Query(queries.follows, columns=("follower_id", "followee_id", "created_at")),
    "ties": Query(queries.ties, columns=("actor_id", "target_id", "kind", "n", "first_at")),
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
