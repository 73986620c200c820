"""One's own choices: streams, languages, a smaller budget."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from seawall.cases.commands import people
from seawall.cases.models.people import Stream
from seawall.console.access import PersonRequest
from seawall.console.acting import act
from seawall.console.models import Preference


class Choices(forms.Form):
    """What a person chooses for themselves."""

    streams = forms.MultipleChoiceField(
        label=gettext_lazy("Streams that I work on"),
        help_text=gettext_lazy("You see only what you have opted into. Leaving a stream takes no reason."),
        choices=Stream.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    languages = forms.RegexField(
        r"^[A-Za-z0-9, -]*$",
        label=gettext_lazy("Languages that I read"),
        help_text=gettext_lazy("As tags, with commas between: en, pt-BR. Empty: every language."),
        required=False,
        max_length=200,
    )
    items_an_hour = forms.IntegerField(
        label=gettext_lazy("Texts that I look at in an hour, at most"), required=False, min_value=0, max_value=1000
    )
    items_a_day = forms.IntegerField(
        label=gettext_lazy("Texts that I look at in a day, at most"), required=False, min_value=0, max_value=10_000
    )
    shortcuts = forms.BooleanField(label=gettext_lazy("Single keys do things (j, k, c, …)"), required=False)
    press_to_show = forms.BooleanField(
        label=gettext_lazy("A press shows a text and the next one hides it, instead of holding"), required=False
    )


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: PersonRequest) -> HttpResponse:
    """The choices as they are, or kept."""
    form = Choices(request.POST or None, initial=_present(request))
    if form.is_valid():
        return act(
            request, lambda: _keep(request, form.cleaned_data), _("Your choices are kept."), reverse("preferences")
        )
    return render(request, "console/preferences.html", {"form": form}, status=422 if form.is_bound else 200)


def _present(request: PersonRequest) -> dict[str, Any]:
    person = request.user
    preference = Preference.objects.filter(person=person).first() or Preference(person=person)
    return {
        "streams": person.streams,
        "languages": ", ".join(person.languages),
        "items_an_hour": person.items_an_hour,
        "items_a_day": person.items_a_day,
        "shortcuts": preference.shortcuts,
        "press_to_show": preference.press_to_show,
    }


def _keep(request: PersonRequest, chosen: dict[str, Any]) -> None:
    likes = {name: chosen.pop(name) for name in ("shortcuts", "press_to_show")}
    languages = [tag.strip() for tag in chosen.pop("languages").split(",") if tag.strip()]
    people.choose(request.actor, languages=languages, **chosen)
    Preference.objects.update_or_create(person=request.user, defaults=likes)
