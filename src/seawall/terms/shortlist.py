"""Tokens worth a look: risky accounts use them far more than others."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seawall.terms.posts import Offers, Parts, among, seen_in
from seawall.terms.tokens import Keys, Places

SAMPLE = 50_000
LEAST_USERS = 2
LIFT = 3.0
"""A token is worth a look when its share among risky accounts is this many times that in the sample."""
MOST_TOKENS = 4_000
LATE = 60 * 86_400_000_000
"""The last so many microseconds of the data are of late."""
_USE = np.dtype([("token", np.uint64), ("owner", np.uint64), ("first", np.int64), ("offer", np.bool_)])
Uses = npt.NDArray[np.void]


@dataclass(frozen=True, slots=True)
class Shortlist:
    """Hashes of tokens, sorted; `trade`: how many times as often a risky account makes offers as others do."""

    tokens: Keys
    trade: float


def shortlist(parts: Parts, risky: Keys, accounts: int, offers: Offers) -> Shortlist:
    """At most `MOST_TOKENS` tokens that `LEAST_USERS` or more of `risky` (sorted) use, of `accounts` in all."""
    every = np.uint64(max(1, accounts // SAMPLE))
    met: list[list[Uses]] = [[], []]
    for part in parts():
        owner = part["account_id"].to_numpy(zero_copy_only=False)
        ours = among(owner, risky)
        for side, rows in zip(met, (ours, ~ours & (owner % every == 0)), strict=True):
            for seen in seen_in(part.filter(rows), offers):
                side.append(_distinct(_uses(seen.tokens.key, seen.owner, seen.time, seen.offer)))
    own, others = (_distinct(np.concatenate([np.empty(0, _USE), *side])) for side in met)
    sampled = max(1, (accounts - len(risky)) // int(every))
    return Shortlist(_far_more(own, others, len(risky), sampled), _trade(own, others, len(risky), sampled))


def _uses(token: Keys, owner: Keys, first: Places, offer: npt.NDArray[np.bool_]) -> Uses:
    uses = np.empty(len(token), _USE)
    uses["token"], uses["owner"], uses["first"], uses["offer"] = token, owner, first, offer
    return uses


def _distinct(uses: Uses) -> Uses:
    """One row a token and account, in order: its first use, and whether any was an offer."""
    uses = uses[np.lexsort((uses["first"], uses["owner"], uses["token"]))]
    fresh = np.ones(len(uses), bool)
    fresh[1:] = (uses["token"][1:] != uses["token"][:-1]) | (uses["owner"][1:] != uses["owner"][:-1])
    starts = np.flatnonzero(fresh)
    one = uses[starts]
    one["offer"] = np.logical_or.reduceat(uses["offer"], starts) if len(starts) else False
    return one


def _far_more(own: Uses, others: Uses, risky: int, sampled: int) -> Keys:
    since = max(own["first"].max(initial=0), others["first"].max(initial=0)) - LATE
    token, users = np.unique(own["token"], return_counts=True)
    weight = np.zeros(len(token))
    for ours, theirs in ((own, others), (own[own["first"] >= since], others[others["first"] >= since])):
        users, beside = _users(token, ours), _users(token, theirs)
        lift = (users / max(risky, 1)) / ((beside + 0.5) / sampled)
        worth = (users >= LEAST_USERS) & (lift >= LIFT)
        weight = np.maximum(weight, np.where(worth, users * np.log(np.maximum(lift, 1.0)), 0.0))
    best = np.argsort(-weight, kind="stable")[:MOST_TOKENS]
    return np.sort(token[best[weight[best] > 0]])


def _users(token: Keys, uses: Uses) -> Places:
    """How many accounts use each of these tokens (sorted)."""
    there, count = np.unique(uses["token"], return_counts=True)
    if not len(there):
        return np.zeros(len(token), np.int64)
    at = np.minimum(np.searchsorted(there, token), len(there) - 1)
    return np.where(there[at] == token, count[at], 0)


def _trade(own: Uses, others: Uses, risky: int, sampled: int) -> float:
    """The share of risky accounts that make offers over that of all; 1 where nobody does."""
    ours, theirs = (len(np.unique(uses["owner"][uses["offer"]])) for uses in (own, others))
    return max(1.0, (ours / max(risky, 1)) / ((theirs + 1) / sampled)) if ours else 1.0
