"""Figures of the whole house; nobody is compared."""

from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from seawall.cases.commands.exposure import exposure_of_house
from seawall.cases.commands.quality import agreement, gold
from seawall.console.access import PersonRequest
from seawall.console.measuring import Figures, measure
from seawall.console.watching import watched

KEPT_SECONDS = 300


@require_safe
def show(request: PersonRequest) -> HttpResponse:
    """The figures of the whole house, at most five minutes old."""
    figures: Figures | None = cache.get("figures")
    if figures is None:
        figures = measure()
        cache.set("figures", figures, KEPT_SECONDS)
    shown = {
        "figures": figures,
        "exposure": exposure_of_house(),
        "agreement": agreement(),
        "gold": gold(),
        "watch": watched(),
    }
    return render(request, "console/figures.html", shown)
