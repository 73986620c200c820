"""Changes by a person's decision: checked, kept, in force."""

from collections.abc import Sequence
from typing import Annotated

import msgspec

from seawall.effects.overlay_entries import OverlayEntry
from seawall.guard.library import Guard
from seawall.guard.overlay import append
from seawall.records.errors import Refused


class OverlayRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Entries as the effects' executor signed them, in the order of their numbers."""

    entries: Annotated[list[OverlayEntry], msgspec.Meta(min_length=1, max_length=500)]


class OverlayAnswer(msgspec.Struct, frozen=True):
    """How many entries came into force; one that already was is not counted again."""

    applied: int


def take_entries(guard: Guard, entries: Sequence[OverlayEntry]) -> int:
    """Append entries to the overlay and follow it; returns how many were new.

    Errors: `Refused` for the first that is not signed, not approved or out of order; those before it are in force.
    """
    overlay = guard.keeper.overlay
    if overlay is None:
        raise Refused("this server takes no changes: it was started without --overlay.")
    applied = 0
    for entry in entries:
        if overlay.has(entry):
            continue  # sent again: the answer was lost on its way
        overlay.checked(entry.line())
        append(overlay.path, entry)
        guard.keeper.look()
        applied += 1
    return applied
