"""Work on a case besides deciding: claim, skip, pass on, note."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from seawall.cases.commands import queue, work
from seawall.cases.models import Case, Person
from seawall.console.access import PersonRequest
from seawall.console.acting import act, case_of


@require_POST
def claim(request: PersonRequest, number: int) -> HttpResponse:
    """Take a case for oneself."""
    case = case_of(request, number)
    told = _("{case} is yours for half an hour.").format(case=case)
    return act(request, lambda: queue.claim(request.actor, case), told, _address(case))


@require_POST
def release(request: PersonRequest, number: int) -> HttpResponse:
    """Give a case back."""
    case = case_of(request, number)
    told = _("{case} is back in the queue.").format(case=case)
    return act(request, lambda: queue.release(request.actor, case), told, reverse("queue"))


@require_POST
def skip(request: PersonRequest, number: int) -> HttpResponse:
    """Do not be offered a case, without a reason."""
    case, for_good = case_of(request, number), "for_good" in request.POST
    told = _("{case} is not offered to you {how}.").format(case=case, how=_("again") if for_good else _("today"))
    return act(request, lambda: queue.skip(request.actor, case, for_good=for_good), told, reverse("queue"))


@require_POST
def hand_over(request: PersonRequest, number: int) -> HttpResponse:
    """Give a case to somebody else."""
    case = case_of(request, number)
    to = get_object_or_404(Person, pk=request.POST.get("to") or 0, is_active=True)
    told = _("{case} is with {person} now.").format(case=case, person=to)
    return act(request, lambda: queue.hand_over(request.actor, case, to), told, reverse("queue"))


@require_POST
def route(request: PersonRequest, number: int) -> HttpResponse:
    """Let only people with a training be offered a case."""
    case, competence = case_of(request, number), request.POST.get("competence", "")
    told = _("{case} is offered to whoever is trained for it.").format(case=case)
    if not competence:
        told = _("{case} is offered to everybody again.").format(case=case)
    return act(request, lambda: queue.route(request.actor, case, competence), told, _address(case))


@require_POST
def escalate(request: PersonRequest, number: int) -> HttpResponse:
    """Put a case on top of the queue."""
    case, reason = case_of(request, number), request.POST.get("reason", "")
    told = _("{case} stands on top now.").format(case=case)
    return act(request, lambda: queue.escalate(request.actor, case, reason), told, _address(case))


@require_POST
def note(request: PersonRequest, number: int) -> HttpResponse:
    """Keep a remark on a case."""
    case, text = case_of(request, number), request.POST.get("text", "")
    return act(
        request, lambda: work.add_note(request.actor, case, text), _("The note is kept."), f"{_address(case)}#notes"
    )


def _address(case: Case) -> str:
    return reverse("case", args=[case.pk])
