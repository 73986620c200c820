"""What a lead alone may propose: the guard off, the vault purged."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from seawall.cases.commands.proposals import CONCERNS, propose
from seawall.cases.commands.queue import get_case
from seawall.cases.models import Proposal
from seawall.console.access import PersonRequest
from seawall.console.acting import Asked, act, ask
from seawall.records.errors import BadInput

Kind, State = Proposal.Kind, Proposal.State


def may_ask(request: PersonRequest, kind: str) -> bool:
    """Whether this kind is this person's matter, so that its form is shown."""
    return request.user.has_role(*CONCERNS[kind])


def asked(kind: str) -> Proposal | None:
    """The proposal of this kind that somebody decides on now."""
    return Proposal.objects.filter(kind=kind, state=State.OPEN).first()


@require_POST
def guard_off(request: PersonRequest) -> HttpResponse:
    """Propose to switch the guard off; in an emergency, alone."""

    def what() -> Asked:
        if asked(Kind.GUARD_OFF):
            raise BadInput(_("It is proposed already; decide on that one."))
        return Asked(Kind.GUARD_OFF, {"guard": "off"})

    return ask(request, what, f"{reverse('guard')}#off")


@require_POST
def purge(request: PersonRequest) -> HttpResponse:
    """Propose to destroy what the vault holds of a case; it cannot be undone, so nobody does it alone."""
    opinion, number = request.POST.get("opinion", ""), request.POST.get("case", "").strip().upper().removeprefix("C-")

    def command() -> object:
        if not number.isdecimal():
            raise BadInput(_("Name the case by its number, as C-12."))
        case = get_case(request.actor, int(number))
        if Proposal.objects.filter(kind=Kind.PURGE, state=State.OPEN, case=case).exists():
            raise BadInput(_("It is proposed already; decide on that one."))
        return propose(request.actor, Kind.PURGE, {"case_id": str(case)}, opinion, case=case)

    told = _("Proposed: another person looks at the evidence and decides.")
    return act(request, command, told, f"{reverse('reports')}#vault")
