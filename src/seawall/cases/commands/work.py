"""What people keep: notes on a case, filters of their queue."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from seawall.cases.actor import Actor, Permission
from seawall.cases.audit import record
from seawall.cases.commands.queue import required
from seawall.cases.models import Case, Note, SavedFilter


@transaction.atomic
def add_note(actor: Actor, case: Case, text: str) -> Note:
    """A remark on a case, for good."""
    person = actor.require_case(Permission.WORK, case)
    note = Note.objects.create(case=case, by=person, at=timezone.now(), text=required(text, "The note is empty."))
    record(actor, "noted", case, case=case, details={"note": note.pk})
    return note


@transaction.atomic
def save_filter(actor: Actor, name: str, chosen: Mapping[str, Any]) -> SavedFilter:
    """Keep a way to look at the queue, replacing one of the same name."""
    person = actor.require(Permission.SEE_CASES)
    name = required(name, "Give the filter a name.")[:60]
    saved, _ = SavedFilter.objects.update_or_create(person=person, name=name, defaults={"chosen": dict(chosen)})
    record(actor, "saved filter", name)
    return saved


@transaction.atomic
def drop_filter(actor: Actor, name: str) -> None:
    """Forget a saved filter."""
    person = actor.require(Permission.SEE_CASES)
    SavedFilter.objects.filter(person=person, name=name).delete()
    record(actor, "dropped filter", name)
