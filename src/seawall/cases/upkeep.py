"""What must happen unasked: anchors, expiry, appeals, reminders."""

from dataclasses import dataclass
from pathlib import Path

from seawall.cases.anchors import write_anchor
from seawall.cases.commands.appeals import overdue, pick_up
from seawall.cases.commands.proposals import expire_proposals, unreviewed
from seawall.cases.models import AuditHead
from seawall.effects.executor import stuck
from seawall.records.ids import IdKey

ANCHOR_EVERY = 60.0
"""Seconds between two anchors of the audit log."""


@dataclass(frozen=True, slots=True)
class Reminders:
    """What a person must look at, counted: nothing of it may go by unseen."""

    unreviewed_emergencies: int
    overdue_appeals: int
    stuck_effects: int

    def lines(self) -> list[str]:
        """One sentence for each that is not zero."""
        told = {
            "emergencies wait for a review by a second person": self.unreviewed_emergencies,
            "appeals are overdue": self.overdue_appeals,
            "effects are stuck": self.stuck_effects,
        }
        return [f"{count} {what}" for what, count in told.items() if count]


def keep_up(appeals: Path | None, key: IdKey | None) -> Reminders:
    """One round: anchor the audit log's head, close late proposals, take appeals; returns what waits for people."""
    head = AuditHead.objects.get(pk=1)
    write_anchor(head.sequence, head.digest)
    expire_proposals()
    if appeals is not None and key is not None:
        pick_up(appeals, key)
    return reminders()


def reminders() -> Reminders:
    """What waits for people now."""
    return Reminders(unreviewed().count(), overdue().count(), stuck().count())
