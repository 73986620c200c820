"""What one request reads, as it was when it began.

A view is never changed; a swap or a decision makes a new one. So no request sees parts of two.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from seawall.guard.holdings import holdings
from seawall.guard.index import Index
from seawall.guard.late import Late
from seawall.guard.media import Media
from seawall.guard.packed import Packed
from seawall.guard.policy import Policy
from seawall.guard.secrets import Secrets
from seawall.guard.table import Table, frozen
from seawall.guard.wording import NO_TERMS, Found, Wording

BLIND = "0" * 16
"""The index version of answers that were given without an index."""


@dataclass(frozen=True, slots=True)
class View:
    """`held` is what kernels look into, by its address (`holdings.py`); `blind`: there is no index."""

    version: str
    blind: bool
    policy: Policy
    digest: str
    wording: Wording | None
    late: Late
    exempt: npt.NDArray[np.int64]
    media: Media | None
    secrets: Secrets
    held: Packed

    @classmethod
    def of(cls, index: Index | None, rescued: Wording | None, policy: Policy, late: Late, secrets: Secrets) -> Self:
        """The view of an index, or of none: then the terms that could be rescued are all that is known."""
        empty = Table.plain(np.empty(0, np.uint64), np.empty(0, np.uint32))
        accounts, pairs, things = (index.accounts, index.pairs, index.things) if index else (empty, empty, empty)
        wording = index.wording if index else rescued
        return cls(
            index.version if index else BLIND,
            index is None,
            policy,
            policy.digest,
            wording,
            late,
            _exempt(wording, late),
            index.media if index else None,
            secrets,
            holdings(accounts, things, pairs, late, secrets, policy),
        )

    def query(self, text: str) -> Found | None:
        """The worst term in a query, those that people blocked since the run included."""
        late = self.late.wording.query(text) if self.late.wording else None
        if late is not None or self.wording is None:
            return late
        return self.wording.query(text, self.exempt)

    def text(self, text: str, *, hashtag: bool = False) -> Found | None:
        """The worst term in a text or a hashtag."""
        late = self.late.wording.text(text, hashtag=hashtag) if self.late.wording else None
        if late is not None or self.wording is None:
            return late
        return self.wording.text(text, self.exempt, hashtag=hashtag)


def _exempt(wording: Wording | None, late: Late) -> npt.NDArray[np.int64]:
    """The numbers of the terms that people unblocked since the run."""
    if wording is None or not len(late.unblocked):
        return NO_TERMS
    return frozen(np.flatnonzero(np.isin(wording.marks, late.unblocked)).astype(np.int64))
