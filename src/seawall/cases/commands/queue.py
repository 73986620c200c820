"""The queue: who works on which case, one person at a time."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from seawall.cases.actor import MAY, Actor, Permission
from seawall.cases.audit import record
from seawall.cases.models import AuditEntry, Case, Pause, Person, Skip
from seawall.cases.priority import ESCALATED, POINTS
from seawall.records.errors import Refused

CLAIM = timedelta(minutes=30)
SKIPPED = timedelta(hours=12)
READ, READ_AGAIN = "read case", timedelta(hours=1)


def cases_of(actor: Actor) -> QuerySet[Case]:
    """Every case that this person may see: those of the streams that they opted into."""
    person = actor.require(Permission.SEE_CASES)
    return Case.objects.filter(stream__in=person.streams)


def get_case(actor: Actor, number: int) -> Case:
    """One case that this person may see; raises Refused, alike whether it is hidden or not there.

    Its evidence is read with it, so the audit log has who looked and why, once an hour.
    """
    found = cases_of(actor).filter(pk=number).first()
    if found is None:
        raise Refused(f"There is no case C-{number} that you may see.")
    _note_reading(actor, found)
    return found


def queue_of(actor: Actor, now: datetime | None = None) -> QuerySet[Case]:
    """The open cases that this person may work on, most urgent first."""
    person, now = actor.require(Permission.WORK), now or timezone.now()
    free = Q(claimed_by=None) | Q(claimed_until__lte=now) | Q(claimed_by=person)
    skipped = Skip.objects.filter(person=person).filter(Q(until=None) | Q(until__gt=now)).values("case_id")
    cases = cases_of(actor).filter(
        free, state=Case.State.OPEN, undecided__gt=0, competence__in=["", *person.competences]
    )
    if person.languages:
        cases = cases.filter(Q(language="") | _any_language(person.languages))
    return cases.exclude(pk__in=skipped)


@transaction.atomic
def claim(actor: Actor, case: Case) -> Case:
    """Take a case for oneself, or keep it for longer."""
    person = actor.require_case(Permission.WORK, case)
    case, now = lock(case), timezone.now()
    if case.state != Case.State.OPEN:
        raise Refused(f"{case} is {case.state}; there is nothing to claim.")
    if case.claimed_by_id not in {None, person.pk} and case.claimed_until and case.claimed_until > now:
        raise Refused(f"{case} is claimed by {case.claimed_by} until {case.claimed_until:%H:%M} UTC.")
    mine = case.claimed_by_id == person.pk
    _take_on(person, case)
    if not mine:
        record(actor, "claimed", case, case=case)
    return case


def claim_next(actor: Actor) -> Case | None:
    """The most urgent case that is free and bearable: never a second severe one in a row, nothing in a pause."""
    person = Person.objects.get(pk=actor.require(Permission.WORK).pk)
    if Pause.objects.filter(person=person, ends__gt=timezone.now()).exists():
        return None
    for _ in range(5):  # others claim at the same time
        waiting = queue_of(actor).exclude(claimed_by=person)
        if _had_severe(person):
            waiting = waiting.filter(severe=False)
        case = waiting.first()
        if case is None:
            return None
        try:
            return claim(actor, case)
        except Refused:
            continue
    return None


@transaction.atomic
def release(actor: Actor, case: Case) -> Case:
    """Give a claimed case back to the queue."""
    case = lock_claimed(actor, case)
    _free(case)
    record(actor, "released", case, case=case)
    return case


@transaction.atomic
def skip(actor: Actor, case: Case, *, for_good: bool = False) -> None:
    """Do not be offered this case: for half a day, or never again; no reason is asked."""
    person = actor.require_case(Permission.WORK, case)
    case = lock(case)
    until = None if for_good else timezone.now() + SKIPPED
    Skip.objects.update_or_create(case=case, person=person, defaults={"until": until})
    if case.claimed_by_id == person.pk:
        _free(case)
    record(actor, "skipped", case, case=case, details={"for_good": for_good})


@transaction.atomic
def hand_over(actor: Actor, case: Case, to: Person) -> Case:
    """Give a claimed case to somebody who may work on it."""
    case = lock_claimed(actor, case)
    if not to.has_role(*MAY[Permission.WORK]) or case.stream not in to.streams:
        raise Refused(f"{to} does not work on the stream {case.stream}; hand it to somebody who does.")
    _take_on(to, case)
    record(actor, "handed over", case, case=case, details={"to": to.pseudonym})
    return case


@transaction.atomic
def escalate(actor: Actor, case: Case, reason: str) -> Case:
    """Put a case on top, with the reason, for somebody with more say."""
    actor.require_case(Permission.WORK, case)
    case = lock(case)
    case.escalated = required(reason, "Say why it is escalated.")[:500]
    case.priority = max(case.priority, POINTS[ESCALATED])
    case.reasons = [ESCALATED, *(reason for reason in case.reasons if reason != ESCALATED)]
    _free(case)
    case.save(update_fields=["escalated", "priority", "reasons"])
    record(actor, "escalated", case, case=case, details={"reason": case.escalated})
    return case


@transaction.atomic
def route(actor: Actor, case: Case, competence: str) -> Case:
    """Let only those who are trained for something be offered a case; empty: everybody again."""
    actor.require_case(Permission.WORK, case)
    case = lock(case)
    if competence and competence not in competences():
        raise Refused(f"Nobody is trained for {competence!r}; an administrator says who is, under People.")
    case.competence = competence
    if case.claimed_by is not None and competence not in {"", *case.claimed_by.competences}:
        _free(case)
    case.save(update_fields=["competence"])
    record(actor, "routed", case, case=case, details={"competence": competence})
    return case


def competences() -> list[str]:
    """Everything that somebody here is trained for."""
    trained = Person.objects.filter(is_active=True).values_list("competences", flat=True)
    return sorted({name for names in trained for name in names})


def lock(case: Case) -> Case:
    """The case as it is now, locked until the transaction ends."""
    return Case.objects.select_for_update(of=("self",)).select_related("claimed_by").get(pk=case.pk)


def lock_claimed(actor: Actor, case: Case) -> Case:
    """The case, locked, if this person has claimed it; raises Refused."""
    person = actor.require_case(Permission.WORK, case)
    case = lock(case)
    if case.claimed_by_id != person.pk or (case.claimed_until and case.claimed_until <= timezone.now()):
        raise Refused(f"{case} is not claimed by {person}; claim it first.")
    return case


def required(text: str, what: str) -> str:
    """A text that says something; raises Refused."""
    if len(text.strip()) < 3:
        raise Refused(what)
    return text.strip()


def _free(case: Case) -> None:
    case.claimed_by = case.claimed_until = None
    case.save(update_fields=["claimed_by", "claimed_until"])


def _note_reading(actor: Actor, case: Case) -> None:
    since = (timezone.now() - READ_AGAIN).isoformat(timespec="microseconds")
    told = AuditEntry.objects.filter(case_id=case.pk, pseudonym=actor.label, action=READ, at__gt=since)
    if not told.exists():
        mine = case.claimed_by_id == actor.somebody.pk
        with transaction.atomic():
            record(actor, READ, case, case=case, purpose="to work on the case" if mine else "to look at the case")


def _take_on(person: Person, case: Case) -> None:
    """Claim a locked case for a person; refuses in a pause, and a severe case right after another."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    now = timezone.now()
    if case.claimed_by_id != person.pk:
        if Pause.objects.filter(person=person, ends__gt=now).exists():
            raise Refused(f"{person} has a pause; nobody is given a case in one.")
        if case.severe and _had_severe(person) and person.severe_case != case.pk:
            raise Refused(f"The last case of {person} was a severe one; a milder one comes first.")
        person.severe_case, person.severe_at = (case.pk, now) if case.severe else (None, None)
        person.save(update_fields=["severe_case", "severe_at"])
    case.claimed_by, case.claimed_until = person, now + CLAIM
    case.save(update_fields=["claimed_by", "claimed_until"])


def _had_severe(person: Person) -> bool:
    """Whether the last case was severe, within half a day."""
    return person.severe_at is not None and person.severe_at > timezone.now() - SKIPPED


def _any_language(tags: list[str]) -> Q:
    """A person who reads pt reads pt-BR."""
    chosen = Q()
    for tag in tags:
        chosen |= Q(language=tag) | Q(language__startswith=f"{tag}-")
    return chosen
