"""From a run to cases: opened, updated, merged, split, reopened.

A new run changes what is known of members and never what a person decided: an account that was decided on keeps its
decision wherever it turns up again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from seawall.cases.actor import SYSTEM
from seawall.cases.audit import record
from seawall.cases.commands.enacting import recount
from seawall.cases.matching import Known, Match, match
from seawall.cases.models import AccountDecision, Case, Member
from seawall.cases.priority import ESCALATED, RETURNED, counted, prioritise
from seawall.cases.run_reading import SeenMember, SeenNetwork, SeenRun, read_run
from seawall.cases.turns import one_at_a_time

_TOLD = ("role", "risk", "probabilities", "evidence", "signals", "present", "last_seen")
"""What a run says of a member, and a later run replaces."""
Value = TypeVar("Value")
_PIECE = 500  # rows a statement; SQLite takes a limited number of values


@dataclass(slots=True)
class Taken:
    """What a run changed, counted."""

    opened: int = 0
    updated: int = 0
    reopened: int = 0
    merged: int = 0
    split: int = 0
    unchanged: int = 0


def take_up(run: Path) -> Taken:
    """Open a case for each network of a run, or update the one that it has; the same run twice changes nothing."""
    seen = read_run(run)
    taken = Taken()
    with one_at_a_time(settings.HOME / "cases.lock", "another run is being taken up"):
        known = list(_known(seen))
        for network, found in zip(seen.networks, match(_sets(seen), known), strict=True):
            with transaction.atomic():
                _take_up(seen, network, found, taken)
    return taken


def _sets(seen: SeenRun) -> list[tuple[str, frozenset[str]]]:
    return [(network.network_id, network.accounts) for network in seen.networks]


def _known(seen: SeenRun) -> Iterator[Known]:
    """The cases that a network of this run could belong to."""
    names, accounts = [network.network_id for network in seen.networks], list(frozenset().union(*_accounts(seen)))
    near: set[int] = set()
    for piece in _pieces(accounts):
        near |= set(Member.objects.filter(account_id__in=piece, present=True).values_list("case_id", flat=True))
    for piece in _pieces(names):
        near |= set(Case.objects.filter(network_id__in=piece).values_list("pk", flat=True))
    members: dict[int, set[str]] = {}
    for numbers in _pieces(sorted(near)):
        for case, account in Member.objects.filter(case_id__in=numbers, present=True).values_list(
            "case_id", "account_id"
        ):
            members.setdefault(case, set()).add(account)
        cases = Case.objects.filter(pk__in=numbers).exclude(state=Case.State.MERGED)
        for number, name, state in cases.values_list("pk", "network_id", "state"):
            yield Known(number, name, state == Case.State.OPEN, members.get(number, set()))


def _accounts(seen: SeenRun) -> Iterator[frozenset[str]]:
    return (network.accounts for network in seen.networks)


def _take_up(seen: SeenRun, network: SeenNetwork, found: Match, taken: Taken) -> None:
    now = timezone.now()
    case = Case.objects.select_for_update().get(pk=found.case) if found.case is not None else None
    if case is not None and case.run == seen.digest and not found.merges:
        taken.unchanged += 1
        return
    merged = [_merge(number, case) for number in found.merges] if case else []
    taken.merged += len(merged)
    if case is None:
        case = _open(network, found, now)
        taken.opened, taken.split = taken.opened + 1, taken.split + (found.split_from is not None)
    else:
        taken.updated += 1
    left = _update_members(case, network.members, now)
    taken.reopened += _refresh(case, seen, network, now)
    record(SYSTEM, "updated from run", case, case=case, details={"members": len(network.members), "left": left})


def _open(network: SeenNetwork, found: Match, now: datetime) -> Case:
    case = Case.objects.create(
        network_id=network.network_id, opened_at=now, changed_at=now, split_from_id=found.split_from
    )
    details = {"network": network.network_id, "split_from": found.split_from}
    record(SYSTEM, "split" if found.split_from else "opened", case, case=case, details=details)
    return case


def _merge(number: int, into: Case) -> Case:
    """Let a case go up in another; its history stays where it is and its open proposals with it."""
    case = Case.objects.select_for_update().get(pk=number)
    case.state, case.merged_into, case.closed_at = Case.State.MERGED, into, timezone.now()
    case.claimed_by = case.claimed_until = None
    case.save()
    record(SYSTEM, "merged", case, case=case, details={"into": into.pk})
    return case


def _update_members(case: Case, members: Sequence[SeenMember], now: datetime) -> int:
    """Write what the run says of each member; returns how many are no longer in the network."""
    accounts = [member.account_id for member in members]
    standing = standing_actions(accounts)
    Member.objects.bulk_create(
        (_row(case, member, standing.get(member.account_id, ""), now) for member in members),
        batch_size=_PIECE,
        update_conflicts=True,
        unique_fields=["case", "account_id"],
        update_fields=_TOLD,
    )
    here = set(accounts)
    known = case.members.filter(present=True).values_list("pk", "account_id")
    gone = [pk for pk, account in known if account not in here]
    for piece in _pieces(gone):
        Member.objects.filter(pk__in=piece).update(present=False)
    return len(gone)


def standing_actions(accounts: Sequence[str]) -> dict[str, str]:
    """What stands decided on these accounts, in whichever case."""
    found: dict[str, str] = {}
    for piece in _pieces(accounts):
        rows = AccountDecision.objects.filter(account_id__in=piece, standing=True)
        found |= dict(rows.values_list("account_id", "action"))
    return found


def _row(case: Case, member: SeenMember, action: str, now: datetime) -> Member:
    return Member(
        case=case,
        account_id=member.account_id,
        role=member.role,
        risk=member.risk,
        probabilities=dict(member.probabilities),
        evidence=[dict(one) for one in member.evidence],
        signals=[dict(one) for one in member.signals],
        first_seen=now,
        last_seen=now,
        action=action,
    )


def _refresh(case: Case, seen: SeenRun, network: SeenNetwork, now: datetime) -> bool:
    """Bring a case's own row up to date; returns whether it was reopened because its network came back."""
    undecided = case.members.filter(present=True, action="").count()
    back = case.state == Case.State.CLOSED and undecided > 0
    if back:
        case.state, case.closed_at, case.returned = Case.State.OPEN, None, case.returned + 1
        record(SYSTEM, "reopened", case, case=case, details={"undecided": undecided})
    kept = [RETURNED] * (case.returned > 0) + [ESCALATED] * bool(case.escalated)
    first = prioritise(network.members, seen.until, kept)
    case.network_id, case.risk, case.run = network.network_id, network.risk, seen.digest
    case.priority, case.reasons, case.stream, case.severe = (
        first.points,
        list(first.reasons),
        first.stream,
        first.severe,
    )
    case.roles, case.size, case.changed_at = counted(network.members), len(network.members), now
    case.first_at, case.last_at = network.first_at, network.last_at
    recount(case)
    return back


def _pieces(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    return (values[start : start + _PIECE] for start in range(0, len(values), _PIECE))
