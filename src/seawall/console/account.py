"""One account of a case: its evidence, its texts hidden."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from seawall.cases.actor import Permission
from seawall.cases.commands.queue import cases_of
from seawall.cases.models import AccountDecision, Case, Item, Judgement, Member
from seawall.console.access import PersonRequest
from seawall.console.acting import case_of
from seawall.console.reviews import blind_review

PURPOSES = (
    _("To decide on this account"),
    _("To judge its role: whether it is a child"),
    _("As second person of a proposal"),
    _("To answer an appeal"),
    _("To prepare a report to the authorities"),
)
"""Why a person may look at a text; the purpose stands in the audit log."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text of an account and what the organisation thinks of it; None: nobody has judged it yet."""

    item: Item
    judgement: Judgement | None


@require_safe
def show(request: PersonRequest, number: int, account: str) -> HttpResponse:
    """The account's page."""
    case = case_of(request, number)
    member = get_object_or_404(Member, case=case, account_id=account)
    elsewhere = Member.objects.filter(account_id=account, case__in=cases_of(request.actor)).exclude(case=case)
    decided = AccountDecision.objects.filter(account_id=account, decision__case__in=cases_of(request.actor))
    blind = blind_review(request, case) is not None
    shown = {
        "case": case,
        "member": member,
        "strongest": max((abs(reason["adds"]) for reason in member.evidence), default=1.0),
        "texts": _texts(case, account),
        "purposes": PURPOSES,
        "verdicts": Judgement.Verdict.choices,
        "may_reveal": request.actor.may(Permission.REVEAL),
        "elsewhere": elsewhere.select_related("case"),
        "blind": blind,
        "decided": [] if blind else decided.select_related("decision__by", "decision__case"),
    }
    return render(request, "console/account.html", shown)


def _texts(case: Case, account: str) -> list[Text]:
    items = list(case.items.filter(account_id=account))
    judged = {one.digest: one for one in Judgement.objects.filter(digest__in=[item.digest for item in items])}
    return [Text(item, judged.get(item.digest)) for item in items]
