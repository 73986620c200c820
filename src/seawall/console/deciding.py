"""Deciding on a case: previewed first, then made or proposed."""

from collections.abc import Mapping

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from seawall.cases.actor import Permission
from seawall.cases.commands import decisions
from seawall.cases.commands.enacting import Ruling
from seawall.cases.commands.proposals import act_alone
from seawall.cases.commands.quality import make_gold
from seawall.cases.models import Case, Proposal
from seawall.console.access import PersonRequest
from seawall.console.acting import act, case_of
from seawall.console.rulings import as_previewed, digest, from_form
from seawall.records.errors import BadInput, SeawallError


@require_POST
def preview(request: PersonRequest, number: int) -> HttpResponse:
    """What the chosen actions would do, and whom they may hurt wrongly; nothing happens."""
    case = case_of(request, number)
    try:
        rulings = from_form(case, request.POST)
        seen = decisions.preview(request.actor, case, rulings)
    except SeawallError as error:
        return render(request, "console/preview.html", {"refused": str(error)})
    shown = {
        "case": case,
        "preview": seen,
        "digest": digest(rulings),
        "counts": [(action, len(accounts)) for action, accounts in seen.by_action.items() if accounts],
        "worries": _worries(seen),
        "yours": case.claimed_by_id == request.user.pk,
        "may_act_alone": request.actor.may(Permission.ACT_ALONE),
        "may_be_gold": request.actor.may(Permission.QUALITY) and not case.decisions.exists(),
    }
    return render(request, "console/preview.html", shown)


@require_POST
def decide(request: PersonRequest, number: int) -> HttpResponse:
    """Decide what was previewed: alone, with a second person, or alone in an emergency."""
    case, how, reason = case_of(request, number), request.POST.get("how", ""), request.POST.get("reason", "")
    if how not in _WAYS:
        return act(request, _unpreviewed, "", reverse("case", args=[case.pk]))
    told = {
        "decide": _("Decided: it is being carried out."),
        "propose": _("Proposed: another person looks at the evidence and decides."),
        "alone": _("Done alone: another person must review it within 24 hours."),
        "gold": _("Kept as a case with known answers: whoever works on it is not told, and nothing takes effect."),
    }[how]

    def command() -> object:
        return _WAYS[how](request, case, as_previewed(case, request.POST), reason)

    return act(request, command, told, reverse("case", args=[case.pk]))


def _unpreviewed() -> None:
    raise BadInput(_("Preview it first, then choose one of the buttons below the preview."))


def _decide(request: PersonRequest, case: Case, rulings: Mapping[str, Ruling], reason: str) -> object:
    return decisions.decide(request.actor, case, rulings, reason)


def _propose(request: PersonRequest, case: Case, rulings: Mapping[str, Ruling], reason: str) -> object:
    return decisions.propose_takedown(request.actor, case, rulings, reason)


def _alone(request: PersonRequest, case: Case, rulings: Mapping[str, Ruling], reason: str) -> object:
    subject = decisions.takedown(case, rulings)
    return act_alone(request.actor, Proposal.Kind.TAKEDOWN, subject, reason, case=case)


def _gold(request: PersonRequest, case: Case, rulings: Mapping[str, Ruling], _reason: str) -> object:
    return make_gold(request.actor, case, {account: ruling.action for account, ruling in rulings.items()})


_WAYS = {"decide": _decide, "propose": _propose, "alone": _alone, "gold": _gold}


def _worries(seen: decisions.Preview) -> list[tuple[str, tuple[str, ...]]]:
    """What to think about before it is done, each with the accounts that it concerns."""
    told = (
        (_("{n} of those who would be punished may be children."), seen.may_be_children),
        (_("{n} have a low risk: the evidence may be wrong."), seen.unsure),
        (_("{n} have only one kind of evidence against them."), seen.one_kind_of_evidence),
        (_("{n} are members of another open case too."), seen.elsewhere),
    )
    return [(sentence.format(n=len(accounts)), accounts) for sentence, accounts in told if accounts]
