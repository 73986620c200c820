"""Whether the door is alive, and whether it answers from a whole index."""

import msgspec

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


def readiness(guard: Guard) -> Readiness:
    """What the guard says of itself."""
    found = guard.health()
    canary = "found" if found.canary else "missed"
    return Readiness(found.ready, found.index_version, found.index_age_s, canary, found.degraded, found.overlay_applied)
