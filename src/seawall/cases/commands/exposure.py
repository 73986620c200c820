"""Exposure: one text at a time, for a purpose, within a budget.

There is no proof that blurring protects, so what protects here is not having to look: a text is judged once for the
whole organisation, budgets an hour and a day end in a forced pause, no severe text follows a severe one, and anyone
stops at any moment without a reason. Nothing here compares people or measures speed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Q, Sum
from django.utils import timezone

from seawall.cases.actor import Actor, Permission
from seawall.cases.audit import record
from seawall.cases.commands.queue import required
from seawall.cases.configuration import CasesSection, cases_section
from seawall.cases.models import Case, Item, Judgement, Look, Pause, Person, Proposal, Reveal
from seawall.cases.sealing import unseal_text
from seawall.effects.quotas import day_of, end_of
from seawall.records.errors import BadInput, Refused

HOUR = timedelta(hours=1)
SEVERE = 3
DASHBOARD_DAYS = 14


@dataclass(frozen=True, slots=True)
class Shown:
    """One text, in clear, and the look that must be closed."""

    reveal: Reveal
    text: str


@dataclass(frozen=True, slots=True)
class Exposure:
    """What one person has seen, for their eyes only; `days` are (day, texts, severe ones, seconds), latest first."""

    hour: int
    day: int
    hour_budget: int
    day_budget: int
    paused_until: datetime | None
    days: tuple[tuple[str, int, int, float], ...]


@transaction.atomic
def reveal(actor: Actor, item: Item, purpose: str, *, despite_judgement: bool = False) -> Shown:
    """Show one text to whoever works on its case; raises Refused with what stands against it.

    `despite_judgement`: whoever checks another's work may look at a text that the organisation has judged already.
    """
    person = actor.require_case(Permission.REVEAL, item.case)
    person = Person.objects.select_for_update().get(pk=person.pk)  # two tabs do not make two budgets
    purpose = required(purpose, "State the purpose of reading this text.")
    checks = _check_reason(person, item.case)
    _check_bearable(person, item)
    if not (despite_judgement and checks) and (known := Judgement.objects.filter(digest=item.digest).first()):
        raise Refused(f"This text is judged already ({known.verdict}): nobody needs to read it again.")
    now = timezone.now()
    seen = Reveal.objects.create(
        person=person,
        item=item,
        case=item.case,
        digest=item.digest,
        severity=item.severity,
        purpose=purpose[:300],
        at=now,
    )
    _pause_if_used_up(person, now)
    record(actor, "revealed", f"item:{item.pk}", case=item.case, purpose=purpose[:300])
    return Shown(seen, unseal_text(item.sealed))


@transaction.atomic
def close(actor: Actor, seen: Reveal, seconds: float) -> Reveal:
    """Note that a text was hidden again, and for how long it was open."""
    if seen.person_id != actor.somebody.pk:
        raise Refused("Only whoever looks closes a look.")
    if seen.seconds is None:
        open_for = (timezone.now() - seen.at).total_seconds()
        seen.seconds = max(0.0, min(seconds, open_for))
        seen.save(update_fields=["seconds"])
        record(actor, "hid again", f"item:{seen.item_id}", case=seen.case, details={"seconds": round(seen.seconds, 1)})
    return seen


@transaction.atomic
def judge(actor: Actor, item: Item, verdict: str) -> Judgement:
    """Say what a text is, once for the whole organisation; only whoever has read it can."""
    person = actor.require_case(Permission.REVEAL, item.case)
    if verdict not in Judgement.Verdict.values:
        raise BadInput(f"{verdict!r} is no verdict on a text; there are {', '.join(Judgement.Verdict.values)}.")
    if not Reveal.objects.filter(person=person, digest=item.digest).exists():
        raise Refused("Read the text before you judge it.")
    known, made = Judgement.objects.get_or_create(
        digest=item.digest, defaults={"verdict": verdict, "by": person, "at": timezone.now()}
    )
    if not made:
        raise Refused(f"This text is judged already ({known.verdict}).")
    record(actor, "judged text", f"item:{item.pk}", case=item.case, details={"verdict": verdict})
    return known


@transaction.atomic
def stop_for_today(actor: Actor) -> Pause:
    """See nothing more today; no reason is asked, and every claimed case goes back to the queue."""
    person, now = actor.somebody, timezone.now()
    Case.objects.filter(claimed_by=person).update(claimed_by=None, claimed_until=None)
    pause = Pause.objects.create(person=person, begins=now, ends=end_of(day_of(now)), forced=False)
    record(actor, "stopped for today", person)
    return pause


def check_may_look(actor: Actor, case: Case) -> None:
    """Refuse whoever does not work on a case, or has a pause: for looks that happen outside this house."""
    person = actor.require_case(Permission.REVEAL, case)
    _check_reason(person, case)
    _check_no_pause(person)


def paused_until(person: Person) -> datetime | None:
    """When this person may see something again; None: now."""
    pauses = Pause.objects.filter(person=person, ends__gt=timezone.now()).order_by("-ends")
    return pauses.values_list("ends", flat=True).first()


def exposure_of(actor: Actor) -> Exposure:
    """One's own dashboard: there is no way to ask for another person's."""
    person, now, section = actor.somebody, timezone.now(), cases_section()
    hour_budget, day_budget = _budgets(person, section)
    hour, day = _seen(person, now)
    return Exposure(hour, day, hour_budget, day_budget, paused_until(person), _days(person, now))


def exposure_of_house(days: int = DASHBOARD_DAYS) -> dict[str, float]:
    """What everyone together has seen: no person and no ranking can be told from it."""
    since = timezone.now() - timedelta(days=days)
    found = Reveal.objects.filter(at__gte=since).aggregate(
        texts=Count("pk"), severe=Count("pk", filter=Q(severity__gte=SEVERE)), seconds=Sum("seconds")
    )
    spared = Item.objects.filter(digest__in=Judgement.objects.values("digest")).count()
    return {
        "texts": found["texts"],
        "severe": found["severe"],
        "seconds": found["seconds"] or 0.0,
        "judged": Judgement.objects.count(),
        "covered": spared,
    }


def _check_reason(person: Person, case: Case) -> bool:
    """Refuse whoever has nothing to do with the case; returns whether they check another person's work on it."""
    now = timezone.now()
    claimed = case.claimed_by_id == person.pk and case.claimed_until is not None and case.claimed_until > now
    second = Look.objects.filter(person=person, proposal__case=case, proposal__state=Proposal.State.OPEN).exists()
    asked = case.decisions.filter(second_reviews__by=person, second_reviews__answered_at=None).exists()
    appealed = case.decisions.filter(accounts__appeals__by=person, accounts__appeals__state="open").exists()
    if not (claimed or second or asked or appealed):
        raise Refused(f"You do not work on {case}; claim it before you read its texts.")
    return second or asked or appealed


def _check_bearable(person: Person, item: Item) -> None:
    _check_no_pause(person)
    last = Reveal.objects.filter(person=person, at__gt=timezone.now() - HOUR).first()
    if item.severity >= SEVERE and last is not None and last.severity >= SEVERE and last.digest != item.digest:
        raise Refused("Two severe texts never follow each other within an hour: read a milder one first, or pause.")


def _check_no_pause(person: Person) -> None:
    until = paused_until(person)
    if until is not None:
        raise Refused(f"You have a pause until {until:%H:%M} UTC.")


def _pause_if_used_up(person: Person, now: datetime) -> None:
    """The text that uses a budget up is shown; the pause begins with it."""
    section = cases_section()
    hour_budget, day_budget = _budgets(person, section)
    hour, day = _seen(person, now)
    if day >= day_budget:
        Pause.objects.create(person=person, begins=now, ends=end_of(day_of(now)), forced=True)
    elif hour >= hour_budget:
        Pause.objects.create(
            person=person, begins=now, ends=now + timedelta(minutes=section.pause_minutes), forced=True
        )


def _budgets(person: Person, section: CasesSection) -> tuple[int, int]:
    hour = min(section.items_an_hour, person.items_an_hour or section.items_an_hour)
    return hour, min(section.items_a_day, person.items_a_day or section.items_a_day)


def _seen(person: Person, now: datetime) -> tuple[int, int]:
    """Texts since the last forced pause within an hour, and texts today."""
    day_began = end_of(day_of(now)) - timedelta(days=1)
    pause = Pause.objects.filter(person=person, forced=True, begins__gt=now - HOUR).order_by("-begins").first()
    hour_began = max(now - HOUR, pause.begins) if pause else now - HOUR
    seen = Reveal.objects.filter(person=person)
    return seen.filter(at__gt=hour_began).count(), seen.filter(at__gt=day_began).count()


def _days(person: Person, now: datetime) -> tuple[tuple[str, int, int, float], ...]:
    since = now - timedelta(days=DASHBOARD_DAYS)
    days: dict[str, tuple[int, int, float]] = {}
    for seen in Reveal.objects.filter(person=person, at__gte=since):
        texts, severe, seconds = days.get(day := day_of(seen.at).isoformat(), (0, 0, 0.0))
        days[day] = (texts + 1, severe + (seen.severity >= SEVERE), seconds + (seen.seconds or 0.0))
    return tuple((day, *days[day]) for day in sorted(days, reverse=True))
