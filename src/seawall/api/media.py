"""The banks of known media, as the guard's door tells of them."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from seawall.hashes.health import MediaHealth, media_health

EVERY = 5.0
"""Seconds between two looks."""


@dataclass(slots=True)
class MediaWatch:
    """Looks at a folder of banks now and then; `told` is what was seen last."""

    folder: Path
    told: MediaHealth | None = None
    _looked: float = float("-inf")
    _sound: int | None = None  # the generation of which every block was read

    async def look(self, now: float) -> bool:
        """Look where it is time to (seconds of a clock that never jumps); says whether it was."""
        if now - self._looked < EVERY:
            return False
        self._looked = now
        self.told = await asyncio.to_thread(self._seen)
        return True

    def _seen(self) -> MediaHealth:
        """The state of the banks; every block of a generation is read once, and again while one is damaged."""
        told = media_health(self.folder)
        if told.generation != self._sound:
            told = media_health(self.folder, verify=True)
            self._sound = None if told.damaged else told.generation
        return told

    def degraded(self) -> list[str]:
        """What is wrong, for readiness: the door answers all the same."""
        return [f"known media: {alarm}" for alarm in self.told.alarms] if self.told else []
