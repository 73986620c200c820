"""New terms: what risky accounts say and others do not.

Two measures are combined, since each finds what the other misses. G² (Dunning, Computational Linguistics 19(1), 1993)
weighs how many risky accounts use a token against how many would by chance: it finds coined words. Log-odds with an
informative Dirichlet prior (Monroe, Colaresi and Quinn, Political Analysis 16(4), 2008) compares rates of use against
the whole platform's: it finds everyday words that a network has repurposed. Both count accounts, not posts, so that no
single account can write a term into the list. Growth and nearness to known terms by disguise raise a score; they never
make one.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seawall.records.activity import TIME
from seawall.terms.lexicon import Lexicon
from seawall.terms.scanner import Scanner

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
MIN_RISKY = 3
Z_FLOOR = 3.0
RECENT_DAYS = 7
PROPOSALS = pa.schema(
    [
        pa.field("term", pa.string(), False),
        pa.field("score", pa.float64(), False),
        pa.field("accounts", pa.int32(), False),
        pa.field("flagged_accounts", pa.int32(), False),
        pa.field("innocent_accounts", pa.int32(), False),
        pa.field("first_at", TIME),
        pa.field("last_at", TIME),
        pa.field("growth", pa.float64(), False),  # share of its risky users who began in the last week
        pa.field("near", pa.string()),  # the known term that it disguises, where it does
        pa.field("examples", pa.list_(pa.uint64()), False),  # risky accounts to draw contexts from
    ]
)


@dataclass(frozen=True, slots=True)
class _Counts:
    """Users of each token: all, weighted risky, surely risky; tokens' totals for the odds."""

    users: Floats
    risky: Floats
    flagged: npt.NDArray[np.intp]
    accounts: float
    risk: float


def propose(
    tokens: pa.Table,
    account_id: npt.NDArray[np.uint64],
    risk: Floats,
    lexicon: Lexicon,
    limit: int = 40,
    flagged_at: float = 0.5,
) -> pa.Table:
    """At most `limit` proposals as `PROPOSALS`, best first; their status is always proposed.

    `tokens` has the columns of `terms.tokens.TOKENS`, one row an account and token; `account_id` and `risk` (in [0,1])
    cover every account, also those that wrote nothing. A hashtag and the same word without # count as two tokens.
    """
    order = np.argsort(account_id)
    token = tokens["token"].combine_chunks().dictionary_encode()
    which = np.asarray(token.indices)
    owner = order[np.searchsorted(account_id, np.asarray(tokens["account_id"]), sorter=order)]
    weight = risk[owner]
    counts = _counted(which, weight, len(token.dictionary), risk, flagged_at)
    score = _score(counts)
    last = np.asarray(pc.cast(tokens["last_at"], pa.int64()))
    first = np.asarray(pc.cast(tokens["first_at"], pa.int64()))
    flagged = weight >= flagged_at
    growth = _growth(which[flagged], first[flagged], last, len(score))
    near = _near(token.dictionary, score, lexicon, limit)
    score = np.where(score > 0, score * (1 + growth) * np.where(near >= 0, 1.5, 1.0), 0.0)
    known = pc.is_in(_bare(token.dictionary), value_set=_bare(pa.array([t.text for t in lexicon.terms], pa.string())))
    score[np.asarray(known)] = 0.0
    best = _best(score, token.dictionary, limit)
    return _table(best, score, counts, growth, near, token.dictionary, lexicon, tokens, which, flagged, first, last)


def _counted(which: Ints, weight: Floats, size: int, risk: Floats, flagged_at: float) -> _Counts:
    users: Floats = np.bincount(which, minlength=size).astype(np.float64)
    risky: Floats = np.bincount(which, weights=weight, minlength=size).astype(np.float64)
    return _Counts(
        users,
        risky,
        np.bincount(which[weight >= flagged_at], minlength=size),
        float(len(risk)),
        float(risk.sum()),
    )


def _score(counts: _Counts) -> Floats:
    """The geometric mean of both measures' z values where both speak for a token, 0 elsewhere."""
    g = np.sqrt(np.maximum(_g2(counts), 0.0))
    z = _log_odds(counts)
    share = counts.risky / np.maximum(counts.users, 1.0)
    chosen = (counts.flagged >= MIN_RISKY) & (g > Z_FLOOR) & (z > Z_FLOOR)
    return np.where(chosen, np.sqrt(g * np.maximum(z, 0.0)) * share**0.5, 0.0)


def _g2(c: _Counts) -> Floats:
    """Dunning's G² of risky use against chance, negative where a token is rarer among risky accounts."""
    table = (
        (c.risky, c.users * c.risk / c.accounts),
        (c.users - c.risky, c.users * (1 - c.risk / c.accounts)),
        (c.risk - c.risky, (c.accounts - c.users) * c.risk / c.accounts),
        (c.accounts - c.risk - c.users + c.risky, (c.accounts - c.users) * (1 - c.risk / c.accounts)),
    )
    total = np.zeros_like(c.users)
    for seen, expected in table:
        seen = np.maximum(seen, 1e-12)
        total += 2 * seen * np.log(seen / np.maximum(expected, 1e-12))
    return total * np.sign(c.risky - c.users * c.risk / c.accounts)


def _log_odds(c: _Counts) -> Floats:
    """The z value of the log-odds ratio, risky accounts against the others, the whole platform as prior."""
    prior = c.users / max(c.users.sum(), 1.0) * 500.0 + 0.01
    mass = prior.sum()
    ours, theirs = c.risky, c.users - c.risky
    all_ours, all_theirs = ours.sum(), theirs.sum()
    delta = np.log((ours + prior) / np.maximum(all_ours + mass - ours - prior, 1e-9))
    delta -= np.log((theirs + prior) / np.maximum(all_theirs + mass - theirs - prior, 1e-9))
    z: Floats = delta / np.sqrt(1 / (ours + prior) + 1 / (theirs + prior))
    return z


def _growth(which: Ints, first: Ints, last: Ints, size: int) -> Floats:
    """The share of each token's risky users who first used it in the last `RECENT_DAYS` of the data."""
    since = (last.max() if len(last) else 0) - RECENT_DAYS * 86_400_000_000
    recent = np.bincount(which, weights=first >= since, minlength=size)
    growth: Floats = recent / np.maximum(np.bincount(which, minlength=size), 1)
    return growth


def _near(words: pa.Array, score: Floats, lexicon: Lexicon, limit: int) -> Ints:
    """The known term that each of the likeliest tokens disguises, or -1."""
    near = np.full(len(score), -1, np.int64)
    likely = np.argsort(-score, kind="stable")[: 10 * limit]
    likely = likely[score[likely] > 0]
    if len(lexicon) and len(likely):
        hits = Scanner.compile(lexicon).scan_column(words.take(pa.array(likely)))
        near[likely[hits.row]] = hits.term
    return near


def _bare(words: pa.Array) -> pa.Array:
    return pc.utf8_ltrim(pc.utf8_lower(words), "#")


def _best(score: Floats, words: pa.Array, limit: int) -> Ints:
    """The best tokens, a hashtag and its bare word counted once."""
    order = np.argsort(-score, kind="stable")[: 3 * limit]
    order = order[score[order] > 0]
    bare = _bare(words.take(pa.array(order))).to_pylist()
    kept: dict[str, int] = {}
    for word, at in zip(bare, order.tolist(), strict=True):
        kept.setdefault(word, at)
    return np.array(list(kept.values())[:limit], np.int64)


def _table(
    best: Ints,
    score: Floats,
    counts: _Counts,
    growth: Floats,
    near: Ints,
    words: pa.Array,
    lexicon: Lexicon,
    tokens: pa.Table,
    which: Ints,
    flagged: npt.NDArray[np.bool_],
    first: Ints,
    last: Ints,
) -> pa.Table:
    accounts = np.asarray(tokens["account_id"])
    rows = []
    for at in best.tolist():
        uses = np.flatnonzero(which == at)
        rows.append(
            {
                "term": words[at].as_py(),
                "score": float(score[at]),
                "accounts": int(counts.users[at]),
                "flagged_accounts": int(counts.flagged[at]),
                "innocent_accounts": int(counts.users[at] - counts.flagged[at]),
                "first_at": int(first[uses].min()),
                "last_at": int(last[uses].max()),
                "growth": float(growth[at]),
                "near": lexicon.terms[near[at]].text if near[at] >= 0 else None,
                "examples": np.sort(accounts[uses[flagged[uses]]])[:5].tolist(),
            }
        )
    return pa.Table.from_pylist(rows, schema=PROPOSALS)
