"""Approvals: what waits for a second person."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from seawall.cases.actor import Permission
from seawall.cases.commands import proposals
from seawall.cases.commands.queue import get_case
from seawall.cases.models import Member, Proposal
from seawall.cases.models.case import Action
from seawall.console.access import PersonRequest
from seawall.console.acting import act
from seawall.records.errors import Refused

DECIDED_SHOWN, ACCOUNTS_SHOWN = 25, 100
REPORTED = (Action.REMOVE, Action.RESTRICT, Action.PROTECT)
"""What stands decided on the accounts that a report tells of."""


@require_safe
def show(request: PersonRequest) -> HttpResponse:
    """What this person can decide on, what they proposed, and what stood out."""
    mine = Proposal.objects.filter(proposed_by=request.user).select_related("case", "decided_by")
    shown = {
        "waiting": proposals.waiting_for(request.actor),
        "mine": mine[:DECIDED_SHOWN],
        "may_review": request.actor.may(Permission.DECIDE),
    }
    return render(request, "console/proposals.html", shown)


@require_safe
def open_one(request: PersonRequest, number: int) -> HttpResponse:
    """One proposal: the evidence first, then the first person's reasons, then the decision."""
    proposal = _proposal(request, number)
    opinion = proposals.opinion_for(request.actor, proposal)
    second = proposal.proposed_by_id != request.user.pk
    shown = {
        "proposal": proposal,
        "opinion": opinion,
        "second": second and proposal.state == Proposal.State.OPEN,
        "seen": proposals.has_looked(request.user, proposal),
        "to_review": second and proposal.emergency and proposal.reviewed_at is None,
        "accounts": _accounts(proposal) if opinion is not None else [],
    }
    return render(request, "console/proposal.html", shown)


@require_POST
def see_evidence(request: PersonRequest, number: int) -> HttpResponse:
    """Open the evidence as the second person, with a purpose."""
    proposal, purpose = _proposal(request, number), request.POST.get("purpose", "")
    told = _("The evidence is open; the first person's reasons stand below it.")
    return act(request, lambda: proposals.see_evidence(request.actor, proposal, purpose), told, _address(proposal))


@require_POST
def decide(request: PersonRequest, number: int) -> HttpResponse:
    """Approve or refuse as the second person, exactly what was shown."""
    proposal = _proposal(request, number)
    digest, opinion = request.POST.get("digest", ""), request.POST.get("opinion", "")
    approving = request.POST.get("answer") == "approve"
    command, told = (
        (proposals.approve, _("Approved: it is being carried out."))
        if approving
        else (proposals.refuse, _("Refused: nothing is carried out."))
    )
    return act(request, lambda: command(request.actor, proposal, digest, opinion), told, _address(proposal))


@require_POST
def withdraw(request: PersonRequest, number: int) -> HttpResponse:
    """Take one's own proposal back."""
    proposal = _proposal(request, number)
    return act(request, lambda: proposals.withdraw(request.actor, proposal), _("It is taken back."), _address(proposal))


@require_POST
def review(request: PersonRequest, number: int) -> HttpResponse:
    """Say whether acting alone was right."""
    proposal, opinion = _proposal(request, number), request.POST.get("opinion", "")
    upheld = request.POST.get("answer") == "uphold"
    told = _("Reviewed: it stands.") if upheld else _("Reviewed: everything is being restored.")
    return act(
        request,
        lambda: proposals.review_emergency(request.actor, proposal, opinion, upheld=upheld),
        told,
        _address(proposal),
    )


def _proposal(request: PersonRequest, number: int) -> Proposal:
    """A proposal that concerns this person; what does not is not there."""
    found = Proposal.objects.select_related("case", "proposed_by", "decided_by", "reviewed_by")
    proposal = get_object_or_404(found, pk=number)
    if proposal.proposed_by_id != request.user.pk and not _concerns(request, proposal):
        raise Http404(_("There is no such proposal that you may see."))
    return proposal


def _concerns(request: PersonRequest, proposal: Proposal) -> bool:
    """Whether this person's roles and streams give them a say."""
    if not request.actor.may(Permission.APPROVE) or not request.user.has_role(*proposals.CONCERNS[proposal.kind]):
        return False
    try:
        return proposal.case is None or bool(get_case(request.actor, proposal.case.pk))
    except Refused:
        return False


def _accounts(proposal: Proposal) -> list[Member]:
    """The accounts that a proposal names, with the evidence on each."""
    if proposal.case is None:
        return []
    members = proposal.case.members.all()
    if proposal.kind == Proposal.Kind.REPORT:  # the drafts are sealed; what they tell of is whoever was decided on
        return list(members.filter(action__in=REPORTED)[:ACCOUNTS_SHOWN])
    return list(members.filter(account_id__in=list(proposal.subject.get("accounts", {})))[:ACCOUNTS_SHOWN])


def _address(proposal: Proposal) -> str:
    return reverse("proposal", args=[proposal.pk])
