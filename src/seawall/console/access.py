"""Who may open which page.

Every page names its permission where it stands in `urls.py`; a view without one is refused when the table is built. The
commands behind a page ask again and look at the data: a page that opens is no permission to change what is on it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from seawall.cases.actor import MAY, Actor, Permission, at_console
from seawall.cases.models import Person
from seawall.console.session_limits import is_over

View = Callable[..., HttpResponse]


class PersonRequest(HttpRequest):
    """A request of someone who has given both factors."""

    user: Person
    actor: Actor


def whoever(view: View) -> View:
    """The view, for whoever comes to the door."""
    view.permission = None  # type: ignore[attr-defined]
    view.signed_in = False  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """The view, for everyone who is signed in."""
    return _guarded(view, None)


def only(permission: Permission, view: View) -> View:
    """The view, for signed-in people whose roles give them the permission."""
    return _guarded(view, permission)


def _guarded(view: View, permission: Permission | None) -> View:
    @wraps(view)
    def guarded(request: PersonRequest, *arguments: Any, **named: Any) -> HttpResponse:
        person = request.user
        if not isinstance(person, Person) or is_over(request):
            return _to_sign_in(request)
        request.actor = at_console(person, request.session.session_key or "")
        if permission and not request.actor.may(permission):
            needed = sorted(MAY[permission])
            return render(request, "console/refused.html", {"permission": permission, "needed": needed}, status=403)
        return view(request, *arguments, **named)

    guarded.permission = permission  # type: ignore[attr-defined]  # read by the menu and the test of all pages
    guarded.signed_in = True  # type: ignore[attr-defined]
    return guarded


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the door, and back to this page afterwards; what is left of a session ends here."""
    back = f"?{urlencode({'next': request.get_full_path()})}" if request.method == "GET" else ""
    logout(request)
    if request.headers.get("HX-Request") or request.headers.get("Accept") == "application/json":
        return HttpResponse(status=401, headers={"HX-Redirect": reverse("sign-in")})
    return HttpResponseRedirect(reverse("sign-in") + back)
