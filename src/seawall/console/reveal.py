"""Reading one text: shown for a purpose, hidden again, judged.

A browser with script asks for JSON and shows the text while it is held; without script the text gets a page of its own,
which no cache keeps.
"""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from seawall.cases.commands import exposure
from seawall.cases.models import Item, Reveal
from seawall.console.access import PersonRequest
from seawall.console.acting import act, case_of
from seawall.records.errors import SeawallError


@require_POST
def reveal(request: PersonRequest, number: int, item: int) -> HttpResponse:
    """Show one text of a case."""
    case = case_of(request, number)
    chosen = get_object_or_404(Item.objects.select_related("case"), pk=item, case=case)
    as_json = request.headers.get("Accept") == "application/json"
    try:
        shown = exposure.reveal(request.actor, chosen, request.POST.get("purpose", ""))
    except SeawallError as error:
        if as_json:
            return JsonResponse({"refused": str(error)}, status=403)
        return render(request, "console/text.html", {"case": case, "item": chosen, "refused": str(error)}, status=403)
    if as_json:
        told = _("Shown for your purpose; it hides when you let go.")
        return JsonResponse({"id": shown.reveal.pk, "text": shown.text, "told": told})
    return render(request, "console/text.html", {"case": case, "item": chosen, "text": shown.text})


@require_POST
def close(request: PersonRequest, number: int, item: int, look: int) -> HttpResponse:
    """Note that a text was hidden again, and after how long."""
    case = case_of(request, number)
    seen = get_object_or_404(Reveal, pk=look, case=case, item=item, person=request.user)
    try:
        seconds = float(request.POST.get("milliseconds", "")) / 1000
    except ValueError:
        seconds = 0.0
    exposure.close(request.actor, seen, seconds)
    return HttpResponse(status=204)


@require_POST
def judge(request: PersonRequest, number: int, item: int) -> HttpResponse:
    """Say once for the whole organisation what a text is."""
    case = case_of(request, number)
    chosen = get_object_or_404(Item.objects.select_related("case"), pk=item, case=case)
    verdict = request.POST.get("verdict", "")
    told = _("Judged: nobody needs to read this text again.")
    back = reverse("account", args=[case.pk, chosen.account_id])
    return act(request, lambda: exposure.judge(request.actor, chosen, verdict), told, f"{back}#texts")
