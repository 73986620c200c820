"""What stays of a finished report in the vault."""

from dataclasses import dataclass

from seawall.disclosures.ledger import Ledger
from seawall.disclosures.models import Disclosure, State, Step
from seawall.disclosures.vault.vault import By, Vault


@dataclass(frozen=True, slots=True)
class Receipts:
    """Keeps the receipts of finished reports, and preserves their case for a year from the last one."""

    vault: Vault
    ledger: Ledger

    def keep(self, disclosure: Disclosure, by: By) -> int:
        """Put what is not there yet; returns how many items that were. Nothing stands of an unfinished report."""
        if disclosure.state != State.ACKNOWLEDGED or disclosure.finished_at is None:
            return 0
        case = self.vault.open(disclosure.case_id, by)
        there, added = {item.name for item in case.items()}, 0
        for step in Step.objects.filter(disclosure=disclosure, answered_at__isnull=False).order_by("number"):
            name = f"{disclosure.kind}-{disclosure.pk}-{step.number:03d}-{step.call}"
            for ending, content in (("sent", self.ledger.sent(step)), ("answer", self.ledger.answered(step))):
                if content and f"{name}.{ending}" not in there:
                    case.put(f"{name}.{ending}", [content])
                    added += 1
        case.reported(disclosure.finished_at)
        return added
