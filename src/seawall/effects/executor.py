"""The one executor: claims what is due, has its sink carry it out.

A claim is a lease. A worker that is killed loses it after a while and another begins again with the same effect id, so
an effect reaches a receiver at least once, and exactly once where the receiver knows ids that it has seen.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, Q, QuerySet, When
from django.utils import timezone

from seawall.effects.configuration import EffectsSection
from seawall.effects.models import Effect
from seawall.effects.quotas import day_of, end_of, take
from seawall.effects.sink import Order, Sink
from seawall.records.errors import SeawallError, Unavailable

LEASE = timedelta(seconds=60)
BATCH = 20
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=2), timedelta(hours=1)
STUCK_AFTER = 5
"""Attempts after which a person should look."""

State = Effect.State
_CHILDREN_FIRST = Case(When(kind="protect", then=0), default=1)
"""Whoever may be a child is protected before anybody is punished."""


def carry_out_due(sinks: Mapping[str, Sink], section: EffectsSection, *, lease: timedelta = LEASE) -> int:
    """Carry out one batch of what is due; returns how many effects were tried, 0 when nothing is due."""
    claimed = _claim(section, lease)
    for effect in claimed:
        sink = sinks.get(effect.sink)
        if sink is None:
            _note(effect, State.WAITING, f"no sink is named {effect.sink}; name it in seawall.toml")
        else:
            _try(effect, sink)
    return len(claimed)


def stuck() -> QuerySet[Effect]:
    """Effects that a person should look at: failed, tried often, or waiting for one that failed."""
    tried = Q(state__in=[State.WAITING, State.CLAIMED], attempts__gte=STUCK_AFTER)
    behind = Q(state=State.WAITING, after__state__in=[State.FAILED, State.WITHDRAWN])
    return Effect.objects.filter(Q(state=State.FAILED) | tried | behind)


def try_again(effect: Effect) -> bool:
    """Let an effect that failed, or that waits after failures, be tried at once; False for any other."""
    tried = Q(state=State.FAILED) | Q(state=State.WAITING, attempts__gt=0)
    return bool(Effect.objects.filter(tried, pk=effect.pk).update(state=State.WAITING, next_at=timezone.now()))


def order_of(effect: Effect) -> Order:
    """The order in a row of the outbox, as a sink sees it."""
    return Order(
        effect.id,
        effect.kind,
        effect.subject_kind,
        effect.subject_id,
        effect.details,
        effect.origin,
        effect.person,
        effect.approved_by,
        effect.created_at,
    )


@transaction.atomic
def _claim(section: EffectsSection, lease: timedelta) -> list[Effect]:
    now = timezone.now()
    claimed = []
    for effect in sorted(_due(now), key=lambda each: (each.kind, each.person)):
        if _counted(effect, section, now):
            effect.state, effect.claim, effect.claimed_until = State.CLAIMED, secrets.token_hex(16), now + lease
            effect.attempts += 1
            claimed.append(effect)
        effect.save(update_fields=["state", "claim", "claimed_until", "attempts", "counted_on", "next_at", "answer"])
    return sorted(claimed, key=lambda each: (each.created_at, each.id))


def _due(now: datetime) -> QuerySet[Effect]:
    free = Q(state=State.WAITING) | Q(state=State.CLAIMED, claimed_until__lte=now)
    turn = Q(after=None) | Q(after__state=State.DONE)
    found = Effect.objects.select_for_update(skip_locked=True, of=("self",)).filter(free, turn, next_at__lte=now)
    return found.order_by(_CHILDREN_FIRST, "next_at", "id")[:BATCH]


def _counted(effect: Effect, section: EffectsSection, now: datetime) -> bool:
    """Whether an effect has its place in a day's quota; one that finds none waits for the next day."""
    quota = section.quota(effect.kind)
    if effect.counted_on is not None or quota is None:
        return True
    day = day_of(now)
    if take(effect.kind, effect.person, day, quota):
        effect.counted_on = day
        return True
    effect.state, effect.next_at = State.WAITING, end_of(day)
    effect.answer = f"the quota of {day} for {effect.kind} is used up; it waits for the next day"
    return False


def _try(effect: Effect, sink: Sink) -> None:
    try:
        answer = sink.carry_out(order_of(effect))
    except Unavailable as error:
        _note(effect, State.WAITING, str(error))
    except SeawallError as error:
        _note(effect, State.FAILED, str(error))
    except Exception as error:  # noqa: BLE001 - a sink with a fault must not hold up the others; a person sees it
        _note(effect, State.WAITING, f"{type(error).__name__}: {error}")
    else:
        _note(effect, State.DONE, answer)


def _note(effect: Effect, state: str, answer: str) -> None:
    """Note an outcome, unless the claim was lost meanwhile: then whoever has it now notes theirs."""
    now = timezone.now()
    wait = min(FIRST_WAIT * 2 ** min(effect.attempts, 20), LONGEST_WAIT)
    Effect.objects.filter(pk=effect.pk, claim=effect.claim, state=State.CLAIMED).update(
        state=state,
        claim="",
        claimed_until=None,
        answer=answer[:2000],
        next_at=now + wait if state == State.WAITING else now,
        done_at=now if state == State.DONE else None,
    )
