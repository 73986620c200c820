"""Whether matching works: for readiness, metrics and screens."""

import contextlib
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from seawall.hashes.canary import CanaryState, read_state
from seawall.hashes.index import HashIndex
from seawall.hashes.store import LEDGER
from seawall.records.errors import BadInput, Damaged, Unavailable


@dataclass(frozen=True, slots=True)
class MediaHealth:
    """The state of the banks in a folder; no alarm means that known media are being matched."""

    alarms: tuple[str, ...]
    canary: CanaryState | None
    hashes: int
    generation: int
    notices: int

    @property
    def ready(self) -> bool:
        """Whether there is no alarm."""
        return not self.alarms

    def require(self) -> None:
        """Raise `Unavailable` with every alarm."""
        if self.alarms:
            raise Unavailable(" ".join(self.alarms))

    def gauges(self) -> Mapping[str, float]:
        """Numbers by the name that metrics give them."""
        canary = self.canary
        return {
            "seawall_media_ready": float(self.ready),
            "seawall_media_canary_alive": float(canary is not None and canary.alive),
            "seawall_media_canary_sent_total": float(canary.sent if canary else 0),
            "seawall_media_canary_missed_total": float(canary.missed if canary else 0),
            "seawall_media_canary_timestamp_seconds": canary.at.timestamp() if canary else 0.0,
            "seawall_media_hashes": float(self.hashes),
            "seawall_media_index_generation": float(self.generation),
            "seawall_media_notices": float(self.notices),
        }


def media_health(folder: Path, now: datetime | None = None, *, verify: bool = False) -> MediaHealth:
    """Look at the banks in a folder while another process may serve and change them.

    `verify` reads and checks every block of the index; without it, damage is seen where blocks are read.
    """
    canary = read_state(folder)
    alarms = [canary.alarm(now or datetime.now(UTC)) if canary else _NEVER.format(folder=folder)]
    hashes, generation = 0, -1
    try:
        index = HashIndex.open(Path(folder) / "index", verify=False)
        for segment in index.segments if verify else ():
            segment.verify()
        hashes, generation = len(index), index.manifest.generation
        alarms += [f"the index is degraded: {index.state}."] if index.state != "current" else []
    except (BadInput, Damaged, Unavailable) as error:
        alarms.append(str(error))
    return MediaHealth(tuple(filter(None, alarms)), canary, hashes, generation, _notices(folder))


_NEVER = "no canary was ever sent in {folder}; send one with `seawall hashes canary`."


def _notices(folder: Path) -> int:
    """How many notices wait for a person."""
    ledger = Path(folder) / LEDGER
    if not ledger.exists():
        return 0
    with contextlib.closing(sqlite3.connect(f"{ledger.absolute().as_uri()}?mode=ro", uri=True)) as opened:
        return int(opened.execute("SELECT COUNT(*) FROM notices").fetchone()[0])
