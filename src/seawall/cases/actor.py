"""Who acts, through which door, and what each role may do.

A command takes an Actor, never a person alone: approving needs a console session that passed the second factor, and the
command layer looks that up in the session store itself instead of believing its caller.
"""

from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module

from django.conf import settings
from django.contrib.auth import SESSION_KEY

from seawall.cases.models import Case, Person
from seawall.cases.models.people import Roles
from seawall.records.errors import Refused

SECOND_FACTOR_KEY = "second_factor_passed"
"""The session's entry that the console sets, and only when a code was right: the person's key as text."""


class Door(StrEnum):
    """Where somebody came in."""

    CONSOLE = "console"
    SHELL = "shell"
    SYSTEM = "system"


class Permission(StrEnum):
    """What the table below gives to roles."""

    SEE_CASES = "see cases"
    WORK = "work on cases"
    REVEAL = "reveal evidence"
    DECIDE = "decide"
    PROPOSE = "propose"
    APPROVE = "approve"
    ACT_ALONE = "act alone in an emergency"
    TERMS = "work on terms"
    QUALITY = "look after quality"
    SEE_FIGURES = "see figures"
    SEE_AUDIT = "see the audit log"
    MANAGE_PEOPLE = "manage people"


_REVIEWERS = frozenset({Roles.ANALYST, Roles.LEAD})
MAY: dict[Permission, frozenset[Roles]] = {
    Permission.SEE_CASES: frozenset({Roles.VIEWER}) | _REVIEWERS,
    Permission.WORK: _REVIEWERS,
    Permission.REVEAL: _REVIEWERS,
    Permission.DECIDE: _REVIEWERS,
    Permission.PROPOSE: frozenset({Roles.TERMS}) | _REVIEWERS,
    Permission.APPROVE: frozenset({Roles.TERMS}) | _REVIEWERS,
    Permission.ACT_ALONE: frozenset({Roles.LEAD}),
    Permission.TERMS: frozenset({Roles.TERMS, Roles.LEAD}),
    Permission.QUALITY: frozenset({Roles.LEAD}),
    Permission.SEE_FIGURES: frozenset(Roles),
    Permission.SEE_AUDIT: frozenset({Roles.LEAD, Roles.ADMIN}),
    Permission.MANAGE_PEOPLE: frozenset({Roles.ADMIN}),
}
"""Every permission and the roles that have it: an administrator is no reviewer."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A person at a door; `person` is None where Seawall itself acts."""

    person: Person | None
    door: Door
    session: str = ""

    @property
    def label(self) -> str:
        """How the audit log and every effect names them."""
        return self.person.pseudonym if self.person else "seawall"

    @property
    def somebody(self) -> Person:
        """The person; refuses where Seawall itself acts."""
        if self.person is None:
            raise Refused("This takes a person; Seawall itself never does it.")
        return self.person

    def may(self, permission: Permission) -> bool:
        """Whether one of this person's roles gives them the permission."""
        return self.person is not None and self.person.has_role(*MAY[permission])

    def require(self, permission: Permission) -> Person:
        """The person, if they may; raises Refused."""
        person = self.somebody
        if not self.may(permission):
            needed = ", ".join(sorted(MAY[permission]))
            raise Refused(f"{person.pseudonym} may not {permission}; it takes one of these roles: {needed}.")
        return person

    def require_case(self, permission: Permission, case: Case) -> Person:
        """The person, if they may and have opted into the case's stream; raises Refused."""
        person = self.require(permission)
        if case.stream not in person.streams:
            raise Refused(f"{person.pseudonym} has not opted into the stream {case.stream}; nobody sees it unasked.")
        return person

    def require_second_factor(self) -> Person:
        """The person, if a live console session of theirs passed the second factor; raises Refused."""
        person = self.somebody
        if self.door is not Door.CONSOLE:
            raise Refused("This is approved in a signed-in console session; the command line only proposes.")
        engine = import_module(settings.SESSION_ENGINE)
        kept = engine.SessionStore(self.session).load() if self.session else {}
        whole = kept.get(SESSION_KEY) == str(person.pk) == kept.get(SECOND_FACTOR_KEY)
        if not (whole and person.is_active and person.second_factor):
            raise Refused("This takes a session that passed the second factor. Sign in again with a code.")
        return person


SYSTEM = Actor(None, Door.SYSTEM)
"""Seawall itself: opening cases from a run, expiring, carrying out."""


def at_console(person: Person, session: str) -> Actor:
    """A signed-in person; `session` is the key of their session."""
    return Actor(person, Door.CONSOLE, session)


def at_shell(name: str) -> Actor:
    """A person named on the command line: whoever holds the shell may propose, never approve."""
    person = Person.objects.filter(name=name, is_active=True).first()
    if person is None:
        raise Refused(f"There is no active person {name!r}. An administrator adds people in the console.")
    return Actor(person, Door.SHELL)
