"""How far someone is on the way in.

Between the steps the session holds only who gave the right password and when; nobody is signed in until both factors
are given, and then the session gets a new key.
"""

from datetime import datetime, timedelta

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from seawall.cases.actor import SECOND_FACTOR_KEY, at_console
from seawall.cases.commands import signing_in
from seawall.cases.models import Person
from seawall.console.session_limits import begin, end_others

WAITING, SINCE, BACK = "door_person", "door_since", "door_next"
PATIENCE = timedelta(minutes=10)
"""How long the steps after the password may take."""


def gave_password(request: HttpRequest, person: Person) -> HttpResponse:
    """Remember who gave the right password, in a session with a new key; to the next step."""
    back = request.GET.get("next", "")
    request.session.flush()
    request.session[WAITING], request.session[SINCE] = person.pk, timezone.now().isoformat()
    request.session[BACK] = back
    return next_step(person)


def waiting(request: HttpRequest) -> Person | None:
    """Who gave the right password a little while ago and may take the next step."""
    since = request.session.get(SINCE)
    if not since or timezone.now() - datetime.fromisoformat(since) > PATIENCE:
        return None
    return Person.objects.filter(pk=int(request.session[WAITING]), is_active=True).first()


def next_step(person: Person) -> HttpResponse:
    """To what is still missing."""
    if person.must_change_password:
        return HttpResponseRedirect(reverse("new-password"))
    return HttpResponseRedirect(reverse("code" if person.second_factor else "new-second-factor"))


def let_in(request: HttpRequest, person: Person) -> HttpResponse:
    """Sign in someone who gave both factors; the session gets a new key, and the oldest of too many ends."""
    back = request.session.get(BACK, "")
    request.session.flush()
    login(request, person, "django.contrib.auth.backends.ModelBackend")
    request.session[SECOND_FACTOR_KEY] = str(person.pk)
    begin(request)
    request.session.save()
    end_others(person, request.session.session_key)
    signing_in.signed_in(at_console(person, request.session.session_key or ""))
    return HttpResponseRedirect(back if _is_ours(request, back) else reverse("home"))


def _is_ours(request: HttpRequest, address: str) -> bool:
    """Whether an address leads back into this console and nowhere else."""
    safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return safe and address.startswith("/")
