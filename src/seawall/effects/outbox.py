"""Effects are written in the transaction of the decision they serve.

An effect's id is made from what asked for it, so writing the same decision twice writes its effects once.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils import timezone

from seawall.effects.models import Effect
from seawall.records.errors import BadConfiguration

PRESERVE = "preserve"
"""The kind that comes before anything that takes evidence away."""
TAKES_AWAY = frozenset({"remove", "restrict"})
"""Kinds that wait until evidence is preserved."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One change that a decision wants, whichever sinks carry it out."""

    kind: str
    subject_kind: str
    subject_id: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Warrant:
    """Who wants it: pseudonyms of one person or two, and the decision as `decision:12`."""

    origin: str
    person: str
    approved_by: str = ""


def propose(wanted: Iterable[Wanted], warrant: Warrant, routes: Mapping[str, Sequence[str]]) -> list[Effect]:
    """Write effects, one a sink that `routes` names for their kind; returns them in the order they are carried out.

    What takes evidence away follows what preserves it: of the same subject, in this call or still in the outbox.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("effects are written in the transaction of their decision")
    rows: list[Effect] = []
    kept: dict[tuple[str, str], Effect] = {}
    for one in sorted(wanted, key=lambda each: each.kind != PRESERVE):
        for sink in _sinks(one.kind, routes):
            subject = (one.subject_kind, one.subject_id)
            after = kept.get(subject) if one.kind in TAKES_AWAY | {PRESERVE} else None
            rows.append(_row(one, sink, warrant, after))
            if one.kind == PRESERVE:
                kept[subject] = rows[-1]
    Effect.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    return rows


def withdraw(origin: str) -> int:
    """Take back what an origin wanted and nobody has begun; returns how many effects that were."""
    waiting = Effect.objects.filter(origin=origin, state=Effect.State.WAITING, attempts=0)
    return waiting.update(state=Effect.State.WITHDRAWN)


def effect_id(origin: str, kind: str, subject_kind: str, subject_id: str, sink: str) -> str:
    """The id of an effect: equal for equal wishes."""
    said = "\x1f".join((origin, kind, subject_kind, subject_id, sink))
    return hashlib.blake2b(said.encode(), digest_size=16, person=b"seawall-effect").hexdigest()


def _sinks(kind: str, routes: Mapping[str, Sequence[str]]) -> Sequence[str]:
    sinks = routes.get(kind, ())
    if not sinks:
        raise BadConfiguration(
            f"No sink takes effects of the kind {kind!r}. Name one under [effects.sinks] in seawall.toml; "
            f"kinds with a sink: {', '.join(sorted(routes)) or 'none'}."
        )
    return sinks


def _row(one: Wanted, sink: str, warrant: Warrant, after: Effect | None) -> Effect:
    now = timezone.now()
    return Effect(
        id=effect_id(warrant.origin, one.kind, one.subject_kind, one.subject_id, sink),
        kind=one.kind,
        subject_kind=one.subject_kind,
        subject_id=one.subject_id,
        sink=sink,
        details=dict(one.details),
        person=warrant.person,
        approved_by=warrant.approved_by,
        origin=warrant.origin,
        after=after,
        created_at=now,
        next_at=now,
    )
