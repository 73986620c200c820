"""Appeals: an account that was decided on is judged again.

They come in through the platform's own call to the guard's door; nobody appeals on this console, and nobody judges the
appeal against a decision that they had a part in.
"""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from seawall.cases.commands import appeals
from seawall.cases.models import Appeal, Member
from seawall.cases.sealing import unseal_text
from seawall.console.access import PersonRequest
from seawall.console.acting import act


@require_safe
def show(request: PersonRequest) -> HttpResponse:
    """The appeals that this person may judge, those due first."""
    shown = {"appeals": appeals.open_appeals(request.actor), "now": timezone.now()}
    return render(request, "console/appeals.html", shown)


@require_safe
def open_one(request: PersonRequest, number: int) -> HttpResponse:
    """One appeal: the evidence of then, and what the account says once somebody has taken it."""
    appeal = _appeal(request, number)
    decided = appeal.decided
    assert decided is not None  # an appeal that matches no decision is not open
    taken = appeal.by_id == request.user.pk
    case = decided.decision.case
    shown = {
        "appeal": appeal,
        "decided": decided,
        "case": case,
        "taken": taken,
        "statement": unseal_text(appeal.sealed) if taken and appeal.sealed else "",
        "members": Member.objects.filter(case=case, account_id=decided.account_id),
    }
    return render(request, "console/appeal.html", shown)


@require_POST
def take(request: PersonRequest, number: int) -> HttpResponse:
    """Work on an appeal."""
    appeal = _appeal(request, number)
    told = _("It is yours: read what the account says, and look at the evidence again.")
    return act(request, lambda: appeals.take_appeal(request.actor, appeal), told, _address(appeal))


@require_POST
def decide(request: PersonRequest, number: int) -> HttpResponse:
    """Leave the decision, or overturn it."""
    appeal, reason = _appeal(request, number), request.POST.get("reason", "")
    overturn = request.POST.get("answer") == "overturn"
    told = _("Overturned: everything is being restored.") if overturn else _("The decision stays.")
    return act(
        request,
        lambda: appeals.decide_appeal(request.actor, appeal, reason, overturn=overturn),
        told,
        reverse("appeals"),
    )


def _appeal(request: PersonRequest, number: int) -> Appeal:
    found = get_object_or_404(appeals.open_appeals(request.actor), pk=number)
    if found.decided is None:
        raise Http404(_("Nothing stands decided on this account."))
    return found


def _address(appeal: Appeal) -> str:
    return reverse("appeal", args=[appeal.pk])
