"""Tokens worth a look: risky accounts use them far more than others."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from seawall.terms.posts import SAMPLE, Offers, Parts, among, sampled, seen_in
from seawall.terms.tokens import Keys, Places

DEALING = 5_000
"""About so many accounts tell how usual offers are."""
LEAST_USERS = 2
LIFT = 3.0
"""A token is worth a look when its share among risky accounts is this many times that in the sample."""
MOST_TOKENS = 4_000
LATE = 60 * 86_400_000_000
"""The last so many microseconds of the data are of late."""


@dataclass(frozen=True, slots=True)
class Shortlist:
    """Hashes of tokens, sorted; `trade`: how many times as often a risky account makes offers as others do."""

    tokens: Keys
    trade: float


def shortlist(parts: Parts, risky: Keys, accounts: int, offers: Offers) -> Shortlist:
    """At most `MOST_TOKENS` tokens that `LEAST_USERS` or more of `risky` (sorted) use, of `accounts` in all."""
    uses: list[list[pa.Table]] = [[], []]
    dealers: list[list[Keys]] = [[], []]
    for part in parts():
        owner = part["account_id"].to_numpy(zero_copy_only=False)
        ours = among(owner, risky)
        theirs = ~ours & sampled(owner, accounts)
        for side, rows in enumerate((ours, theirs)):
            uses[side].append(_uses(part.filter(rows)))
        for side, rows in enumerate((ours, theirs & sampled(owner, accounts, DEALING))):
            some = part.filter(rows)
            dealers[side].append(some["account_id"].to_numpy(zero_copy_only=False)[offers(some["text"])])
    own, others = (_first(side) for side in uses)
    sizes = tuple((accounts - len(risky)) // max(1, accounts // size) for size in (SAMPLE, DEALING))
    return Shortlist(_far_more(own, others, len(risky), sizes[0]), _trade(dealers, len(risky), sizes[1]))


def _uses(part: pa.RecordBatch) -> pa.Table:
    """First uses in a batch: columns token, owner, first; one row a token and account."""
    columns = [(seen.tokens.key, seen.owner, seen.time) for seen in seen_in(part)]
    joined = [np.concatenate(column) for column in zip(*columns, strict=True)]
    return _first([pa.table(joined, names=["token", "owner", "first"])])


def _first(uses: list[pa.Table]) -> pa.Table:
    none = pa.table(
        {"token": pa.array([], pa.uint64()), "owner": pa.array([], pa.uint64()), "first": pa.array([], pa.int64())}
    )
    grouped = pa.concat_tables([none, *uses]).group_by(["token", "owner"], use_threads=False)
    return grouped.aggregate([("first", "min")]).rename_columns(none.column_names)


def _far_more(own: pa.Table, others: pa.Table, risky: int, size: int) -> Keys:
    since = max(pc.max(uses["first"]).as_py() or 0 for uses in (own, others)) - LATE
    token = np.unique(own["token"].to_numpy())
    weight = np.zeros(len(token))
    late = [uses.filter(pc.greater_equal(uses["first"], since)) for uses in (own, others)]
    for ours, theirs in ((own, others), late):
        users, beside = _users(token, ours), _users(token, theirs)
        lift = (users / max(risky, 1)) / ((beside + 0.5) / max(size, 1))
        worth = (users >= LEAST_USERS) & (lift >= LIFT)
        weight = np.maximum(weight, np.where(worth, users * np.log(np.maximum(lift, 1.0)), 0.0))
    best = np.argsort(-weight, kind="stable")[:MOST_TOKENS]
    return np.sort(token[best[weight[best] > 0]])


def _users(token: Keys, uses: pa.Table) -> Places:
    """How many accounts use each of these tokens (sorted)."""
    at = pc.index_in(uses["token"], value_set=pa.array(token)).drop_null()
    return np.bincount(at.to_numpy(), minlength=len(token)).astype(np.int64)


def _trade(dealers: list[list[Keys]], risky: int, size: int) -> float:
    """The share of risky accounts that make offers over that of others; at least 1."""
    ours, theirs = (len(np.unique(np.concatenate([np.empty(0, np.uint64), *side]))) for side in dealers)
    return max(1.0, (ours / max(risky, 1)) / ((theirs + 1) / max(size, 1)))
