"""The pages at the door."""

from django import forms
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from seawall.cases.actor import at_console
from seawall.cases.commands import signing_in
from seawall.console.access import PersonRequest
from seawall.console.signing_in.forms import Code, NameAndPassword, NewPassword
from seawall.console.signing_in.picture import picture
from seawall.console.signing_in.steps import gave_password, let_in, next_step, waiting
from seawall.records.errors import Refused

NEW_SECRET = "door_secret"  # noqa: S105  the name of a session's entry


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The first factor. Every failure reads the same, so that it tells nobody which names exist."""
    form = NameAndPassword(request.POST or None)
    if form.is_valid():
        try:
            return gave_password(request, signing_in.check_password(**form.cleaned_data))
        except Refused as error:
            form.add_error(None, str(error))
    return _page(request, "sign_in", form)


@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The second factor."""
    person = waiting(request)
    if person is None or person.must_change_password or not person.second_factor:
        return redirect("sign-in")
    form = Code(request.POST or None)
    if form.is_valid():
        try:
            signing_in.check_code(person, form.cleaned_data["code"])
            return let_in(request, person)
        except Refused as error:
            form.add_error("code", str(error))
    return _page(request, "code", form)


@require_http_methods(["GET", "POST"])
def new_password(request: HttpRequest) -> HttpResponse:
    """A password of one's own, where the present one was given by somebody else."""
    person = waiting(request)
    if person is None or not person.must_change_password:
        return redirect("sign-in")
    form = NewPassword(person, request.POST or None)
    if form.is_valid():
        return next_step(signing_in.change_password(at_console(person, ""), form.cleaned_data["first"]))
    return _page(request, "password", form)


@require_http_methods(["GET", "POST"])
def new_second_factor(request: HttpRequest) -> HttpResponse:
    """Set up a second factor, where there is none; the secret is kept only once a code of it was right."""
    person = waiting(request)
    if person is None or person.must_change_password or person.second_factor:
        return redirect("sign-in")
    secret = request.session.setdefault(NEW_SECRET, signing_in.new_second_factor())
    form = Code(request.POST or None)
    if form.is_valid():
        try:
            return let_in(
                request,
                signing_in.confirm_second_factor(at_console(person, ""), secret, form.cleaned_data["code"]),
            )
        except Refused as error:
            form.add_error("code", str(error))
    spelt = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return _page(request, "factor", form, picture=picture(person, secret), spelt=spelt)


@require_POST
def sign_out(request: PersonRequest) -> HttpResponse:
    """End this session."""
    signing_in.signed_out(request.actor)
    logout(request)
    return redirect("sign-in")


@require_POST
def stay(request: PersonRequest) -> HttpResponse:  # noqa: ARG001  its use was written down on the way here
    """Go on with this session."""
    return HttpResponse(status=204)


def _page(request: HttpRequest, name: str, form: forms.Form, **shown: object) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, f"console/door/{name}.html", {"form": form, **shown}, status=status)
