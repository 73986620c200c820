"""What every page shows around itself."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from seawall.cases.actor import Actor, Permission
from seawall.cases.commands.proposals import unreviewed
from seawall.cases.models import Person
from seawall.console.models import Preference
from seawall.console.session_limits import IDLE
from seawall.records.roles import ROLES

SHEETS = ("console/tokens.css", "console/console.css", "console/forms.css", "console/drawn.css")
SCRIPTS = ("console/keys.js", "console/reveal.js", "console/map.js", "console/decide.js", "console/idle.js")

LOUD = 3
"""Emergencies that stand on top of every page until another person has reviewed them."""

MENU: tuple[tuple[str, Promise], ...] = (
    ("queue", _("Queue")),
    ("proposals", _("Approvals")),
    ("appeals", _("Appeals")),
    ("reports", _("Reports")),
    ("terms", _("Terms")),
    ("media", _("Media")),
    ("guard", _("Guard")),
    ("figures", _("Figures")),
    ("audit", _("Audit log")),
    ("people", _("People")),
    ("exposure", _("My exposure")),
    ("preferences", _("Preferences")),
)
"""The pages of the menu in their order; each shows to those who may open it."""

KEYS: tuple[tuple[str, Promise], ...] = (
    ("j", _("next row")),
    ("k", _("row before")),
    ("Enter", _("open the row")),
    ("g q", _("to the queue")),
    ("g a", _("to the approvals")),
    ("?", _("this list")),
)
CASE_KEYS: tuple[tuple[str, Promise], ...] = (
    ("c", _("claim the case")),
    ("s", _("skip the case")),
    ("d", _("decide")),
    ("p", _("preview what will happen")),
    ("n", _("write a note")),
    ("x", _("choose the account of this row")),
    ("e", _("add the chosen accounts as exceptions")),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu."""

    url: str
    label: Promise
    here: bool
    key: str | None


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context for every template; the menu and the keys only for whoever is signed in."""
    shown: dict[str, Any] = {
        "sheets": SHEETS,
        "scripts": SCRIPTS,
        "all_roles": ROLES,
        "menu": [],
        "keys": [],
        "shortcuts": False,
    }
    actor = getattr(request, "actor", None)
    if not isinstance(actor, Actor) or not isinstance(request.user, Person):
        return shown
    preference = Preference.objects.filter(person=request.user).first() or Preference(person=request.user)
    return shown | {
        "emergencies": list(unreviewed()[:LOUD]) if actor.may(Permission.APPROVE) else [],
        "menu": _menu(request, actor),
        "keys": (*KEYS, *CASE_KEYS),
        "shortcuts": preference.shortcuts,
        "press_to_show": preference.press_to_show,
        "idle_seconds": int(IDLE.total_seconds()),
        "role_label": ", ".join(request.user.roles),
    }


def _menu(request: HttpRequest, actor: Actor) -> list[Entry]:
    """The pages that this person may open."""
    here = request.resolver_match.url_name if request.resolver_match else ""
    keys = {"queue": "g q", "proposals": "g a"}
    entries = []
    for name, label in MENU:
        address = reverse(name)
        permission = getattr(resolve(address).func, "permission", None)
        if permission is None or actor.may(permission):
            entries.append(Entry(address, label, name == here, keys.get(name)))
    return entries
