"""How a page carries out a command: done and told, or refused and told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from seawall.cases.commands.proposals import act_alone, propose
from seawall.cases.commands.queue import get_case
from seawall.cases.models import Case
from seawall.console.access import PersonRequest
from seawall.records.errors import Refused, SeawallError


def act(request: HttpRequest, command: Callable[[], object], told: str, back: str) -> HttpResponse:
    """Carry a command out, say how it went, and go back to a page of ours."""
    try:
        command()
    except SeawallError as error:
        messages.error(request, str(error), extra_tags="alarm")
    else:
        messages.success(request, told, extra_tags="good")
    return HttpResponseRedirect(back)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a second person is asked to agree to: its kind, exactly what, and the case that it is about."""

    kind: str
    subject: Mapping[str, Any]
    case: Case | None = None


def ask(request: PersonRequest, what: Callable[[], Asked], back: str) -> HttpResponse:
    """Propose what a form asks for; where it says so, in an emergency, do it alone."""
    opinion, alone = request.POST.get("opinion", ""), request.POST.get("how") == "alone"
    told = (
        _("Done alone: another person must review it within 24 hours.")
        if alone
        else _("Proposed: another person looks at the evidence and decides.")
    )

    def command() -> object:
        asked = what()
        way = act_alone if alone else propose
        return way(request.actor, asked.kind, asked.subject, opinion, case=asked.case)

    return act(request, command, told, back)


def case_of(request: PersonRequest, number: int) -> Case:
    """The case of an address; the same answer whether it is hidden from this person or not there."""
    try:
        return get_case(request.actor, number)
    except Refused as error:
        raise Http404(str(error)) from error
