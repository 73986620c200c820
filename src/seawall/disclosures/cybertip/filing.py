"""Drafts of a case into the ledger, checked; and every approved one out of it."""

import hashlib
from collections.abc import Iterator
from datetime import datetime

import msgspec

from seawall.disclosures.cybertip.drafting import Draft, draft_reports
from seawall.disclosures.cybertip.rules import Problem, check_file, check_report
from seawall.disclosures.cybertip.sending import AUTHORITY, KIND, Sender
from seawall.disclosures.dossier import Dossier
from seawall.disclosures.ledger import Identity, Ledger
from seawall.disclosures.models import Disclosure, State
from seawall.disclosures.turn import sending_turn


def file_drafts(ledger: Ledger, dossier: Dossier, environment: str, now: datetime) -> list[Disclosure]:
    """Draft and check the reports of a case; raises BadInput with every problem of the first that breaks a rule."""
    filed = []
    for ordinal, draft in enumerate(draft_reports(dossier), 1):
        identity = Identity(KIND, AUTHORITY, environment, dossier.case_id, draft.subject)
        disclosure = ledger.draft(identity, ordinal, msgspec.json.encode(draft), now)
        ledger.checked(disclosure, problems_of(draft, now))
        filed.append(disclosure)
    return filed


def problems_of(draft: Draft, now: datetime) -> list[Problem]:
    """What breaks the rules in a report or in the details of its files."""
    problems = check_report(draft.report, now)
    for attachment in draft.attachments:
        stand_in = hashlib.md5(attachment.key.encode(), usedforsecurity=False).hexdigest()
        found = check_file(attachment.details(1, stand_in), now)
        problems += [Problem(f"{attachment.key}: {problem.field}", problem.says) for problem in found]
    return problems


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
