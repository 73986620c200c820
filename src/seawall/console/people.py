"""People: added, given roles, let out again."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from seawall.cases.commands import people
from seawall.cases.models import Person
from seawall.cases.models.people import Roles
from seawall.console.access import PersonRequest
from seawall.console.acting import act
from seawall.console.session_limits import end_others
from seawall.records.errors import SeawallError


class NewPerson(forms.Form):
    """Who is added."""

    name = forms.CharField(
        label=gettext_lazy("Name to sign in with"), max_length=64, widget=forms.TextInput({"autocomplete": "off"})
    )
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"), choices=Roles.choices, widget=forms.CheckboxSelectMultiple
    )


@require_safe
def show(request: PersonRequest) -> HttpResponse:
    """Everyone who works here."""
    everyone = Person.objects.select_related("created_by").order_by("-is_active", "name")
    return render(
        request, "console/people.html", {"people": everyone, "form": NewPerson(), "all_people_roles": Roles.choices}
    )


@require_POST
def add(request: PersonRequest) -> HttpResponse:
    """Add a person; their one-time password is shown once, to whoever adds them."""
    form = NewPerson(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give a name and at least one role."), extra_tags="alarm")
        return redirect("people")
    try:
        person, password = people.add_person(request.actor, form.cleaned_data["name"], form.cleaned_data["roles"])
    except SeawallError as error:
        messages.error(request, str(error), extra_tags="alarm")
        return redirect("people")
    return _password_once(request, person, password)


@require_POST
def reset(request: PersonRequest, number: int) -> HttpResponse:
    """Take a person's password and second factor away; their sessions end."""
    person = get_object_or_404(Person, pk=number)
    try:
        password = people.reset_access(request.actor, person)
    except SeawallError as error:
        messages.error(request, str(error), extra_tags="alarm")
        return redirect("people")
    end_others(person, None, at_most=0)
    return _password_once(request, person, password)


@require_POST
def set_roles(request: PersonRequest, number: int) -> HttpResponse:
    """Give a person these roles and no others."""
    person, roles = get_object_or_404(Person, pk=number), request.POST.getlist("roles")
    told = _("{person} has the roles: {roles}.").format(person=person.name, roles=", ".join(roles) or _("none"))
    return act(request, lambda: people.set_roles(request.actor, person, roles), told, reverse("people"))


@require_POST
def set_competences(request: PersonRequest, number: int) -> HttpResponse:
    """Say what a person is trained for."""
    person = get_object_or_404(Person, pk=number)
    names = request.POST.get("competences", "").split(",")
    told = _("What {person} is trained for is kept.").format(person=person.name)
    return act(request, lambda: people.set_competences(request.actor, person, names), told, reverse("people"))


@require_POST
def set_active(request: PersonRequest, number: int) -> HttpResponse:
    """Let a person in, or no longer; whoever is shut out is signed out."""
    person, active = get_object_or_404(Person, pk=number), request.POST.get("active") == "1"
    told = _("{person} may sign in.") if active else _("{person} may no longer sign in.")

    def command() -> None:
        people.set_active(request.actor, person, active=active)
        end_others(person, None, at_most=0)

    return act(request, command, told.format(person=person.name), reverse("people"))


def _password_once(request: PersonRequest, person: Person, password: str) -> HttpResponse:
    return render(request, "console/password_once.html", {"person": person, "password": password})
