"""The flood guard: a hash that matches too many accounts is set aside."""

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
    _last: dict[int, dict[int, datetime]] = field(default_factory=dict)  # of each account, the latest one at the end

    def observe(self, entry: int, account: int, at: datetime) -> bool:
        """Count one match; says whether it made the entry be quarantined."""
        last = self._last.setdefault(entry, {})
        last.pop(account, None)
        last[account] = at
        while last[oldest := next(iter(last))] <= at - self.window:
            del last[oldest]
        if len(last) < self.limit:
            return False
        self.store.quarantine(entry, f"matched uploads of {len(last)} accounts within {self.window}")
        del self._last[entry]
        return True
