"""Appeals: an affected account is judged again, by somebody else.

They arrive through the platform's own call to the guard's door, which appends them to a file; nobody appeals here.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from seawall.cases.actor import SYSTEM, Actor, Permission
from seawall.cases.audit import record
from seawall.cases.commands.enacting import restore
from seawall.cases.commands.queue import required
from seawall.cases.configuration import cases_section
from seawall.cases.models import AccountDecision, Appeal, Person
from seawall.cases.sealing import seal_text
from seawall.records.errors import Refused
from seawall.records.ids import IdKey
from seawall.records.seal import unseal

State = Appeal.State


class Line(msgspec.Struct, frozen=True):
    """An appeal as the guard's door writes it: ids keyed, the statement sealed with the deployment's key."""

    reference: str
    received_at: datetime
    decision_id: str
    account_id: str | None
    statement: str
    language: str


def pick_up(queue: Path, key: IdKey) -> int:
    """Take appeals from the guard's file; each is taken once, however often the file is read. Returns the new ones."""
    lines = list(_lines(queue)) if queue.is_file() else []
    known = set(Appeal.objects.values_list("reference", flat=True))
    fresh = {line.reference: line for line in lines if line.reference not in known}
    spelt = _spellings(key) if fresh else {}
    for line in fresh.values():
        with transaction.atomic():
            _receive(line, spelt, key)
    return len(fresh)


def open_appeals(actor: Actor) -> QuerySet[Appeal]:
    """Appeals that this person may judge, those due first; never on their own decisions."""
    person = actor.require(Permission.DECIDE)
    found = Appeal.objects.filter(state=State.OPEN, decided__decision__case__stream__in=person.streams)
    found = found.exclude(decided__decision__by=person).exclude(decided__decision__proposal__decided_by=person)
    return found.select_related("decided__decision__case")


def overdue() -> QuerySet[Appeal]:
    """Open appeals whose time is over."""
    return Appeal.objects.filter(state=State.OPEN, answer_by__lt=timezone.now())


@transaction.atomic
def take_appeal(actor: Actor, appeal: Appeal) -> Appeal:
    """Work on an appeal: whoever takes it may read the texts of its case."""
    person, appeal = _other(actor, appeal)
    appeal.by = person
    appeal.save(update_fields=["by"])
    record(actor, "took appeal", f"appeal:{appeal.pk}", case=_decided(appeal).decision.case)
    return appeal


@transaction.atomic
def decide_appeal(actor: Actor, appeal: Appeal, reason: str, *, overturn: bool) -> Appeal:
    """Leave a decision, or overturn it: then everything is restored, and the next run learns that it was wrong."""
    person, appeal = _other(actor, appeal)
    decided = _decided(appeal)
    appeal.by, appeal.decided_at = person, timezone.now()
    appeal.state = State.OVERTURNED if overturn else State.UPHELD
    appeal.reason = required(reason, "Say why: the reason stands in the history of the case.")
    appeal.save()
    if overturn and decided.standing:
        restore(actor, [decided])
    record(actor, "decided appeal", f"appeal:{appeal.pk}", case=decided.decision.case, details={"state": appeal.state})
    return appeal


def _lines(queue: Path) -> Iterator[Line]:
    decode = msgspec.json.Decoder(Line).decode
    for line in queue.read_bytes().split(b"\n"):
        try:
            yield decode(line)
        except msgspec.DecodeError:
            continue  # torn by a crash: its sender was told nothing, and sends it again


def _spellings(key: IdKey) -> dict[str, str]:
    """How accounts with a standing decision are spelt here, by the keyed id that the guard's door gives them."""
    accounts = AccountDecision.objects.filter(standing=True).values_list("account_id", flat=True)
    return {f"{key.one('account', account):016x}": account for account in accounts} | {one: one for one in accounts}


def _receive(line: Line, spelt: dict[str, str], key: IdKey) -> None:
    account = spelt.get(line.account_id or "", line.account_id or "")
    decided = AccountDecision.objects.filter(account_id=account, standing=True).select_related("decision__case").first()
    appeal = Appeal.objects.create(
        reference=line.reference,
        account_id=account,
        decided=decided,
        received_at=line.received_at,
        answer_by=line.received_at + timedelta(days=cases_section().appeal_days),
        sealed=seal_text(unseal(key, line.statement)),
        details={"language": line.language, "decision_id": line.decision_id},
        state=State.OPEN if decided else State.UNMATCHED,
    )
    case = decided.decision.case if decided else None
    record(SYSTEM, "received appeal", f"appeal:{appeal.pk}", case=case, details={"state": appeal.state})


def _other(actor: Actor, appeal: Appeal) -> tuple[Person, Appeal]:
    """The person and the locked appeal, if they had no part in what is appealed; raises Refused."""
    appeal = Appeal.objects.select_for_update(of=("self",)).get(pk=appeal.pk)
    if appeal.state != State.OPEN:
        raise Refused(f"The appeal is {appeal.state}; there is nothing left to decide.")
    decision = _decided(appeal).decision
    person = actor.require_case(Permission.DECIDE, decision.case)
    second = decision.proposal.decided_by_id if decision.proposal else None
    if person.pk in {decision.by_id, second}:
        raise Refused("Whoever decided does not judge the appeal; it takes somebody else.")
    return person, appeal


def _decided(appeal: Appeal) -> AccountDecision:
    if appeal.decided is None:
        raise Refused("Nothing stands decided on this account.")
    return appeal.decided
