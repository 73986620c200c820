"""What a decision does: rows, effects, audit, in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from seawall.cases.actor import Actor
from seawall.cases.audit import record
from seawall.cases.commands.quality import sample
from seawall.cases.configuration import cases_section
from seawall.cases.models import AccountDecision, Case, Decision, GoldCase, Member, Person, Proposal, Skip
from seawall.cases.models.case import Action
from seawall.effects.configuration import effects_section
from seawall.effects.outbox import Wanted, Warrant, propose
from seawall.records.errors import BadInput, Refused
from seawall.records.roles import ROLES, Role

Kind = Proposal.Kind
_WANTS = {Kind.LEXICON_BLOCK: "block_term", Kind.REPORT: "file_report", Kind.SIGNAL_SHARE: "share_signal"}
_WANTS |= {Kind.PURGE: "purge", Kind.GUARD_OFF: "guard_off"}
_UNDOES = {Kind.LEXICON_BLOCK: "unblock_term", Kind.REPORT: "retract_report", Kind.SIGNAL_SHARE: "withdraw_signal"}
_UNDOES |= {Kind.GUARD_OFF: "guard_on"}  # a purge cannot be undone

_PIECE = 500  # values a statement


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a person decided on one account: an action, the role that they judge, a support message or none."""

    action: str
    role: str
    support_message: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision that is about to be written: who, what, why, and the proposal that was approved."""

    case: Case
    rulings: Mapping[str, Ruling]
    by: Person
    reason: str
    approved_by: str = ""
    proposal: Proposal | None = None
    whole_network: bool = False


def check_rulings(case: Case, rulings: Mapping[str, Ruling]) -> None:
    """Refuse rulings on accounts outside the case, unknown words, and the punishment of a child."""
    if not rulings:
        raise BadInput("Nothing is decided; choose an action for at least one account.")
    members = set(case.members.filter(account_id__in=list(rulings)).values_list("account_id", flat=True))
    if strangers := sorted(set(rulings) - members):
        raise BadInput(f"{len(strangers)} accounts are not in {case}, the first is {strangers[0]}; load it again.")
    for account, ruling in rulings.items():
        if ruling.action not in Action.values or ruling.role not in ROLES:
            raise BadInput(f"{ruling.action!r} as {ruling.role!r} is no decision on {account}.")
        if ruling.role == Role.AT_RISK_CHILD and ruling.action in {Action.REMOVE, Action.RESTRICT}:
            raise Refused(f"{account} is judged to be a child at risk: protect it, or judge its role otherwise.")
        if ruling.support_message and ruling.action != Action.PROTECT:
            raise BadInput(f"A support message goes with the action protect, not {ruling.action} ({account}).")


def write_decision(actor: Actor, verdict: Verdict) -> Decision:
    """Write a decision with all that follows from it; inside the transaction of its caller."""
    check_rulings(verdict.case, verdict.rulings)
    gold = GoldCase.objects.filter(case=verdict.case).exists()
    decision = _write_rows(verdict, standing=not gold)
    if gold:
        _take_back_gold(actor, verdict, decision)
        return decision
    mark_members(verdict.rulings)
    sample(decision, cases_section().second_review_share)
    warrant = Warrant(f"decision:{decision.pk}", verdict.by.pseudonym, verdict.approved_by)
    propose(_wanted(verdict), warrant, effects_section().routes())
    counts = {action: sum(r.action == action for r in verdict.rulings.values()) for action in Action.values}
    record(actor, "decided", decision, case=verdict.case, details={name: n for name, n in counts.items() if n})
    recount(verdict.case)
    return decision


def _write_rows(verdict: Verdict, *, standing: bool) -> Decision:
    decision = Decision.objects.create(
        case=verdict.case,
        by=verdict.by,
        at=timezone.now(),
        reason=verdict.reason,
        proposal=verdict.proposal,
        whole_network=verdict.whole_network,
    )
    if standing:
        accounts = list(verdict.rulings)
        for start in range(0, len(accounts), _PIECE):
            replaced = AccountDecision.objects.filter(account_id__in=accounts[start : start + _PIECE], standing=True)
            replaced.update(standing=False)
    AccountDecision.objects.bulk_create(
        AccountDecision(
            decision=decision, account_id=account, action=ruling.action, role=ruling.role, standing=standing
        )
        for account, ruling in verdict.rulings.items()
    )
    return decision


def _take_back_gold(actor: Actor, verdict: Verdict, decision: Decision) -> None:
    """A case with known answers takes no effect: it goes back into the queue, and this person never meets it again."""
    case = verdict.case
    for person in {verdict.by, *([verdict.proposal.decided_by] if verdict.proposal else [])} - {None}:
        Skip.objects.update_or_create(case=case, person=person, defaults={"until": None})
    case.members.update(action="", action_pending=False)
    case.claimed_by = case.claimed_until = None
    case.save(update_fields=["claimed_by", "claimed_until"])
    record(actor, "decided", decision, case=case)


def mark_members(rulings: Mapping[str, Ruling]) -> None:
    """Show what stands decided on every member row of these accounts."""
    for action in Action.values:
        accounts = [account for account, ruling in rulings.items() if ruling.action == action]
        for start in range(0, len(accounts), _PIECE):
            members = Member.objects.filter(account_id__in=accounts[start : start + _PIECE], case__gold=None)
            members.update(action=action, action_pending=False)


def recount(case: Case) -> Case:
    """Count what is undecided; a case with nothing left to decide is closed and free."""
    case.undecided = case.members.filter(present=True, action="").count()
    case.changed_at = timezone.now()
    if case.undecided == 0 and case.state == Case.State.OPEN:
        case.state, case.closed_at = Case.State.CLOSED, case.changed_at
        case.claimed_by = case.claimed_until = None
    case.save()
    return case


def rulings_of(subject: Mapping[str, Any]) -> dict[str, Ruling]:
    """The rulings inside a takedown's subject."""
    return {account: Ruling(**told) for account, told in subject["accounts"].items()}


def enact(actor: Actor, proposal: Proposal) -> None:
    """Do what was approved; inside the transaction of the approval."""
    second = actor.label if proposal.proposed_by_id != actor.somebody.pk else ""
    if proposal.kind == Kind.TAKEDOWN:
        case = _case_of(proposal)
        rulings, whole = rulings_of(proposal.subject), bool(proposal.subject.get("whole_network"))
        _check_nothing_newer(proposal, list(rulings))
        by, reason = proposal.proposed_by, proposal.opinion
        write_decision(actor, Verdict(case, rulings, by, reason, second, proposal, whole))
        return
    wanted = [_about(_WANTS[Kind(proposal.kind)], proposal)]
    propose(wanted, Warrant(f"proposal:{proposal.pk}", proposal.proposed_by.pseudonym, second), _routes())


def undo(actor: Actor, proposal: Proposal) -> None:
    """Take back what an emergency did, as far as it can be; inside the transaction of the review."""
    if proposal.kind == Kind.TAKEDOWN:
        decision = Decision.objects.get(proposal=proposal)
        restore(actor, list(decision.accounts.filter(standing=True).select_related("decision")))
    elif proposal.kind in _UNDOES:
        warrant = Warrant(f"undo:{proposal.pk}", actor.label)
        propose([_about(_UNDOES[Kind(proposal.kind)], proposal)], warrant, _routes())


def lay_down(proposal: Proposal) -> None:
    """Free the accounts that waited for a proposal; inside the transaction of its end."""
    if proposal.kind == Kind.TAKEDOWN:
        accounts = list(proposal.subject["accounts"])
        Member.objects.filter(case=proposal.case, account_id__in=accounts).update(action_pending=False)


def restore(actor: Actor, decided: Iterable[AccountDecision]) -> None:
    """Overturn decisions: all that was done to the accounts is taken back, and a run learns that they are cleared."""
    for one in decided:
        one.standing, one.overturned = False, True
        one.save(update_fields=["standing", "overturned"])
        Member.objects.filter(account_id=one.account_id).update(action=Action.CLEAR)
        wanted = Wanted("restore", "account", one.account_id, {"undoes": one.action})
        propose([wanted], Warrant(f"overturned:{one.pk}", actor.label), _routes())
        record(actor, "overturned", f"decided:{one.pk}", case=one.decision.case, details={"action": one.action})


def _check_nothing_newer(proposal: Proposal, accounts: Sequence[str]) -> None:
    """Refuse where somebody decided on an account after it was proposed: the second person did not see that."""
    newer = AccountDecision.objects.filter(standing=True, decision__at__gt=proposal.proposed_at)
    if newer.filter(account_id__in=accounts).exists():
        raise Refused(f"Accounts of {proposal} were decided on meanwhile; let it be proposed again.")


def _case_of(proposal: Proposal) -> Case:
    if proposal.case is None:
        raise BadInput(f"{proposal} is a takedown without a case.")
    case = Case.objects.select_for_update().get(pk=proposal.case.pk)
    if case.state == Case.State.MERGED:
        raise Refused(f"{case} was merged into C-{case.merged_into_id} meanwhile; propose it there.")
    return case


def _wanted(verdict: Verdict) -> Iterable[Wanted]:
    """The effects of every ruling: evidence is preserved before anything is taken away; watching does nothing."""
    for account, ruling in verdict.rulings.items():
        details = {"role": ruling.role, "case": verdict.case.pk}
        if ruling.action in {Action.REMOVE, Action.RESTRICT}:
            yield Wanted("preserve", "account", account, {"case": verdict.case.pk})
        if ruling.action == Action.PROTECT:
            details |= {"lock_connections": True, "show_resources": True}
        if ruling.action != Action.WATCH:
            yield Wanted(ruling.action, "account", account, details)
        if ruling.support_message:
            yield Wanted("support_message", "account", account, {"message": "support.neutral"})


def _about(kind: str, proposal: Proposal) -> Wanted:
    subject_kind = "case" if proposal.case_id else "proposal"
    return Wanted(kind, subject_kind, str(proposal.case_id or proposal.pk), proposal.subject)


def _routes() -> Mapping[str, Any]:
    return effects_section().routes()
