"""The flood guard: a hash that matches too many accounts is set aside."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from seawall.hashes.store import BankStore


@dataclass(slots=True)
class FloodGuard:
    """Counts distinct accounts whose uploads match an entry within a sliding window.

    A file that is traded travels through few accounts; one that thousands upload within hours is a viral picture, a
    template or a mistake in the list. At `limit` accounts the entry is quarantined and a person is told.
    """

    store: BankStore
    limit: int = 1000
    window: timedelta = timedelta(hours=24)
    _seen: dict[int, deque[tuple[datetime, int]]] = field(default_factory=dict)
    _accounts: dict[int, dict[int, int]] = field(default_factory=dict)

    def observe(self, entry: int, account: int, at: datetime) -> bool:
        """Count one match; says whether it made the entry be quarantined."""
        seen = self._seen.setdefault(entry, deque())
        accounts = self._accounts.setdefault(entry, {})
        seen.append((at, account))
        accounts[account] = accounts.get(account, 0) + 1
        while seen[0][0] <= at - self.window:
            _, gone = seen.popleft()
            accounts[gone] -= 1
            if not accounts[gone]:
                del accounts[gone]
        if len(accounts) < self.limit:
            return False
        self.store.quarantine(entry, f"matched uploads of {len(accounts)} accounts within {self.window}")
        del self._seen[entry], self._accounts[entry]
        return True
