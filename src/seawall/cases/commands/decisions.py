"""Decisions: previewed, then made alone or proposed to a second."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils import timezone

from seawall.cases.actor import Actor, Permission
from seawall.cases.commands.enacting import Ruling, Verdict, check_rulings, write_decision
from seawall.cases.commands.proposals import propose
from seawall.cases.commands.queue import lock, lock_claimed, required
from seawall.cases.models import Case, Decision, Member, Proposal
from seawall.cases.models.case import Action
from seawall.effects.configuration import effects_section
from seawall.effects.models import Effect
from seawall.effects.quotas import day_of, used
from seawall.records.errors import Refused
from seawall.records.roles import Role

UNSURE_BELOW = 0.7
"""A member below this risk may be hurt wrongly."""
CHILD_FROM = 0.15
"""From this probability on, the evidence leaves open that a seller is a child."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a decision would do, before it is made: account ids by action, and what to think about first."""

    by_action: Mapping[str, tuple[str, ...]]
    takes_two: bool
    guard: tuple[str, ...]
    """What the guard will refuse, as sentences."""
    may_be_children: tuple[str, ...]
    unsure: tuple[str, ...]
    one_kind_of_evidence: tuple[str, ...]
    elsewhere: tuple[str, ...]
    """Accounts that another open case also has."""
    held: Mapping[str, int]
    """How many of each action would wait for another day, because today's quota is used up."""


_GUARD = {
    Action.REMOVE: "no search, suggestion, recommendation or contact leads to {n} removed accounts",
    Action.RESTRICT: "nobody is led to {n} restricted accounts, and they reach no child",
    Action.PROTECT: "no stranger reaches {n} protected accounts, and nobody sees their connections",
    Action.CLEAR: "nothing is refused any more because of {n} cleared accounts",
}


def preview(actor: Actor, case: Case, rulings: Mapping[str, Ruling]) -> Preview:
    """What these rulings would do, and whom they may hurt wrongly."""
    actor.require_case(Permission.DECIDE, case)
    check_rulings(case, rulings)
    harmed = [account for account, ruling in rulings.items() if ruling.action in {Action.REMOVE, Action.RESTRICT}]
    members = list(case.members.filter(account_id__in=harmed))
    others = Member.objects.filter(account_id__in=list(rulings), case__state=Case.State.OPEN).exclude(case=case)
    groups = {a: tuple(sorted(x for x, r in rulings.items() if r.action == a)) for a in Action.values}
    return Preview(
        by_action=groups,
        takes_two=bool(groups[Action.REMOVE]),
        guard=tuple(text.format(n=len(groups[action])) for action, text in _GUARD.items() if groups[action]),
        may_be_children=tuple(m.account_id for m in members if may_be_child(m)),
        unsure=tuple(m.account_id for m in members if m.risk < UNSURE_BELOW),
        one_kind_of_evidence=tuple(m.account_id for m in members if len(m.evidence) < 2),
        elsewhere=tuple(sorted(set(others.values_list("account_id", flat=True)))),
        held=_held({action: len(accounts) for action, accounts in groups.items()}, actor.label),
    )


def _held(counts: Mapping[str, int], person: str) -> dict[str, int]:
    """What would be over today's quotas, if all that waits already goes first."""
    day, section = day_of(timezone.now()), effects_section()
    begun = used(day)
    held = {}
    for kind, count in counts.items():
        quota = section.quota(kind)
        if quota is not None and count:
            waiting = Effect.objects.filter(kind=kind, state=Effect.State.WAITING, counted_on=None)
            ahead = waiting.count(), waiting.filter(person=person).count()
            in_all = quota.day - begun.get((kind, ""), 0) - ahead[0]
            by_person = quota.person - begun.get((kind, person), 0) - ahead[1]
            held[kind] = max(0, count * len(section.routes()[kind]) - max(0, min(in_all, by_person)))
    return {kind: count for kind, count in held.items() if count}


def may_be_child(member: Member) -> bool:
    """Whether the evidence leaves open that this is a child at risk."""
    child = float(member.probabilities.get(Role.AT_RISK_CHILD, 0.0))
    return member.role == Role.AT_RISK_CHILD or child >= CHILD_FROM


@transaction.atomic
def decide(actor: Actor, case: Case, rulings: Mapping[str, Ruling], reason: str) -> Decision:
    """Decide alone what one person may decide: everything but a removal."""
    person = actor.require_case(Permission.DECIDE, case)
    case = lock_claimed(actor, case)
    if any(ruling.action == Action.REMOVE for ruling in rulings.values()):
        raise Refused("A removal takes two people: propose it.")
    reason = required(reason, "Say why: the reason stands in the history of the case.")
    return write_decision(actor, Verdict(case, rulings, person, reason, whole_network=_whole(case, rulings)))


@transaction.atomic
def propose_takedown(actor: Actor, case: Case, rulings: Mapping[str, Ruling], opinion: str) -> Proposal:
    """Propose rulings on many accounts at once, removals among them, to a second person."""
    actor.require_case(Permission.PROPOSE, case)
    case = lock(case)
    if case.state != Case.State.OPEN:
        raise Refused(f"{case} is {case.state}; nothing is proposed on it.")
    subject = takedown(case, rulings)
    proposal = propose(actor, Proposal.Kind.TAKEDOWN, subject, opinion, case=case)
    Member.objects.filter(case=case, account_id__in=list(rulings)).update(action_pending=True)
    return proposal


def takedown(case: Case, rulings: Mapping[str, Ruling]) -> dict[str, object]:
    """The subject of a takedown proposal, checked; `act_alone` takes it too."""
    check_rulings(case, rulings)
    accounts = {account: asdict(ruling) for account, ruling in sorted(rulings.items())}
    return {"case": case.pk, "accounts": accounts, "whole_network": _whole(case, rulings)}


def _whole(case: Case, rulings: Mapping[str, Ruling]) -> bool:
    return case.members.filter(present=True).exclude(account_id__in=list(rulings)).count() == 0
