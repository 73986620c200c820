"""What each test account has done and seen, as recommenders know it."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from seawall.trials.draws import Floats, Ints

DECAY = 0.85
"""How much less the account before the last counts in a session."""
DISCOUNT = 0.75
"""What each time that an account was shown in vain leaves of its score (Lee et al., KDD 2014)."""


@dataclass(slots=True)
class Recent:
    """The last accounts of each row, newest last, -1 where there are fewer; `filled` counts all."""

    items: Ints
    filled: Ints

    @classmethod
    def empty(cls, rows: int, length: int) -> Self:
        """Nothing yet."""
        return cls(np.full((rows, length), -1), np.zeros(rows, np.int64))

    def add(self, who: Ints, items: Ints) -> None:
        """Remember one more item in each named row; the oldest is overwritten. A row may be named repeatedly."""
        order = np.argsort(who, kind="stable")
        rows, values = who[order], items[order]
        first = np.searchsorted(rows, rows)
        place = self.filled[rows] + np.arange(len(rows)) - first
        self.items[rows, place % self.items.shape[1]] = values
        np.add.at(self.filled, rows, 1)

    def ages(self, who: Ints) -> Ints:
        """How many items came after each one, shape (w, length)."""
        length = self.items.shape[1]
        newest = (self.filled[who] - 1)[:, None]
        ages: Ints = (newest - np.arange(length)[None, :]) % length
        return ages


@dataclass(slots=True)
class History:
    """`shown` counts, for each test account and platform account, how often it was suggested."""

    followed: Recent
    liked: Recent
    viewed: Recent
    shown: npt.NDArray[np.uint8]
    feeds: Ints  # how often each has opened its feed

    @classmethod
    def fresh(cls, count: int, accounts: int) -> Self:
        """So many accounts that have done nothing."""
        return cls(
            Recent.empty(count, 64),
            Recent.empty(count, 64),
            Recent.empty(count, 12),
            np.zeros((count, accounts), np.uint8),
            np.zeros(count, np.int64),
        )

    def note_shown(self, who: Ints, items: Ints) -> None:
        """Count what was suggested, (w, p)."""
        row, column = np.nonzero(items >= 0)
        at = (who[row], items[row, column])
        self.shown[at] = np.minimum(self.shown[at], 250) + 1

    def matrix(self, who: Ints, accounts: int) -> csr_matrix:
        """What each follows, as ones, (w, accounts)."""
        items = self.followed.items[who]
        there = items >= 0
        starts = np.concatenate([[0], np.cumsum(there.sum(axis=1))])
        return csr_matrix((np.ones(int(there.sum()), np.float32), items[there], starts), shape=(len(who), accounts))


def session_weights(recent: Recent, who: Ints) -> Floats:
    """The weight of each remembered item, falling with age, (w, length)."""
    return np.where(recent.items[who] >= 0, DECAY ** recent.ages(who).astype(np.float64), 0.0)
