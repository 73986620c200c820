"""New terms: what risky accounts say and others do not.

A token's surprise is how unlikely it is that so many of its users are risky by chance: the tail of a Poisson law whose
mean is not the platform's share of risky accounts but that of people who otherwise write like the token's users.
Without that, every everyday word of a network's language looks risky. Surprise is weighed by the root of the share of
users who are risky, since a word that mostly others use makes a bad term. Both count accounts, not posts, so that no
single account can write a term into the list. At a count this is half of Dunning's G² (Computational Linguistics 19(1),
1993) against that mean; log-odds (Monroe, Colaresi and Quinn, Political Analysis 16(4), 2008) added nothing to it.
Growth and nearness to known terms by disguise raise a score; they never make one.
"""

# Kernels are typed by numba when they compile; mypy and ruff read them as plain Python.
# mypy: disable-error-code="operator,arg-type,assignment,type-var"

from dataclasses import dataclass

import numba as nb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from scipy.special import gammainc

from seawall.records.activity import TIME
from seawall.terms.lexicon import Lexicon
from seawall.terms.scanner import Scanner

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
MIN_RISKY = 3
FLOOR = 2.4
"""The least surprise (nats) times root of share that makes a proposal: `bench.new_terms` tells how many are right."""
EVERYDAY_USERS, PRIOR_WORDS = 30, 5.0
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


@dataclass(frozen=True, slots=True)
class _Use:
    """Every use of a token by an account, as numbers; `risky` [uses]: the account is flagged."""

    words: pa.Array
    token: Ints
    owner: npt.NDArray[np.intp]
    risky: npt.NDArray[np.bool_]
    first: Ints
    last: Ints


def propose(
    tokens: pa.Table,
    account_id: npt.NDArray[np.uint64],
    risk: Floats,
    lexicon: Lexicon,
    limit: int = 40,
    *,
    expected: Floats | None = None,
    flagged_at: float = 0.5,
) -> pa.Table:
    """At most `limit` proposals as `PROPOSALS`, best first; their status is always proposed.

    `tokens` has the columns of `terms.tokens.TOKENS`, one row an account and token; `account_id` and `risk` (in [0,1])
    cover every account, also those that wrote nothing, and so does `expected` (`expected_risk`; without it, the mean).
    What the lexicon holds as a term or as an innocent word is not proposed again.
    """
    use = _uses(tokens, account_id, risk >= flagged_at)
    chance = np.full(len(risk), risk.mean() if len(risk) else 0.0) if expected is None else expected
    users, flagged = np.bincount(use.token, minlength=len(use.words)), np.bincount(use.token[use.risky])
    flagged = np.pad(flagged, (0, len(use.words) - len(flagged)))
    score = _score(users, np.bincount(use.token, risk[use.owner], len(users)), _summed(use, chance))
    score[(flagged < MIN_RISKY) | (score < FLOOR) | _unfit(use.words, lexicon)] = 0.0
    growth = _growth(use, len(score))
    near = _near(use.words, score, lexicon, limit)
    score *= (1 + growth) * np.where(near >= 0, 1.5, 1.0)
    best = _best(score, use.words, limit)
    counts = {"accounts": users[best], "flagged_accounts": flagged[best], "innocent_accounts": (users - flagged)[best]}
    known = [lexicon.terms[term].text if term >= 0 else None for term in near[best].tolist()]
    columns = {"term": use.words.take(pa.array(best)), "score": score[best], **counts, **_spans(use, best)}
    columns |= {"growth": growth[best], "near": pa.array(known, pa.string()), "examples": _examples(tokens, use, best)}
    return pa.table(columns).cast(PROPOSALS)


def expected_risk(indptr: npt.NDArray[np.integer], indices: npt.NDArray[np.integer], risk: Floats) -> Floats:
    """How risky people are who use each account's everyday words, shape (n,); the account's own risk is left out.

    `indptr` [n + 1] and `indices` are rows of a bag of words (0 or 1 a word). A word is everyday from `EVERYDAY_USERS`
    users on; `PRIOR_WORDS` words of the platform's mean keep accounts that write little near it.
    """
    size = int(indices.max(initial=-1)) + 1
    users = np.bincount(indices, minlength=size)
    risky = np.bincount(indices, np.repeat(risk, np.diff(indptr)), size)
    found: Floats = _expected(indptr, indices, risk, users, risky, float(risk.mean()) if len(risk) else 0.0)
    return found


@nb.njit(cache=True, error_model="numpy")
def _expected(indptr, indices, risk, users, risky, mean):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    out = np.empty(len(indptr) - 1, np.float64)
    for row in range(len(out)):
        total = PRIOR_WORDS * mean
        words = PRIOR_WORDS
        for k in range(indptr[row], indptr[row + 1]):
            word = indices[k]
            if users[word] >= EVERYDAY_USERS:
                total += (risky[word] - risk[row]) / (users[word] - 1)
                words += 1.0
        out[row] = total / words
    return out


def _uses(tokens: pa.Table, account_id: npt.NDArray[np.uint64], flagged: npt.NDArray[np.bool_]) -> _Use:
    order = np.argsort(account_id)
    token = tokens["token"].combine_chunks().dictionary_encode()
    owner = order[np.searchsorted(account_id, np.asarray(tokens["account_id"]), sorter=order)]
    first, last = (np.asarray(pc.cast(tokens[name], pa.int64())) for name in ("first_at", "last_at"))
    return _Use(token.dictionary, np.asarray(token.indices).astype(np.int64), owner, flagged[owner], first, last)


def _summed(use: _Use, weight: Floats) -> Floats:
    total: Floats = np.bincount(use.token, weight[use.owner], len(use.words))
    return total


def _score(users: npt.NDArray[np.intp], risky: Floats, expected: Floats) -> Floats:
    """Surprise in nats times the root of the risky share, for each token; 0 where fewer are risky than expected."""
    tail = gammainc(np.maximum(risky, 1e-9), np.maximum(expected, 1e-12))  # the Poisson tail at a real count
    surprise = np.where(risky > expected, -np.log(np.maximum(tail, 1e-300)), 0.0)
    return surprise * np.sqrt(risky / np.maximum(users, 1))


def _unfit(words: pa.Array, lexicon: Lexicon) -> npt.NDArray[np.bool_]:
    """Tokens that are known already, or no words."""
    known = pa.array([*(term.text for term in lexicon.terms), *lexicon.innocent], pa.string())
    listed = pc.is_in(_bare(words), value_set=_bare(known))
    unfit: npt.NDArray[np.bool_] = np.asarray(pc.or_(listed, pc.match_substring_regex(words, _QUANTITY)))
    return unfit


def _growth(use: _Use, size: int) -> Floats:
    """The share of each token's risky users who first used it in the last `RECENT_DAYS` of the data."""
    since = use.last.max(initial=0) - RECENT_DAYS * 86_400_000_000
    token = use.token[use.risky]
    recent = np.bincount(token, use.first[use.risky] >= since, size)
    growth: Floats = recent / np.maximum(np.bincount(token, minlength=size), 1)
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
    """The best tokens; of a hashtag and its word only the better one."""
    order = np.argsort(-score, kind="stable")[: 3 * limit]
    order = order[score[order] > 0]
    bare = _bare(words.take(pa.array(order))).to_pylist()
    kept: dict[str, int] = {}
    for word, at in zip(bare, order.tolist(), strict=True):
        kept.setdefault(word, at)
    return np.array(list(kept.values())[:limit], np.int64)


def _spans(use: _Use, best: Ints) -> dict[str, pa.Array]:
    """When each token was first and last used by a risky account."""
    rows = [np.flatnonzero((use.token == at) & use.risky) for at in best.tolist()]
    first, last = [int(use.first[some].min()) for some in rows], [int(use.last[some].max()) for some in rows]
    return {"first_at": pa.array(first, pa.int64()), "last_at": pa.array(last, pa.int64())}


def _examples(tokens: pa.Table, use: _Use, best: Ints) -> pa.Array:
    accounts = np.asarray(tokens["account_id"])
    some = [np.sort(accounts[(use.token == at) & use.risky])[:5].tolist() for at in best.tolist()]
    return pa.array(some, pa.list_(pa.uint64()))
