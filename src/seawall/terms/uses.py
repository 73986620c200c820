"""Who uses which token on a whole platform, read in two passes.

The first pass reads only the posts of risky accounts and of a sample of everybody else, and keeps the tokens that
risky accounts use far more; the second counts the users of those, and of no others, over all posts. So what is held
grows with the tokens worth a look, not with the platform.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from seawall.terms.counts import Spellings, counted, named, names, summed
from seawall.terms.posts import Bools, Offers, Parts, Seen, among, sampled, seen_in
from seawall.terms.shortlist import shortlist
from seawall.terms.tokens import Keys, Places

CONTEXTS, AROUND = 3, 60
_PRIVATE = re.compile(r"https?://\S+|\S+@\S+\.\S+|@[\w.]+|\w*\d[\w.,-]*")


@dataclass(frozen=True, slots=True)
class Counted:
    """`rows` as `terms.counts.COUNTS`, their spellings, and contexts by a token's hash."""

    rows: pa.Table
    spellings: Spellings
    contexts: dict[int, list[str]]


@dataclass(frozen=True, slots=True)
class Uses:
    """`tokens` as `terms.counts.TOKENS`; `contexts` of each token: what stood around it at its first risky uses.

    `trade`: how many times as often a risky account makes offers as others do.
    """

    tokens: pa.Table
    contexts: dict[str, tuple[str, ...]]
    trade: float


def risky_uses(parts: Parts, risky: Keys, accounts: int, offers: Offers) -> Uses:
    """The users of every token that `risky` accounts (sorted) use far more than the rest of `accounts` do."""
    listed = shortlist(parts, risky, accounts, offers)
    found = count_uses(parts() if len(listed.tokens) else (), listed.tokens, risky, accounts, offers)
    known = names(found.rows, found.spellings, risky)
    called = dict(zip(known["key"].to_pylist(), known["text"].to_pylist(), strict=True))
    contexts = {called[key]: tuple(some) for key, some in found.contexts.items()}
    return Uses(named(found.rows, known), contexts, listed.trade)


def count_uses(
    parts: Iterable[pa.RecordBatch], wanted: Keys | None, risky: Keys, accounts: int, offers: Offers
) -> Counted:
    """The users of `wanted` tokens (hashes, sorted), or of every token there is; a sample of them tells of offers."""
    counts: list[pa.Table] = []
    spellings, kept = Spellings(), defaultdict[int, list[str]](list)
    for part in parts:
        for seen in seen_in(part, wanted):
            ours = among(seen.owner, risky)
            offered = _offered(part["text"], seen, ~ours & sampled(seen.owner, accounts), offers)
            counts.append(counted(seen, spellings.of(seen.tokens), offered))
            if not seen.hashtags:
                _keep_contexts(seen, np.flatnonzero(ours), kept)
    return Counted(summed(counts), spellings, kept)


def _offered(texts: pa.Array, seen: Seen, looked: Bools, offers: Offers) -> pa.Array:
    """Whether each sighting stands in an offer; null where nobody `looked`."""
    posts = np.unique(seen.post[looked])
    found = np.zeros(len(texts), bool)
    found[posts] = offers(texts.take(pa.array(posts)))
    return pa.array(found[seen.post], mask=~looked)


def _keep_contexts(seen: Seen, rows: Places, kept: dict[int, list[str]]) -> None:
    """Add what stands around these sightings to tokens that have fewer than `CONTEXTS` contexts so far."""
    keys = seen.tokens.key
    order = rows[np.argsort(keys[rows], kind="stable")]
    _, first, count = np.unique(keys[order], return_index=True, return_counts=True)
    rank = np.arange(len(order)) - np.repeat(first, count)
    for at in order[rank < CONTEXTS].tolist():
        some = kept[int(keys[at])]
        if len(some) < CONTEXTS:
            some.append(masked_context(seen.tokens.around(at, AROUND)))


def masked_context(text: str) -> str:
    """A text without what names a person or a place: handles, links, addresses and numbers become •."""
    return " ".join(_PRIVATE.sub("• ", text).split())
