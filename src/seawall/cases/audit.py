"""The audit log: every change and look at evidence, chained.

A row's digest covers the row and the digest of the row before (Haber and Stornetta, Journal of Cryptology 3, 1991), so
none can be changed, removed or moved without breaking the chain. The head is told to a file outside the database after
each commit (`anchors`), so that cutting the end off shows too.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from seawall.cases.actor import Actor
from seawall.cases.anchors import keep_head
from seawall.cases.models import AuditEntry, AuditHead, Case

GENESIS = "0" * 64
"""What the first row follows."""


def record(
    actor: Actor,
    action: str,
    subject: object,
    *,
    case: Case | None = None,
    purpose: str = "",
    details: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Append one row, in the transaction of the change that it tells of."""
    if not connection.in_atomic_block:
        raise RuntimeError("an audit row is written in the transaction of its change")
    head = AuditHead.objects.select_for_update().get(pk=1)
    row = AuditEntry(
        sequence=head.sequence + 1,
        at=timezone.now().isoformat(timespec="microseconds"),
        person=actor.person,
        pseudonym=actor.label,
        door=actor.door,
        action=action,
        subject=str(subject)[:200],
        case_id=case.pk if case else None,
        purpose=purpose[:300],
        details=canonical(details or {}),
        previous=head.digest,
    )
    row.digest = digest_of(row)
    row.save(force_insert=True)
    head.sequence, head.digest = row.sequence, row.digest
    head.save(update_fields=["sequence", "digest"])
    transaction.on_commit(lambda: keep_head(row.sequence, row.digest))
    return row


def digest_of(row: AuditEntry) -> str:
    """SHA-256 of everything that a row says, as 64 hex digits."""
    said = [
        row.sequence,
        row.at,
        row.person_id,
        row.pseudonym,
        row.door,
        row.action,
        row.subject,
        row.case_id,
        row.purpose,
        row.details,
        row.previous,
    ]
    return hashlib.sha256(canonical(said).encode()).hexdigest()


def canonical(value: Any) -> str:
    """One spelling for equal values."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
