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
from seawall.cases.commands.queue import required
from seawall.cases.models import Item, Reveal
from seawall.console.access import PersonRequest
from seawall.console.acting import act, case_of
from seawall.disclosures.media_views import record_full_view
from seawall.records.errors import SeawallError

MEDIA_ID = 190
"""Characters of a file's id that the audit log holds."""


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
def full_view(request: PersonRequest, number: int) -> HttpResponse:
    """Note that this person opens a file in the platform's own viewer, before they do; nothing of it comes here."""
    case = case_of(request, number)
    media, purpose = request.POST.get("media", "").strip(), request.POST.get("purpose", "")

    def command() -> None:
        exposure.check_may_look(request.actor, case)
        named = required(media, _("Name the file as the platform names it."))
        record_full_view(
            request.actor, case, named[:MEDIA_ID], required(purpose, _("State the purpose of opening it."))
        )

    told = _("It is noted. Open the file there, and only as far as you must.")
    return act(request, command, told, f"{reverse('case', args=[case.pk])}#shared")


@require_POST
def judge(request: PersonRequest, number: int, item: int) -> HttpResponse:
    """Say once for the whole organisation what a text is."""
    case = case_of(request, number)
    chosen = get_object_or_404(Item.objects.select_related("case"), pk=item, case=case)
    verdict = request.POST.get("verdict", "")
    told = _("Judged: nobody needs to read this text again.")
    back = reverse("account", args=[case.pk, chosen.account_id])
    return act(request, lambda: exposure.judge(request.actor, chosen, verdict), told, f"{back}#texts")
