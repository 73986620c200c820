"""Where a person begins."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from seawall.cases.actor import Permission
from seawall.console.access import PersonRequest

FIRST = ((Permission.WORK, "queue"), (Permission.TERMS, "terms"), (Permission.MANAGE_PEOPLE, "people"))
"""The first page that somebody may open is where they begin; the figures are for everyone."""


@require_safe
def home(request: PersonRequest) -> HttpResponse:
    """To the page that this person's work begins on."""
    return redirect(next((page for permission, page in FIRST if request.actor.may(permission)), "figures"))
