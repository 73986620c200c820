"""Whether the door is alive, and whether it answers from a whole index."""

import msgspec

from seawall.api.media import MediaWatch
from seawall.guard.library import Guard


class Alive(msgspec.Struct, frozen=True):
    """The process runs and its loop turns."""

    alive: bool = True


class Readiness(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whether questions are answered from a warm, fresh index; the rest only for the scope guard:status."""

    ready: bool
    index_version: str | None = None
    index_age_s: float | None = None
    canary: str | None = None
    degraded: list[str] | None = None
    overlay_applied: int | None = None


def readiness(guard: Guard, media: MediaWatch | None = None) -> Readiness:
    """What the guard says of itself, and what is wrong with the banks of known media, which does not unready it."""
    found = guard.health()
    degraded = [*found.degraded, *(media.degraded() if media else ())]
    canary = "found" if found.canary else "missed"
    return Readiness(found.ready, found.index_version, found.index_age_s, canary, degraded, found.overlay_applied)
