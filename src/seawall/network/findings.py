"""Findings on accounts: who is flagged, how sure, on what evidence.

An account is flagged when its risk passes a threshold that was fixed without any truth and two families of evidence
speak against it; nothing is a finding on one weak signal alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seawall.network.belief import BUYS, SAYS, SELLS
from seawall.network.graph import Floats
from seawall.records.roles import ROLES, Role

FLAGGED_FROM = 0.5
"""More likely than not: the threshold of an accusation."""

TAKING_PART = 1.4
"""Contact with sellers, from either side, that an accusation of buying needs, in log-odds: many look and no more."""

DOES, BY_ITSELF = ("contact", "engages", "views", "searches"), 1.0
"""What an account does itself beside following, and how much of it the accusation needs: sellers may follow and like
whom they please, and many follow back."""

WORTH_A_FINDING = 0.02
"""A lower risk is not written down."""

SPEAKS = 0.4
"""A family that adds less than this in log-odds does not speak."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One family of evidence and what it adds in log-odds."""

    family: str
    says: str
    adds: float


@dataclass(frozen=True, slots=True)
class Findings:
    """`accounts` are places, shape (k,), in order; `roles` (k, 6) in the order of ROLES; `reasons` strongest first."""

    accounts: npt.NDArray[np.int64]
    roles: npt.NDArray[np.float64]
    risk: npt.NDArray[np.float64]
    flagged: npt.NDArray[np.bool_]
    reasons: tuple[tuple[Reason, ...], ...]

    def flagged_risk(self, n: int) -> npt.NDArray[np.float64]:
        """The risk of every account of `n`, 0 for who is not flagged."""
        risk = np.zeros(n)
        risk[self.accounts] = self.risk * self.flagged
        return risk

    def likeliest(self) -> npt.NDArray[np.int64]:
        """The likeliest role of each, as its place in ROLES; who is flagged is no bystander."""
        hidden: npt.NDArray[np.int64] = self.roles[:, :-1].argmax(axis=1)
        return np.where(self.flagged, hidden, self.roles.argmax(axis=1))

    def seeks(self) -> npt.NDArray[np.bool_]:
        """Who is likelier to buy than to have any other part in the trade."""
        buys: npt.NDArray[np.bool_] = self.roles[:, ROLES.index(Role.BUYER)] > self.roles[:, :-1].sum(axis=1) / 2
        return buys


def conclude_accounts(
    roles: npt.NDArray[np.float64], families: Mapping[int, Mapping[str, Floats]], *, unseen: bool = False
) -> Findings:
    """Findings from role probabilities, shape (n, 6), and what each family adds to selling and buying, (n,) each.

    Where a platform does not tell who seeks whom (`unseen`), nobody is accused of buying.
    """
    risk = 1 - roles[:, -1]
    sells = roles[:, [0, 1, 3, 4]].sum(axis=1) >= roles[:, 2]
    agreeing = np.where(sells, _speaking(families[SELLS]), _speaking(families[BUYS]))
    accounts = np.flatnonzero((risk >= WORTH_A_FINDING) & (agreeing >= 1))
    flagged = (risk > FLAGGED_FROM) & (agreeing >= 2) & (sells | (not unseen and _takes_part(families[BUYS])))
    reasons = tuple(_reasons(families[SELLS if sells[account] else BUYS], account) for account in accounts.tolist())
    return Findings(accounts, roles[accounts], risk[accounts], flagged[accounts], reasons)


def _speaking(families: Mapping[str, Floats]) -> npt.NDArray[np.int64]:
    """How many families speak for a class."""
    speaking: npt.NDArray[np.int64] = np.sum([part >= SPEAKS for part in families.values()], axis=0)
    return speaking


def _takes_part(buys: Mapping[str, Floats]) -> npt.NDArray[np.bool_]:
    """Who is in contact with sellers, and seeks them of its own accord."""
    met = buys["contact"] + buys["answered"] >= TAKING_PART
    sought: npt.NDArray[np.bool_] = np.sum([buys[family] for family in DOES], axis=0) >= BY_ITSELF
    return met & sought


def _reasons(families: Mapping[str, Floats], account: int) -> tuple[Reason, ...]:
    adds = sorted(((round(float(part[account]), 3), name) for name, part in families.items()), reverse=True)
    return tuple(Reason(name, SAYS[name], add) for add, name in adds if add > 0)
