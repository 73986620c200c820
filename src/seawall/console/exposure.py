"""One's own dashboard, which nobody else can open."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from seawall.cases.commands import exposure
from seawall.console.access import PersonRequest
from seawall.console.acting import act


@require_safe
def show(request: PersonRequest) -> HttpResponse:
    """What this person has seen."""
    return render(request, "console/exposure.html", {"exposure": exposure.exposure_of(request.actor)})


@require_POST
def stop(request: PersonRequest) -> HttpResponse:
    """See nothing more today; no reason is asked."""
    told = _("You see nothing more today. What you had claimed is back in the queue.")
    return act(request, lambda: exposure.stop_for_today(request.actor), told, reverse("exposure"))
