"""The queue: what waits, most urgent first."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from seawall.cases.commands import queue, work
from seawall.cases.models import Case, SavedFilter
from seawall.cases.models.people import Stream
from seawall.console.access import PersonRequest
from seawall.console.acting import act

ROWS = 25


class Filter(forms.Form):
    """Which cases of the queue are shown."""

    stream = forms.ChoiceField(
        label=gettext_lazy("Stream"), required=False, choices=[("", gettext_lazy("all")), *Stream.choices]
    )
    language = forms.CharField(label=gettext_lazy("Language"), required=False, max_length=35)
    reason = forms.CharField(label=gettext_lazy("On top because of"), required=False, max_length=40)
    accounts = forms.IntegerField(label=gettext_lazy("Accounts, at least"), required=False, min_value=1)
    mine = forms.BooleanField(label=gettext_lazy("Only what I have claimed"), required=False)

    def chosen(self) -> dict[str, Any]:
        """What is filled in, as it is kept in a saved filter."""
        return {name: value for name, value in self.cleaned_data.items() if value} if self.is_valid() else {}


@require_safe
def show(request: PersonRequest) -> HttpResponse:
    """The queue of this person, through a filter."""
    form = Filter(request.GET)
    chosen = form.chosen()
    found = _through(queue.queue_of(request.actor), chosen, request).select_related("claimed_by")
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    shown = {
        "form": form,
        "chosen": chosen,
        "page": page,
        "saved": SavedFilter.objects.filter(person=request.user),
        "streams": request.user.streams,
        "query": _query(request),
    }
    return render(request, "console/queue.html", shown)


def _through(cases: QuerySet[Case], chosen: dict[str, Any], request: PersonRequest) -> QuerySet[Case]:
    """The cases that a filter lets through."""
    given = {"stream": "stream", "language": "language__istartswith", "accounts": "size__gte"}
    cases = cases.filter(**{given[name]: value for name, value in chosen.items() if name in given})
    if chosen.get("reason"):
        cases = cases.filter(reasons__icontains=chosen["reason"])
    return cases.filter(claimed_by=request.user) if chosen.get("mine") else cases


def _query(request: PersonRequest) -> str:
    """The filter as it stands in the address, without the page."""
    kept = request.GET.copy()
    kept.pop("page", None)
    return kept.urlencode()


@require_POST
def take_next(request: PersonRequest) -> HttpResponse:
    """Claim the most urgent case that is free and bearable, and open it."""
    case = queue.claim_next(request.actor)
    if case is None:
        return act(request, lambda: None, _("Nothing waits for you now."), reverse("queue"))
    return redirect("case", case.pk)


@require_POST
def keep_filter(request: PersonRequest) -> HttpResponse:
    """Keep the present filter under a name."""
    form = Filter(request.POST)
    back = f"{reverse('queue')}?{request.POST.get('query', '')}"
    name = request.POST.get("name", "")
    return act(request, lambda: work.save_filter(request.actor, name, form.chosen()), _("The filter is kept."), back)


@require_POST
def drop_filter(request: PersonRequest) -> HttpResponse:
    """Forget a saved filter."""
    name = request.POST.get("name", "")
    return act(request, lambda: work.drop_filter(request.actor, name), _("The filter is forgotten."), reverse("queue"))
