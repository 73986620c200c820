"""What the trial watch says: who is shown what, against before.

`seawall trial watch` writes its state into the home folder after each round. Only counts are in it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec
from django.conf import settings
from django.utils import timezone

STATE = "watch.json"
STALE = timedelta(days=8)
"""A watch that has not walked for so long has stopped: it is made for a round a day, or at least one a week."""


class Stream(msgspec.Struct, frozen=True):
    """One surface, or all: `bound` is the share of risky items that the baseline allows, `total` the sum over runs."""

    bound: float
    runs: int
    total: float
    alarmed_after: int | None = None
    accounts: int = 0
    exposed: int = 0

    @property
    def share(self) -> float:
        """The mean share of risky items since the watch began."""
        return self.total / max(self.runs, 1)


class _State(msgspec.Struct, frozen=True):
    rate: float
    rounds: int
    streams: dict[str, Stream]


@dataclass(frozen=True, slots=True)
class Watched:
    """Where the watch stands; `streams` begin with all surfaces together."""

    rate: float
    rounds: int
    streams: dict[str, Stream]
    at: datetime

    @property
    def alarms(self) -> list[str]:
        """The surfaces on which people are shown more than before."""
        return [name for name, one in self.streams.items() if one.alarmed_after is not None]

    @property
    def stopped(self) -> bool:
        """Whether its last round is long ago."""
        return timezone.now() - self.at > STALE


def watched() -> Watched | None:
    """The watch that was told to this home; None where there is none, or what lies there is not one."""
    path = settings.HOME / STATE
    try:
        state = msgspec.json.decode(path.read_bytes(), type=_State)
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, msgspec.DecodeError):
        return None
    return Watched(state.rate, state.rounds, state.streams, at)
