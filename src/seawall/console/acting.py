"""How a page carries out a command: done and told, or refused and told."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

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


def case_of(request: PersonRequest, number: int) -> Case:
    """The case of an address; the same answer whether it is hidden from this person or not there."""
    try:
        return get_case(request.actor, number)
    except Refused as error:
        raise Http404(str(error)) from error
