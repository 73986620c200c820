"""One account of a case: every piece of evidence, its texts hidden until held."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from seawall.cases.actor import Permission
from seawall.cases.commands.queue import cases_of
from seawall.cases.models import AccountDecision, Member
from seawall.console.access import PersonRequest
from seawall.console.acting import case_of


@require_safe
def show(request: PersonRequest, number: int, account: str) -> HttpResponse:
    """The account's page."""
    case = case_of(request, number)
    member = get_object_or_404(Member, case=case, account_id=account)
    strongest = max((abs(reason["adds"]) for reason in member.evidence), default=1.0)
    elsewhere = Member.objects.filter(account_id=account, case__in=cases_of(request.actor)).exclude(case=case)
    shown = {
        "case": case,
        "member": member,
        "strongest": strongest,
        "items": case.items.filter(account_id=account),
        "may_reveal": request.actor.may(Permission.REVEAL),
        "elsewhere": elsewhere.select_related("case"),
        "decided": AccountDecision.objects.filter(account_id=account).select_related("decision__by", "decision__case"),
    }
    return render(request, "console/account.html", shown)
