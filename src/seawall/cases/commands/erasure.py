"""Erasing an account: a name that says nothing takes its place.

What people decided stays, with who and when, under a made-up name, so that figures, quotas and appeals still add up.
The audit log never held the account: its rows name cases, texts and decisions by number, and none of them changes.
"""

import re
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Model, Q, QuerySet

from seawall.cases.actor import SYSTEM
from seawall.cases.audit import record
from seawall.cases.commands.enacting import recount
from seawall.cases.models import (
    AccountDecision,
    Appeal,
    Case,
    Decision,
    GoldCase,
    Item,
    Member,
    Note,
    Proposal,
    SecondReview,
    Shared,
)
from seawall.cases.ties import rename_in_ties
from seawall.effects.models import Effect
from seawall.records.errors import Refused

PREFIX = "erased-"
"""How the name that takes an account's place begins."""
_SAYS: Mapping[type[Model], Sequence[str]] = {
    Member: ("evidence",),
    Shared: ("accounts",),
    Proposal: ("subject", "opinion", "second_opinion"),
    Decision: ("reason",),
    SecondReview: ("accounts", "answers"),
    GoldCase: ("answers",),
    Note: ("text",),
    Case: ("escalated",),
    Appeal: ("reason", "details"),
    Effect: ("details", "answer"),
}
"""Where an account's id can stand inside a text or a list."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What was changed, counted; `name` now stands for the account."""

    name: str
    rows: int
    texts: int


def erase_account(names: Iterable[str]) -> Erased:
    """Put a made-up name in an account's place and destroy its texts; `names` are all the ids that runs gave it.

    Raises Refused while something about the account is not finished: an effect, a proposal, a review or an appeal.
    """
    known = sorted(set(names), key=len, reverse=True)
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA secure_delete=ON")  # what is removed is overwritten
    with transaction.atomic():
        erased = _erase(known)
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return erased


def _erase(names: Sequence[str]) -> Erased:
    _check_finished(names)
    put = PREFIX + secrets.token_hex(8)
    numbers = set(Member.objects.filter(account_id__in=names).values_list("case_id", flat=True))
    cases = list(Case.objects.select_for_update().filter(pk__in=numbers).order_by("pk"))
    texts, _ = Item.objects.filter(account_id__in=names).delete()
    rows = sum(_rename(names, put))
    for case in cases:
        rename_in_ties(case, names, put)
        _count_again(case)
    rows += sum(_reword(model, fields, names, put) for model, fields in _SAYS.items())
    record(SYSTEM, "erased account", put, details={"rows": rows, "texts": texts})
    return Erased(put, rows, texts)


def _check_finished(names: Sequence[str]) -> None:
    """Refuse while somebody, or the executor, still has to do with the account."""
    waiting = [Effect.State.WAITING, Effect.State.CLAIMED]
    if effect := Effect.objects.filter(subject_id__in=names, state__in=waiting).first():
        raise Refused(f"{effect.kind} is not carried out yet ({effect.pk}): run `seawall cases work` first.")
    live = Q(state=Proposal.State.OPEN) | Q(emergency=True, reviewed_at=None)
    if proposal := _saying(Proposal, ("subject",), names).filter(live).first():
        raise Refused(f"{proposal} names the account and waits for a person; let it be decided first.")
    if Appeal.objects.filter(account_id__in=names, state=Appeal.State.OPEN).exists():
        raise Refused("the account has appealed and waits for an answer; let the appeal be decided first.")


def _rename(names: Sequence[str], put: str) -> Iterator[int]:
    """Rows that are the account's own: under the new name, without what was said of it."""
    nothing: dict[str, Any] = {"probabilities": {}, "evidence": [], "signals": []}
    members = Member.objects.filter(account_id__in=names)
    yield members.update(account_id=put, present=False, action_pending=False, **nothing)
    yield AccountDecision.objects.filter(account_id__in=names).update(account_id=put)
    yield Appeal.objects.filter(account_id__in=names).update(account_id=put, sealed="")
    yield Effect.objects.filter(subject_kind="account", subject_id__in=names).update(subject_id=put)


def _count_again(case: Case) -> None:
    present = case.members.filter(present=True)
    case.size = present.count()
    case.roles = dict(Counter(present.values_list("role", flat=True)))
    recount(case)


def _saying(model: type[Model], fields: Sequence[str], names: Sequence[str]) -> QuerySet[Any]:
    """Rows in which a name may stand; whether it does, the words around it say."""
    found = Q()
    for field in fields:
        for name in names:
            found |= Q(**{f"{field}__icontains": name})
    rows: QuerySet[Any] = model._default_manager.filter(found)
    return rows


def _reword(model: type[Model], fields: Sequence[str], names: Sequence[str], put: str) -> int:
    """Put the new name where the account is named in a text, a list or a key; returns the rows that changed."""
    named = re.compile(rf"(?<![\w.-])(?:{'|'.join(map(re.escape, names))})(?![\w-]|\.\w)")
    changed = 0
    for row in _saying(model, fields, names):
        before = [getattr(row, field) for field in fields]
        after = [_without(value, named, put) for value in before]
        if after != before:
            for field, value in zip(fields, after, strict=True):
                setattr(row, field, value)
            row.save(update_fields=list(fields))
            changed += 1
    return changed


def _without(value: Any, named: re.Pattern[str], put: str) -> Any:
    if isinstance(value, str):
        return named.sub(put, value)
    if isinstance(value, list):
        return [_without(one, named, put) for one in value]
    if isinstance(value, dict):
        return {named.sub(put, key): _without(one, named, put) for key, one in value.items()}
    return value
