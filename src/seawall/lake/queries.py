"""What signals and networks ask of a lake: one pure function each.

Hashtags and links are already in their one spelling: the door normalises them. Counts are int64, times UTC.
"""

import ibis
import ibis.expr.types as ir

from seawall.lake.engine import Lake


def accounts(lake: Lake) -> ir.Table:
    """Every account with all of its columns."""
    return lake.table("accounts")


def follows(lake: Lake) -> ir.Table:
    """follower_id, followee_id, created_at, removed_at: a pair once, from its first follow.

    `removed_at` is null while any follow of the pair stands, else the last removal. Nobody follows themselves.
    """
    table = lake.table("follows").filter(lambda t: t.follower_id != t.followee_id)
    pairs = table.group_by("follower_id", "followee_id").agg(
        created_at=table.created_at.min(),
        last_removed=table.removed_at.max(),
        standing=_count(table.removed_at.isnull().cast("int64").sum()),
    )
    removed = (pairs.standing == 0).ifelse(pairs.last_removed, ibis.null(pairs.last_removed.type()))
    return pairs.mutate(removed_at=removed).drop("last_removed", "standing")


def ties(lake: Lake) -> ir.Table:
    """actor_id, target_id, kind, n, first_at, last_at: interactions, without those of an account with itself."""
    table = lake.table("interactions").filter(lambda t: t.actor_id != t.target_id)
    return _spans(table, "actor_id", "target_id", "kind")


def tag_uses(lake: Lake) -> ir.Table:
    """account_id, tag, n (posts), first_at, last_at."""
    table = lake.table("posts")
    return _spans(table.select("account_id", "created_at", tag=table.hashtags.unique().unnest()), "account_id", "tag")


def link_uses(lake: Lake) -> ir.Table:
    """account_id, link, place (bio or post), n (places or posts), first_at, last_at."""
    listed = []
    for name, place in (("accounts", "bio"), ("posts", "post")):
        table = lake.table(name)
        links = table.select("account_id", "created_at", link=table.links.unique().unnest())
        listed.append(_spans(links, "account_id", "link").mutate(place=ibis.literal(place)))
    columns = ["account_id", "link", "place", "n", "first_at", "last_at"]
    return ibis.union(*(table.select(columns) for table in listed))


def mention_uses(lake: Lake) -> ir.Table:
    """account_id, mentioned, n (posts), first_at: without mentions of oneself."""
    table = lake.table("posts")
    uses = table.select("account_id", "created_at", mentioned=table.mentions.unique().unnest())
    return _spans(uses.filter(uses.mentioned != uses.account_id), "account_id", "mentioned").drop("last_at")


def media_uses(lake: Lake) -> ir.Table:
    """account_id, digest, n (items), first_at: the digest is sha256, else sha1, else md5, else pdq."""
    table = lake.table("media")
    digest = ibis.coalesce(table.sha256, table.sha1, table.md5, table.pdq)
    uses = table.select("account_id", "created_at", digest=digest)
    return _spans(uses.filter(uses.digest.notnull()), "account_id", "digest").drop("last_at")


def avatar_uses(lake: Lake) -> ir.Table:
    """account_id, avatar_pdq of the accounts that have one."""
    table = lake.table("accounts")
    return table.filter(table.avatar_pdq.notnull()).select("account_id", "avatar_pdq")


def searches(lake: Lake) -> ir.Table:
    """account_id, query, surface, n, first_at, last_at of searches by a known account."""
    table = lake.table("searches")
    return _spans(table.filter(table.account_id.notnull()), "account_id", "query", "surface")


def complaints(lake: Lake) -> ir.Table:
    """account_id, reporter_id (may be null), n, first_at."""
    return _spans(lake.table("complaints"), "account_id", "reporter_id").drop("last_at")


def verdicts(lake: Lake) -> ir.Table:
    """The latest verdict on each subject; of two at the same time the one that sorts last."""
    table = lake.table("verdicts")
    order = [ibis.desc(name) for name in ("decided_at", "verdict", "role", "decided_by")]
    window = ibis.window(group_by=["subject_kind", "subject_id"], order_by=order)
    return table.mutate(place=ibis.row_number().over(window)).filter(lambda t: t.place == 0).drop("place")


def sign_in_devices(lake: Lake) -> ir.Table:
    """account_id, device_hash, n, first_at, last_at."""
    table = lake.table("sign_ins").rename(created_at="at")
    return _spans(table.filter(table.device_hash.notnull()), "account_id", "device_hash")


def _spans(table: ir.Table, *keys: str) -> ir.Table:
    """How often and from when to when each combination of the keys occurs."""
    return table.group_by(list(keys)).agg(
        n=_count(table.count()), first_at=table.created_at.min(), last_at=table.created_at.max()
    )


def _count(value: ir.Value) -> ir.Value:
    """An int64 count from either engine: DuckDB sums into a 128-bit integer."""
    return value.cast("int64")
