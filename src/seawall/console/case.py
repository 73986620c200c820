"""The case page: a network, the evidence, what people did."""

from collections.abc import Sequence
from typing import Any

from django.core.cache import cache
from django.core.paginator import Page, Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from seawall.cases.actor import MAY, Permission
from seawall.cases.models import AuditEntry, Case, Member, Person
from seawall.cases.models.case import Action
from seawall.cases.ties import ties_of
from seawall.console.access import PersonRequest
from seawall.console.acting import case_of
from seawall.console.network_map import Mark, draw
from seawall.console.rulings import suggestion
from seawall.console.similar import similar_cases
from seawall.console.weeks import weeks_of
from seawall.effects.models import Effect
from seawall.records.roles import ROLES

ROWS, HISTORY, THINGS = 25, 15, 12


@require_safe
def show(request: PersonRequest, number: int) -> HttpResponse:
    """The whole page; the map and the weeks come after it."""
    case = case_of(request, number)
    working = request.actor.may(Permission.DECIDE)
    shown = {
        "case": case,
        "yours": case.claimed_by_id == request.user.pk,
        "working": working,
        "may_act_alone": request.actor.may(Permission.ACT_ALONE),
        "choices": _choices(case) if working else [],
        "actions": Action.choices,
        "shared": case.shared.all()[:THINGS],
        "similar": similar_cases(request.actor, case),
        "doing": _doing(case),
        "decisions": case.decisions.select_related("by", "proposal__decided_by").annotate(of=Count("accounts"))[
            :HISTORY
        ],
        "waiting": case.proposals.filter(state="open").select_related("proposed_by"),
        "notes": case.notes.select_related("by"),
        "history": AuditEntry.objects.filter(case_id=case.pk)[:HISTORY],
        "others": _colleagues(request, case) if working else [],
        **_members(request, case),
    }
    return render(request, "console/case.html", shown)


@require_safe
def members(request: PersonRequest, number: int) -> HttpResponse:
    """A page of the members' table, for the page that is open."""
    case = case_of(request, number)
    shown = {"case": case, "working": request.actor.may(Permission.DECIDE), "actions": Action.choices}
    return render(request, "console/members.html", shown | _members(request, case))


@require_safe
def drawn(request: PersonRequest, number: int) -> HttpResponse:
    """The map and the weeks of a case: drawn once for each run."""
    case = case_of(request, number)
    place = f"drawn:{case.pk}:{case.run}:{case.size}"
    shown = cache.get(place)
    if shown is None:
        rows = list(case.members.filter(present=True).only("id", "account_id", "role", "risk", "signals"))
        shown = {"map": _map(case, rows), "weeks": weeks_of(row.signals for row in rows)}
        cache.set(place, shown, 3600)
    return render(request, "console/drawn.html", {"case": case, **shown})


def _map(case: Case, rows: Sequence[Member]) -> str:
    place = {row.account_id: at for at, row in enumerate(rows)}
    ties, weights = ties_of(case, place)
    marks = [Mark(str(row.pk), row.account_id, row.role, row.risk) for row in rows]
    return draw(marks, ties, weights)


def _members(request: PersonRequest, case: Case) -> dict[str, Any]:
    """One page of the members, through what the person chose to see."""
    role, state = request.GET.get("role", ""), request.GET.get("state", "")
    rows = case.members.all()
    if role in ROLES:
        rows = rows.filter(role=role)
    if state in Action.values:
        rows = rows.filter(action=state)
    elif state == "undecided":
        rows = rows.filter(action="", present=True)
    page: Page[Member] = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    return {"page": page, "role": role, "state": state, "roles": [name for name in ROLES if case.roles.get(name)]}


def _choices(case: Case) -> list[dict[str, Any]]:
    """For each role among the undecided: how many there are, and what the form begins with."""
    left = case.members.filter(present=True, action="", action_pending=False)
    counts = dict(left.values_list("role").annotate(n=Count("id")))
    return [{"role": role, "count": counts[role], "action": suggestion(role)} for role in ROLES if counts.get(role)]


def _doing(case: Case) -> list[dict[str, Any]]:
    """What is being done to the accounts of a case now: effects by kind and state."""
    accounts = case.members.values("account_id")
    effects = Effect.objects.filter(subject_kind="account", subject_id__in=accounts)
    counts = effects.values("kind", "sink", "state").annotate(n=Count("id")).order_by("kind", "sink", "state")
    return list(counts)


def _colleagues(request: PersonRequest, case: Case) -> list[Person]:
    """Who a case could be handed to."""
    people = Person.objects.filter(is_active=True).exclude(pk=request.user.pk).order_by("pseudonym")
    return [one for one in people if one.has_role(*MAY[Permission.WORK]) and case.stream in one.streams]
