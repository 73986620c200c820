"""How surprising it is that risky accounts use a token.

What is seen is held against what chance would give: for each user of a token, the risk of people who write alike; more
where the others use the token in offers, since who sells anything uses the words of trade; and for those who began of
late, the token's own past. Tails are of a Poisson law at a real count. At a count this is half of Dunning's G²
(Computational Linguistics 19(1), 1993) against that mean; the past enters with `PRIOR_USERS` users of the mean, as the
informative prior of Monroe, Colaresi and Quinn does (Political Analysis 16(4), 2008).
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

from seawall.terms.shortlist import LATE

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
EVERYDAY_USERS, PRIOR_WORDS = 30, 5.0
PRIOR_USERS = 50.0
DEALERS = 2.0
"""Who deals in risk makes that many times as many offers as others who make any."""
VEILED = 0.01
"""The share of a word's users who misspell it without meaning to hide it."""
OPEN, SURE = 0.15, 2.0
"""What a token weighs that nobody veils, beside 1 more at `SURE` nats of evidence that it is veiled."""


@dataclass(frozen=True, slots=True)
class Use:
    """Every use of a token by an account, as numbers, shape (uses,); `words`: the tokens, by number.

    `first` and `last` are UTC microseconds; `risky`: the account is flagged; `looked`: it was looked for offers.
    """

    words: pa.Array
    token: Ints
    owner: npt.NDArray[np.intp]
    risky: Bools
    veiled: Bools
    offered: Bools
    looked: Bools
    first: Ints
    last: Ints

    @classmethod
    def of(cls, tokens: pa.Table, account_id: npt.NDArray[np.uint64], flagged: Bools) -> "Use":
        """From `terms.counts.TOKENS`; `flagged` has an entry an account of `account_id`."""
        order = np.argsort(account_id)
        token = tokens["token"].combine_chunks().dictionary_encode()
        owner = order[np.searchsorted(account_id, np.asarray(tokens["account_id"]), sorter=order)]
        veiled, looked = np.asarray(tokens["veiled"]), np.asarray(tokens["offered"].is_valid())
        offered = np.asarray(tokens["offered"].fill_null(False))
        first, last = (np.asarray(pc.cast(tokens[name], pa.int64())) for name in ("first_at", "last_at"))
        words = np.asarray(token.indices).astype(np.int64)
        return cls(token.dictionary, words, owner, flagged[owner], veiled, offered, looked, first, last)

    def summed(self, weight: Floats | Bools) -> Floats:
        """The sum over each token's uses of a weight, shape (tokens,)."""
        return np.bincount(self.token, weight, len(self.words)).astype(np.float64)


def score(use: Use, risk: Floats, chance: Floats, trade: float) -> Floats:
    """Surprise in nats times the cube root of the share of users who are risky, less where nobody veils the token.

    `risk` (accounts,) is 0 for who is not flagged, `chance` the risk of people who write like each account; `trade` is
    how many times as often a risky account makes offers as others do.
    """
    users, risky, own = use.summed(np.ones(len(use.token))), use.summed(risk[use.owner]), ~use.risky
    mean = use.summed(chance[use.owner]) * _trading(use, trade)
    late = use.first >= use.last.max(initial=0) - LATE
    fresh, fresh_risky = use.summed(late), use.summed(late * risk[use.owner])
    each = mean / np.maximum(users, 1)
    past = (risky - fresh_risky + PRIOR_USERS * each) / (users - fresh + PRIOR_USERS)
    ever, of_late = _weighed(risky, mean, users), _weighed(fresh_risky, fresh * past, fresh)
    found: Floats = np.maximum(ever, of_late) * (OPEN + _veil(use, users, own))
    return found


def _weighed(risky: Floats, mean: Floats, users: Floats) -> Floats:
    return surprise(risky, mean) * np.cbrt(risky / np.maximum(users, 1))


def surprise(seen: Floats, mean: Floats) -> Floats:
    """How unlikely at least `seen` is where `mean` is expected, in nats; 0 where it is not above it."""
    tail = gammainc(np.maximum(seen, 1e-9), np.maximum(mean, 1e-12))
    return np.where(seen > mean, -np.log(np.maximum(tail, 1e-300)), 0.0)


def _trading(use: Use, trade: float) -> Floats:
    """How many times likelier a token's users are risky because others use it in offers."""
    others, offering = use.summed(use.looked), use.summed(use.offered)
    usual = offering.sum() / max(others.sum(), 1)
    share = (offering + 2 * usual) / (others + 2)
    times: Floats = np.maximum(1.0, 1 - share + share * DEALERS * trade)
    return times


def _veil(use: Use, users: Floats, own: Bools) -> Floats:
    """Evidence in [0,1] that a token is written so as not to be found; none where it is a game of everybody's."""
    veiled, others = use.summed(use.veiled), use.summed(own)
    game = 3 * use.summed(own & use.veiled) > others + 4
    return np.where(game, 0.0, np.minimum(surprise(veiled, VEILED * users) / SURE, 1.0))


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
