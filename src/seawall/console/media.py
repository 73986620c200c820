"""Media clusters, by digest: no media is stored or shown."""

from collections import defaultdict
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Max
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from seawall.cases.commands.queue import cases_of
from seawall.cases.models import Shared
from seawall.console.access import PersonRequest

ROWS, CASES = 30, 6


@require_safe
def show(request: PersonRequest) -> HttpResponse:
    """Files by how many cases share them, with the accounts and cases that they lead to."""
    shared = Shared.objects.filter(kind="media", case__in=cases_of(request.actor))
    files = (
        shared.values("subject_id").annotate(n=Count("case"), risk=Max("risk")).order_by("-n", "-risk", "subject_id")
    )
    page = Paginator(files, ROWS).get_page(request.GET.get("page"))
    found: dict[str, list[Shared]] = defaultdict(list)
    for row in shared.filter(subject_id__in=[one["subject_id"] for one in page.object_list]).select_related("case"):
        found[row.subject_id].append(row)
    page.object_list = [_told(one, found[one["subject_id"]]) for one in page.object_list]
    return render(request, "console/media.html", {"page": page})


def _told(file: dict[str, Any], rows: list[Shared]) -> dict[str, Any]:
    """A row of the page."""
    accounts = len({account for row in rows for account in row.accounts})
    cases = [row.case for row in rows[:CASES]]
    return {"name": file["subject_id"], "accounts": accounts, "risk": file["risk"], "cases": cases, "n": len(rows)}
