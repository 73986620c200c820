"""Two persons: one proposes, another approves, evidence first.

Subject and digest say exactly what is approved. In an emergency one person acts alone; another must review it within a
day, and until then it stands on top of every page.
"""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from seawall.cases.actor import SYSTEM, Actor, Permission
from seawall.cases.audit import canonical, record
from seawall.cases.commands.enacting import enact, lay_down, undo
from seawall.cases.commands.queue import required
from seawall.cases.models import Case, Look, Person, Proposal
from seawall.cases.models.people import Roles
from seawall.records.errors import BadInput, Refused

Kind, State = Proposal.Kind, Proposal.State
LIFETIME = timedelta(hours=24)
REVIEW_WITHIN = timedelta(hours=24)
LEAST_AGE = timedelta(hours=24)
"""A younger account approves nothing: whoever made it may be the one who proposed."""

_REVIEWERS = frozenset({Roles.ANALYST, Roles.LEAD})
CONCERNS: dict[str, frozenset[Roles]] = {
    Kind.TAKEDOWN: _REVIEWERS,
    Kind.LEXICON_BLOCK: frozenset({Roles.TERMS, Roles.LEAD}),
    Kind.REPORT: _REVIEWERS,
    Kind.SIGNAL_SHARE: _REVIEWERS,
    Kind.PURGE: frozenset({Roles.LEAD}),
    Kind.GUARD_OFF: frozenset({Roles.LEAD}),
}
"""Whose matter each kind is: who may propose, approve and review it."""


def digest_of(subject: Mapping[str, Any]) -> str:
    """SHA-256 of what a proposal says, as 64 hex digits."""
    return hashlib.sha256(canonical(subject).encode()).hexdigest()


@transaction.atomic
def propose(actor: Actor, kind: str, subject: Mapping[str, Any], opinion: str, *, case: Case | None = None) -> Proposal:
    """Ask for a second person; `opinion` is for them to read after the evidence."""
    person = _concerned(actor, Permission.PROPOSE, kind, case)
    if not subject:
        raise BadInput("A proposal names what it is about; its subject is empty.")
    now = timezone.now()
    proposal = Proposal.objects.create(
        kind=kind,
        case=case,
        subject=dict(subject),
        digest=digest_of(subject),
        proposed_by=person,
        proposed_at=now,
        proposed_through=actor.door,
        opinion=required(opinion, "Say why: the second person reads it after the evidence."),
        expires_at=now + LIFETIME,
    )
    record(actor, "proposed", proposal, case=case, details={"kind": kind, "digest": proposal.digest})
    return proposal


def waiting_for(actor: Actor) -> QuerySet[Proposal]:
    """Open proposals of others that this person could decide on."""
    person = actor.require(Permission.APPROVE)
    kinds = [kind for kind, roles in CONCERNS.items() if person.has_role(*roles)]
    found = Proposal.objects.filter(state=State.OPEN, kind__in=kinds, expires_at__gt=timezone.now())
    found = found.filter(Q(case=None) | Q(case__stream__in=person.streams))
    return found.exclude(proposed_by=person).select_related("case", "proposed_by")


def opinion_for(actor: Actor, proposal: Proposal) -> str | None:
    """The first person's reasons; None until this person has opened the evidence."""
    person = actor.somebody
    mine = proposal.proposed_by_id == person.pk
    return proposal.opinion if mine or proposal.state != State.OPEN or has_looked(person, proposal) else None


def has_looked(person: Person, proposal: Proposal) -> bool:
    """Whether this person opened the evidence of a proposal."""
    return Look.objects.filter(proposal=proposal, person=person).exists()


@transaction.atomic
def see_evidence(actor: Actor, proposal: Proposal, purpose: str) -> Proposal:
    """Open a proposal's evidence as its second person; only then its opinion is shown and it can be decided."""
    proposal = _lock(proposal)
    person = _second(actor, proposal)
    purpose = required(purpose, "State the purpose of looking at this evidence.")
    Look.objects.get_or_create(proposal=proposal, person=person, defaults={"at": timezone.now()})
    record(actor, "saw evidence", proposal, case=proposal.case, purpose=purpose)
    return proposal


@transaction.atomic
def approve(actor: Actor, proposal: Proposal, digest: str, opinion: str) -> Proposal:
    """Agree as the second person; in the same transaction it takes effect."""
    person = _decide(actor, proposal, digest)
    proposal = _settle(proposal, person, State.APPROVED, opinion)
    record(actor, "approved", proposal, case=proposal.case, details={"digest": proposal.digest})
    _carry_out(actor, proposal)
    return proposal


@transaction.atomic
def refuse(actor: Actor, proposal: Proposal, digest: str, opinion: str) -> Proposal:
    """Disagree as the second person."""
    person = _decide(actor, proposal, digest)
    proposal = _settle(proposal, person, State.REFUSED, required(opinion, "Say why it is refused."))
    record(actor, "refused", proposal, case=proposal.case, details={"digest": proposal.digest})
    lay_down(proposal)
    return proposal


@transaction.atomic
def withdraw(actor: Actor, proposal: Proposal) -> Proposal:
    """Take one's own proposal back."""
    proposal = _lock(proposal)
    if proposal.proposed_by_id != actor.somebody.pk or proposal.state != State.OPEN:
        raise Refused(f"{proposal} is {proposal.state} or somebody else's; only its proposer takes an open one back.")
    proposal = _settle(proposal, actor.somebody, State.WITHDRAWN, "")
    record(actor, "withdrew", proposal, case=proposal.case)
    lay_down(proposal)
    return proposal


@transaction.atomic
def act_alone(
    actor: Actor, kind: str, subject: Mapping[str, Any], opinion: str, *, case: Case | None = None
) -> Proposal:
    """The emergency path: one person with a second factor, at once, and a review by another within a day."""
    actor.require(Permission.ACT_ALONE)
    person = actor.require_second_factor()
    proposal = propose(actor, kind, subject, opinion, case=case)
    now = timezone.now()
    proposal.state, proposal.emergency, proposal.review_by = State.APPROVED, True, now + REVIEW_WITHIN
    proposal.decided_by, proposal.decided_at = person, now
    proposal.save()
    record(actor, "acted alone", proposal, case=case, details={"digest": proposal.digest})
    _carry_out(actor, proposal)
    return proposal


def unreviewed() -> QuerySet[Proposal]:
    """Emergencies that wait for their review, the most overdue first."""
    return Proposal.objects.filter(emergency=True, reviewed_at=None).order_by("review_by").select_related("case")


@transaction.atomic
def review_emergency(actor: Actor, proposal: Proposal, opinion: str, *, upheld: bool) -> Proposal:
    """Say as another person whether acting alone was right; if it was not, everything is restored."""
    person = _concerned(actor, Permission.APPROVE, proposal.kind, proposal.case)
    actor.require_second_factor()
    proposal = _lock(proposal)
    if not proposal.emergency or proposal.reviewed_at is not None:
        raise Refused(f"{proposal} is no emergency that waits for a review.")
    _check_other(person, proposal.proposed_by)
    proposal.reviewed_by, proposal.reviewed_at, proposal.upheld = person, timezone.now(), upheld
    proposal.second_opinion = required(opinion, "Say what you think of it.")
    proposal.save()
    record(actor, "reviewed emergency", proposal, case=proposal.case, details={"upheld": upheld})
    if not upheld:
        undo(actor, proposal)
    return proposal


@transaction.atomic
def expire_proposals() -> int:
    """Close the proposals whose time is over; returns how many there were."""
    late = Proposal.objects.select_for_update().filter(state=State.OPEN, expires_at__lte=timezone.now())
    count = 0
    for proposal in late:
        proposal.state = State.EXPIRED
        proposal.save(update_fields=["state"])
        record(SYSTEM, "expired", proposal, case=proposal.case)
        lay_down(proposal)
        count += 1
    return count


def _lock(proposal: Proposal) -> Proposal:
    return Proposal.objects.select_for_update(of=("self",)).select_related("case", "proposed_by").get(pk=proposal.pk)


def _concerned(actor: Actor, permission: Permission, kind: str, case: Case | None) -> Person:
    """The person, if this kind is their matter; raises Refused."""
    if kind not in CONCERNS:
        raise BadInput(f"{kind!r} is no kind of proposal; there are {', '.join(CONCERNS)}.")
    person = actor.require_case(permission, case) if case else actor.require(permission)
    if not person.has_role(*CONCERNS[kind]):
        raise Refused(f"{person} has no say in {kind}; it takes one of: {', '.join(sorted(CONCERNS[kind]))}.")
    return person


def _second(actor: Actor, proposal: Proposal) -> Person:
    """The person, if they can be the second one of this proposal; raises Refused."""
    person = _concerned(actor, Permission.APPROVE, proposal.kind, proposal.case)
    actor.require_second_factor()
    if proposal.state != State.OPEN:
        raise Refused(f"{proposal} is {proposal.state}; there is nothing left to decide.")
    if proposal.expires_at <= timezone.now():
        raise Refused(f"{proposal} is out of time; let it be proposed again.")
    _check_other(person, proposal.proposed_by)
    return person


def _check_other(person: Person, first: Person) -> None:
    """Refuse a second person who may be the first: the same, made by them, made by one hand, or too new."""
    if person.pk == first.pk:
        raise Refused("The second person must be another one.")
    made = {person.created_by_id, person.reset_by_id}
    if first.pk in made or person.pk in {first.created_by_id, first.reset_by_id}:
        raise Refused("One of the two made the other's account or reset it; it takes a third person.")
    newest = max(filter(None, (person.created_at, person.reset_at)))
    if timezone.now() - newest < LEAST_AGE:
        raise Refused("An account younger than 24 hours, or reset since then, approves nothing.")


def _decide(actor: Actor, proposal: Proposal, digest: str) -> Person:
    found = _lock(proposal)
    person = _second(actor, found)
    if not has_looked(person, found):
        raise Refused("Look at the evidence first; the opinion and the decision come after it.")
    if digest != found.digest:
        raise Refused("What you decided on is not what was proposed; load the page again.")
    return person


def _settle(proposal: Proposal, person: Person, state: str, opinion: str) -> Proposal:
    proposal = _lock(proposal)
    proposal.state, proposal.decided_by, proposal.decided_at = state, person, timezone.now()
    proposal.second_opinion = opinion
    proposal.save()
    return proposal


def _carry_out(actor: Actor, proposal: Proposal) -> None:
    if digest_of(proposal.subject) != proposal.digest:
        raise Refused(f"{proposal} was changed after it was proposed; nothing is carried out.")
    enact(actor, proposal)
