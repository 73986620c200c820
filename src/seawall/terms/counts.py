"""Uses of tokens, summed for each account."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from seawall.records.activity import TIME
from seawall.terms.posts import Seen
from seawall.terms.tokens import Keys, Places, Sightings

TOKENS = pa.schema(
    [
        pa.field("account_id", pa.uint64(), False),
        pa.field("token", pa.string(), False),
        pa.field("veiled", pa.bool_(), False),  # spelt otherwise than most people spell it, at least once
        pa.field("offered", pa.bool_()),  # in an offer, at least once; null where nobody looked
        pa.field("first_at", TIME, False),
        pa.field("last_at", TIME, False),
    ]
)
COUNTS = pa.schema(
    [
        pa.field("account_id", pa.uint64(), False),
        pa.field("key", pa.uint64(), False),
        pa.field("form", pa.int64(), False),
        pa.field("offered", pa.bool_()),
        pa.field("first_at", TIME, False),
        pa.field("last_at", TIME, False),
    ]
)
"""One row an account, token (told by its hash), spelling (`Spellings`) and whether in an offer."""
_BY = COUNTS.names[:4]


@dataclass(frozen=True, slots=True)
class Spellings:
    """Every spelling that was met, in lower case, numbered in the order of appearance; `plain`: it is no disguise."""

    number: dict[str, int] = field(default_factory=dict)
    plain: list[bool] = field(default_factory=list)

    def of(self, seen: Sightings) -> Places:
        """The number of each sighting's spelling; new ones are added."""
        which, first = seen.spellings()
        return np.array([self._number(seen.spelt(at), bool(seen.plain[at])) for at in first], np.int64)[which]

    def _number(self, text: str, plain: bool) -> int:
        if text not in self.number:
            self.plain.append(plain)
        return self.number.setdefault(text, len(self.number))


def counted(seen: Seen, forms: Places, offered: pa.Array) -> pa.Table:
    """Sightings summed, as `COUNTS`; `forms`: the number of each one's spelling; `offered`: whether in an offer."""
    when = pa.array(seen.time, TIME)
    columns = [seen.owner, seen.tokens.key, forms, offered, when, when]
    return summed([pa.table(columns, schema=COUNTS)])


def summed(parts: Sequence[pa.Table]) -> pa.Table:
    """Counts of several batches, as `COUNTS`, in the order of first appearance."""
    whole = pa.concat_tables([COUNTS.empty_table(), *parts])
    sums = [("first_at", "min"), ("last_at", "max")]
    grouped = whole.group_by(_BY, use_threads=False).aggregate(sums)
    return pa.table([grouped[name] for name in (*_BY, "first_at_min", "last_at_max")], schema=COUNTS)


def names(counts: pa.Table, spellings: Spellings, risky: Keys) -> pa.Table:
    """What each token is called (columns key, text) and how most people spell it (form), one row a key, sorted.

    A token is named by a plain spelling where it has one, and then by the one that most of `risky` use: where an
    everyday word reads like theirs, theirs is meant.
    """
    met = _by_spelling(counts, spellings, risky)
    called, usual = _first(met, ("plain", "ours", "users")), _first(met, ("users",))
    return pa.table([called["key"], called["text"], usual["form"]], names=["key", "text", "form"])


def named(counts: pa.Table, known: pa.Table) -> pa.Table:
    """Counts as `TOKENS`, one row an account and token; `known` as `names` gives them."""
    which = pa.array(np.searchsorted(known["key"].to_numpy(), counts["key"].to_numpy()))
    rows = counts.select(["account_id", "offered", "first_at", "last_at"])
    rows = rows.append_column("token", known["text"].take(which))
    rows = rows.append_column("veiled", pc.not_equal(counts["form"], known["form"].take(which)))
    how = [("veiled", "any"), ("offered", "any"), ("first_at", "min"), ("last_at", "max")]
    grouped = rows.group_by(["account_id", "token"], use_threads=False).aggregate(how)
    return pa.table([grouped[name] for name in ("account_id", "token", *map("_".join, how))], schema=TOKENS)


def _by_spelling(counts: pa.Table, spellings: Spellings, risky: Keys) -> pa.Table:
    """The spellings of each token: columns key, form, users, ours (risky users), plain, text."""
    who = counts.group_by(["key", "form", "account_id"], use_threads=False).aggregate([])
    who = who.append_column("ours", pc.is_in(who["account_id"], value_set=pa.array(risky, pa.uint64())))
    met = who.group_by(["key", "form"], use_threads=False).aggregate([("ours", "count"), ("ours", "sum")])
    met = met.rename_columns(["key", "form", "users", "ours"])
    met = met.append_column("plain", pa.array(spellings.plain, pa.bool_()).cast(pa.int8()).take(met["form"]))
    return met.append_column("text", pa.array(list(spellings.number), pa.string()).take(met["form"]))


def _first(met: pa.Table, most: tuple[str, ...]) -> pa.Table:
    """The spelling of each token that has most of the first of these, then of the next; one row a key, sorted."""
    by = [("key", "ascending"), *((name, "descending") for name in most), ("text", "ascending")]
    ordered = met.sort_by(by)
    _, first = np.unique(ordered["key"].to_numpy(), return_index=True)
    return ordered.take(pa.array(first))
