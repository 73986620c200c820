"""Drafts of a case into the ledger, approved ones out of it."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from seawall.disclosures.authorities.exclusive import require_first
from seawall.disclosures.cybertip.drafting import draft_reports
from seawall.disclosures.cybertip.problems import problems_of
from seawall.disclosures.cybertip.sending import AUTHORITY, KIND, Sender
from seawall.disclosures.dossier import Dossier
from seawall.disclosures.ledger import Identity, Ledger
from seawall.disclosures.models import Disclosure, State
from seawall.disclosures.turn import sending_turn


def file_drafts(ledger: Ledger, dossier: Dossier, environment: str, now: datetime) -> list[Disclosure]:
    """Draft and check the reports of a case; raises BadInput with every problem of the first that breaks a rule."""
    filed = []
    require_first(ledger, AUTHORITY, (one.account.id for one in dossier.suspects))
    for ordinal, draft in enumerate(draft_reports(dossier), 1):
        identity = Identity(KIND, AUTHORITY, environment, dossier.case_id, draft.subject)
        disclosure = ledger.draft(identity, ordinal, msgspec.json.encode(draft), now)
        ledger.checked(disclosure, problems_of(draft, now))
        filed.append(disclosure)
    return filed


def send_case(sender: Sender, case_id: str) -> Iterator[tuple[Disclosure, int]]:
    """Send what is approved of a case, in its order, or go on where a sender was killed; yields each when done."""
    with sending_turn():
        waiting = Disclosure.objects.filter(
            kind=KIND,
            environment=sender.tipline.credentials.environment,
            case_id=case_id,
            state__in=[State.APPROVED, State.SENT],
        ).order_by("ordinal")
        for disclosure in waiting:
            yield disclosure, sender.send(disclosure)
