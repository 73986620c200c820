"""The audit log: who did and saw what, and whether it is whole."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from seawall.cases.models import AuditEntry
from seawall.cases.verifying import verify
from seawall.console.access import PersonRequest

ROWS = 50
FILTERS = {"who": "pseudonym", "what": "action", "case": "case_id"}


@require_safe
def show(request: PersonRequest) -> HttpResponse:
    """The log, latest first."""
    return _page(request)


@require_POST
def check(request: PersonRequest) -> HttpResponse:
    """Read the whole log against itself and its anchors."""
    return _page(request, verified=verify())


def _page(request: PersonRequest, **more: Any) -> HttpResponse:
    chosen = {name: value for name in FILTERS if (value := request.GET.get(name, "").strip())}
    rows = AuditEntry.objects.all()
    for name, value in chosen.items():
        if name == "case":
            number = value.upper().removeprefix("C-")
            rows = rows.filter(case_id=number) if number.isdecimal() else rows.none()
        else:
            rows = rows.filter(**{FILTERS[name]: value})
    kept = request.GET.copy()
    kept.pop("page", None)
    shown = {
        "page": Paginator(rows, ROWS).get_page(request.GET.get("page")),
        "chosen": chosen,
        "query": kept.urlencode(),
    }
    return render(request, "console/audit.html", shown | more)
