"""New terms: what risky accounts say and others do not.

Tokens are ranked by `terms.surprise`: how unlikely it is that so many of a token's users are risky by chance, weighed
by the share of users who are, since a word that mostly others use makes a bad term, and by whether it is written so as
not to be found. All counts are of accounts, not posts, so that no single account can write a term into the list.
Growth and nearness to known terms by disguise raise a score; they never make one.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seawall.records.activity import TIME
from seawall.terms.lexicon import Lexicon
from seawall.terms.scanner import Scanner
from seawall.terms.surprise import Bools, Floats, Ints, Use, score

MIN_RISKY = 3
"""The fewest risky users that make a proposal; one fewer where all of them veil it."""
FLOOR = 0.75
"""The least score that makes a proposal: `bench.new_terms` tells how many are right."""
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
        pa.field("examples", pa.list_(pa.uint64()), False),  # risky accounts that use it
    ]
)
_QUANTITY = r"^\d+\D{0,3}$|^\D{0,3}\d+$|^[^#].*\d{3,}$|@|^[\x{2000}-\x{25FF}]$"
"""Amounts, names with numbers, addresses and arrows: what offers hold, and no term."""


def propose(
    tokens: pa.Table,
    account_id: npt.NDArray[np.uint64],
    risk: Floats,
    lexicon: Lexicon,
    limit: int = 40,
    *,
    expected: Floats | None = None,
    trade: float = 1.0,
    flagged_at: float = 0.5,
) -> pa.Table:
    """At most `limit` proposals as `PROPOSALS`, best first; their status is always proposed.

    `tokens` is as `terms.counts.TOKENS`; `account_id` and `risk` (in [0,1]) cover every account, also those that wrote
    nothing, and so does `expected` (`surprise.expected_risk`; without it, the mean). `trade`: how many times as often a
    risky account makes offers as others do. What the lexicon holds as a term or as an innocent word is not proposed.
    """
    use = Use.of(tokens, account_id, risk >= flagged_at)
    chance = np.full(len(risk), risk.mean() if len(risk) else 0.0) if expected is None else expected
    found = score(use, risk, chance, trade)
    found[_too_few(use) | (found < FLOOR) | _unfit(use.words, lexicon)] = 0.0
    growth = _growth(use, len(found))
    near = _near(use.words, found, lexicon, limit)
    found *= (1 + growth) * np.where(near >= 0, 1.5, 1.0)
    best = _best(found, use.words, limit)
    users, flagged = (use.summed(some)[best].astype(np.int64) for some in (np.ones(len(use.token)), use.risky))
    counts = {"accounts": users, "flagged_accounts": flagged, "innocent_accounts": users - flagged}
    known = [lexicon.terms[term].text if term >= 0 else None for term in near[best].tolist()]
    columns = {"term": use.words.take(pa.array(best)), "score": found[best], **counts, **_spans(use, best)}
    columns |= {"growth": growth[best], "near": pa.array(known, pa.string()), "examples": _examples(tokens, use, best)}
    return pa.table(columns).cast(PROPOSALS)


def _too_few(use: Use) -> Bools:
    flagged, hiding = use.summed(use.risky), use.summed(use.risky & use.veiled)
    few: Bools = (flagged < MIN_RISKY) & ~((flagged == MIN_RISKY - 1) & (hiding == flagged))
    return few


def _unfit(words: pa.Array, lexicon: Lexicon) -> Bools:
    """Tokens that are known already, or no words."""
    known = pa.array([*(term.text for term in lexicon.terms), *lexicon.innocent], pa.string())
    listed = pc.is_in(_bare(words), value_set=_bare(known))
    unfit: Bools = np.asarray(pc.or_(listed, pc.match_substring_regex(words, _QUANTITY)))
    return unfit


def _growth(use: Use, size: int) -> Floats:
    """The share of each token's risky users who first used it in the last `RECENT_DAYS` of the data."""
    since = use.last.max(initial=0) - RECENT_DAYS * 86_400_000_000
    token = use.token[use.risky]
    recent = np.bincount(token, use.first[use.risky] >= since, size)
    growth: Floats = recent / np.maximum(np.bincount(token, minlength=size), 1)
    return growth


def _near(words: pa.Array, scores: Floats, lexicon: Lexicon, limit: int) -> Ints:
    """The known term that each of the likeliest tokens disguises, or -1."""
    near = np.full(len(scores), -1, np.int64)
    likely = np.argsort(-scores, kind="stable")[: 10 * limit]
    likely = likely[scores[likely] > 0]
    if len(lexicon) and len(likely):
        hits = Scanner.compile(lexicon).scan_column(words.take(pa.array(likely)))
        near[likely[hits.row]] = hits.term
    return near


def _bare(words: pa.Array) -> pa.Array:
    return pc.utf8_ltrim(pc.utf8_lower(words), "#")


def _best(scores: Floats, words: pa.Array, limit: int) -> Ints:
    """The best tokens; of a hashtag and its word only the better one."""
    order = np.argsort(-scores, kind="stable")[: 3 * limit]
    order = order[scores[order] > 0]
    bare = _bare(words.take(pa.array(order))).to_pylist()
    kept: dict[str, int] = {}
    for word, at in zip(bare, order.tolist(), strict=True):
        kept.setdefault(word, at)
    return np.array(list(kept.values())[:limit], np.int64)


def _spans(use: Use, best: Ints) -> dict[str, pa.Array]:
    """When each token was first and last used by a risky account."""
    rows = [np.flatnonzero((use.token == at) & use.risky) for at in best.tolist()]
    first, last = [int(use.first[some].min()) for some in rows], [int(use.last[some].max()) for some in rows]
    return {"first_at": pa.array(first, pa.int64()), "last_at": pa.array(last, pa.int64())}


def _examples(tokens: pa.Table, use: Use, best: Ints) -> pa.Array:
    accounts = np.asarray(tokens["account_id"])
    some = [np.sort(accounts[(use.token == at) & use.risky])[:5].tolist() for at in best.tolist()]
    return pa.array(some, pa.list_(pa.uint64()))
