"""Whether matching works: for readiness, metrics and screens."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from seawall.hashes.canary import BANK, CanaryState, read_state
from seawall.hashes.index import HashIndex
from seawall.hashes.ledger import opened
from seawall.records.errors import BadInput, Damaged, SeawallError, Unavailable


@dataclass(frozen=True, slots=True)
class MediaHealth:
    """The state of the banks in a folder at a time; no alarm means that known media are being matched."""

    at: datetime
    alarms: tuple[str, ...]
    canary: CanaryState | None
    damaged: bool
    hashes: int
    generation: int
    fed_at: datetime | None
    """When a list last brought something."""
    notices: tuple[str, ...]
    """What waits for a person."""

    @property
    def ready(self) -> bool:
        """Whether there is no alarm."""
        return not self.alarms

    def require(self) -> None:
        """Raise `Unavailable` with every alarm."""
        if self.alarms:
            raise Unavailable(" ".join(self.alarms))

    def gauges(self) -> Mapping[str, float]:
        """Numbers by the name that metrics give them; an age is infinite for what never was."""
        canary = self.canary
        return {
            "seawall_media_ready": float(self.ready),
            "seawall_media_canary_alive": float(canary is not None and canary.alive),
            "seawall_media_canary_sent": float(canary.sent if canary else 0),
            "seawall_media_canary_missed": float(canary.missed if canary else 0),
            "seawall_media_canary_age_seconds": self._age(canary.passed_at if canary else None),
            "seawall_media_list_age_seconds": self._age(self.fed_at),
            "seawall_media_index_damaged": float(self.damaged),
            "seawall_media_hashes": float(self.hashes),
            "seawall_media_index_generation": float(self.generation),
            "seawall_media_notices": float(len(self.notices)),
        }

    def _age(self, since: datetime | None) -> float:
        return (self.at - since).total_seconds() if since else math.inf


def media_health(folder: Path, now: datetime | None = None, *, verify: bool = False) -> MediaHealth:
    """Look at the banks in a folder while another process may serve and change them.

    `verify` reads and checks every block of the index; without it, damage is seen where blocks are read.
    """
    now, canary = now or datetime.now(UTC), read_state(folder)
    alarms = [canary.alarm(now) if canary else _NEVER.format(folder=folder)]
    hashes, generation, damaged = 0, -1, False
    try:
        index = HashIndex.open(Path(folder) / "index", verify=False)
        for segment in index.segments if verify else ():
            segment.verify()
        hashes, generation, damaged = len(index), index.manifest.generation, index.state != "current"
        alarms += [f"the index is degraded: {index.state}."] if damaged else []
    except (BadInput, Damaged, Unavailable) as error:
        alarms.append(str(error))
        damaged = isinstance(error, Damaged)
    fed_at: datetime | None = None
    notices: tuple[str, ...] = ()
    try:
        fed_at, notices = _fed_at(folder), tuple(_notices(folder))
    except SeawallError as error:
        alarms.append(str(error))
    return MediaHealth(now, tuple(filter(None, alarms)), canary, damaged, hashes, generation, fed_at, notices)


_NEVER = "no canary was ever sent in {folder}; send one with `seawall hashes canary`."


def _fed_at(folder: Path) -> datetime | None:
    """When the last entry came, or, where an exchange was read later and had nothing new, when that was."""
    with opened(folder) as ledger:
        last = "SELECT added_at FROM entries WHERE bank != ? ORDER BY entry DESC LIMIT 1"
        times = [datetime.fromisoformat(at) for (at,) in ledger.execute(last, (BANK,))]
        if ledger.execute("SELECT 1 FROM sqlite_master WHERE name = 'exchanges'").fetchone():
            read = "SELECT MAX(completed) FROM exchanges WHERE succeeded = 1"
            times += [datetime.fromtimestamp(at, UTC) for (at,) in ledger.execute(read) if at]
    return max(times, default=None)


def _notices(folder: Path) -> Iterator[str]:
    with opened(folder) as ledger:
        for at, entry, text in ledger.execute("SELECT at, entry, text FROM notices ORDER BY at, entry"):
            yield f"{at[:16]} {f'entry {entry}: ' if entry else ''}{text}"
