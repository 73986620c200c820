"""Who opened a file at full view, by the audit log alone."""

from collections.abc import Iterable

from django.db import transaction

from seawall.cases.actor import Actor, Permission
from seawall.cases.audit import record
from seawall.cases.models import AuditEntry, Case
from seawall.records.errors import BadInput

ACTION = "opened file at full view"
_LONGEST = 200  # characters of a platform's id


@transaction.atomic
def record_full_view(actor: Actor, case: Case, media_id: str, purpose: str) -> None:
    """Note that a person opens a file at full view, before it is shown; raises BadInput without a file or a purpose."""
    actor.require_case(Permission.REVEAL, case)
    if not 0 < len(media_id) <= _LONGEST or not purpose.strip():
        raise BadInput(f"name the file (1 to {_LONGEST} characters) and the purpose of opening it.")
    record(actor, ACTION, f"media:{media_id}", case=case, purpose=purpose)


def viewers_of(media_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The pseudonyms of everybody who opened each file at full view; a file that nobody opened is not in it."""
    subjects = [f"media:{one}" for one in media_ids]
    found: dict[str, list[str]] = {}
    rows = AuditEntry.objects.filter(action=ACTION, subject__in=subjects, person__isnull=False).order_by("sequence")
    for subject, name in rows.values_list("subject", "pseudonym"):
        seen = found.setdefault(subject.removeprefix("media:"), [])
        if name not in seen:
            seen.append(name)
    return {media: tuple(names) for media, names in found.items()}
