"""The case page: a network, the evidence, what people did."""

from collections.abc import Sequence
from typing import Any

from django.core.cache import cache
from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from seawall.cases.actor import MAY, Permission
from seawall.cases.commands.queue import competences
from seawall.cases.models import AuditEntry, Case, Decision, Member, Person
from seawall.cases.models.case import Action
from seawall.cases.ties import ties_of
from seawall.console.access import PersonRequest
from seawall.console.acting import case_of
from seawall.console.network_map import Mark, draw
from seawall.console.reviews import blind_review
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
    if review := blind_review(request, case):
        return redirect("review", review.pk)
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
        "decisions": _decisions(case),
        "waiting": case.proposals.filter(state="open").select_related("proposed_by"),
        "notes": case.notes.select_related("by"),
        "history": AuditEntry.objects.filter(case_id=case.pk)[:HISTORY],
        "competences": competences() if working else [],
        "others": _colleagues(request, case) if working else [],
        **_members(request, case),
    }
    return render(request, "console/case.html", shown)


@require_safe
def members(request: PersonRequest, number: int) -> HttpResponse:
    """A page of the members' table, for the page that is open."""
    case = case_of(request, number)
    if review := blind_review(request, case):
        return redirect("review", review.pk)
    shown = {"case": case, "working": request.actor.may(Permission.DECIDE), "actions": Action.choices}
    return render(request, "console/members.html", shown | _members(request, case))


@require_safe
def drawn(request: PersonRequest, number: int) -> HttpResponse:
    """The map and the weeks of a case: drawn once for each run."""
    case = case_of(request, number)
    place = f"drawn:{case.pk}:{case.run}:{case.size}"
    shown = cache.get(place)
    if shown is None:
        rows = case.members.filter(present=True).values_list("pk", "account_id", "role", "risk", "signals")
        marks = [Mark(str(pk), account, role, risk) for pk, account, role, risk, _signals in rows]
        shown = {"map": _map(case, marks), "weeks": weeks_of(signals for *_mark, signals in rows)}
        cache.set(place, shown, 3600)
    return render(request, "console/drawn.html", {"case": case, **shown})


def _map(case: Case, marks: Sequence[Mark]) -> str:
    ties, weights = ties_of(case, {mark.label: at for at, mark in enumerate(marks)})
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


def _decisions(case: Case) -> QuerySet[Decision]:
    """The latest decisions, and on how many accounts each is."""
    made = case.decisions.select_related("by", "proposal__decided_by").annotate(of=Count("accounts"))
    return made[:HISTORY]


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
