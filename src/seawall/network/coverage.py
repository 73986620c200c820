"""Where a run is unsure, and its error against how much it decides.

Evidence is thin where the chance that a decision is right is small.
Selective classification (El-Yaniv and Wiener, JMLR 11, 2010): decisions are taken surest first, and the error among
those taken is told for every share of them. How sure a decision is follows from the risk alone: the chance that it is
right.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

SURE = 0.8
"""A decision that is right with a smaller chance than this is one that the run is unsure of."""

STEPS = 20
"""Shares of the accounts at which the curve is told."""

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


def confidence(risk: Floats, flagged: Flags) -> Floats:
    """The chance that flagging, or not flagging, is right, (k,)."""
    return np.where(flagged, risk, 1 - risk)


def unsure(risk: Floats, flagged: Flags) -> Flags:
    """Where a run does not know: also a high risk that too little evidence stands behind to flag it, (k,)."""
    return confidence(risk, flagged) < SURE


@dataclass(frozen=True, slots=True)
class Coverage:
    """`curve`: (share of the accounts, surest first; error among these); `sure` of `accounts` are decided."""

    accounts: int
    sure: int
    error: float | None
    error_when_sure: float | None
    curve: tuple[tuple[float, float], ...]

    @classmethod
    def of(cls, risk: Floats, flagged: Flags, hidden: Flags) -> Self:
        """Of accounts with a finding, and whether each is hidden in truth, (k,) each."""
        wrong, known = flagged != hidden, ~unsure(risk, flagged)
        order = np.argsort(-confidence(risk, flagged), kind="stable")
        errors = np.cumsum(wrong[order]) / np.arange(1, len(wrong) + 1)
        ends = np.unique(np.ceil(np.arange(1, STEPS + 1) / STEPS * len(wrong)).astype(np.int64))
        curve = tuple((end / len(wrong), float(errors[end - 1])) for end in ends.tolist() if end)
        return cls(len(wrong), int(known.sum()), _mean(wrong), _mean(wrong[known]), curve)

    @property
    def share(self) -> float | None:
        """Of the accounts, those decided."""
        return self.sure / self.accounts if self.accounts else None

    def facts(self) -> dict[str, object]:
        """As JSON."""
        told = {"accounts": self.accounts, "sure": self.sure, "share": self.share, "error": self.error}
        return {**told, "error_when_sure": self.error_when_sure, "curve": [list(point) for point in self.curve]}

    def lines(self) -> list[str]:
        """As a person reads it."""
        if not self.accounts:
            return ["coverage         no finding"]
        told = f"sure of {self.sure:,} of {self.accounts:,} findings, of which wrong {self.error_when_sure or 0:.2%}"
        rows = [f"  surest {share:4.0%}    wrong {error:6.2%}" for share, error in self.curve[len(self.curve) % 4 :: 4]]
        return [f"coverage         {told}; of all {self.error or 0:.2%}", *rows]


def _mean(wrong: Flags) -> float | None:
    return float(wrong.mean()) if len(wrong) else None
