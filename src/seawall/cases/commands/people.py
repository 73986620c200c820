"""People: added, given roles, and choosing what they see."""

import secrets
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from seawall.cases.actor import SYSTEM, Actor, Permission
from seawall.cases.audit import record
from seawall.cases.models import Case, Person
from seawall.cases.models.people import Roles, Stream
from seawall.records.errors import BadInput, Refused

LONGEST = 40
"""Characters of the name of a competence."""


@transaction.atomic
def add_first_administrator(name: str) -> tuple[Person, str]:
    """The first person of an empty database, and a one-time password that is kept nowhere."""
    if Person.objects.exists():
        raise Refused("There are people already; an administrator adds more in the console.")
    return _add(SYSTEM, name, [Roles.ADMIN])


@transaction.atomic
def add_person(actor: Actor, name: str, roles: Iterable[str]) -> tuple[Person, str]:
    """A new person, and a one-time password that is kept nowhere."""
    actor.require(Permission.MANAGE_PEOPLE)
    return _add(actor, name, roles)


@transaction.atomic
def set_roles(actor: Actor, person: Person, roles: Iterable[str]) -> Person:
    """Give a person these roles and no others."""
    actor.require(Permission.MANAGE_PEOPLE)
    if person == actor.person:
        raise Refused("Nobody gives roles to themselves; ask another administrator.")
    person.roles = _checked(roles)
    person.save(update_fields=["roles"])
    record(actor, "set roles", person, details={"roles": person.roles})
    return person


@transaction.atomic
def set_active(actor: Actor, person: Person, *, active: bool) -> Person:
    """Let a person in, or no longer; what they did stays."""
    actor.require(Permission.MANAGE_PEOPLE)
    if person == actor.person:
        raise Refused("Nobody shuts themselves out; ask another administrator.")
    person.is_active = active
    person.save(update_fields=["is_active"])
    record(actor, "let in" if active else "shut out", person)
    return person


@transaction.atomic
def reset_access(actor: Actor, person: Person) -> str:
    """Take password and second factor away; returns a one-time password. Whoever does this never approves with them."""
    administrator = actor.require(Permission.MANAGE_PEOPLE)
    if person == administrator:
        raise Refused("Nobody resets their own access; ask another administrator.")
    password = secrets.token_urlsafe(15)
    person.set_password(password)
    person.second_factor, person.second_factor_step, person.must_change_password = "", 0, True
    person.reset_by, person.reset_at = administrator, timezone.now()
    person.save()
    record(actor, "reset access", person)
    return password


@transaction.atomic
def choose(
    actor: Actor,
    *,
    streams: Iterable[str] | None = None,
    languages: Iterable[str] | None = None,
    items_an_hour: int | None = None,
    items_a_day: int | None = None,
) -> Person:
    """One's own choices: streams, languages, and budgets below the house's. Leaving a stream needs no reason."""
    person = actor.somebody
    if streams is not None:
        person.streams = sorted(set(streams))
        unknown = set(person.streams) - set(Stream.values)
        if unknown:
            raise BadInput(f"unknown streams {sorted(unknown)}; there are {', '.join(Stream.values)}.")
        left = Case.objects.filter(claimed_by=person).exclude(stream__in=person.streams)
        left.update(claimed_by=None, claimed_until=None)
    if languages is not None:
        person.languages = sorted(set(languages))
    person.items_an_hour = items_an_hour if items_an_hour is not None else person.items_an_hour
    person.items_a_day = items_a_day if items_a_day is not None else person.items_a_day
    person.save(update_fields=["streams", "languages", "items_an_hour", "items_a_day"])
    record(actor, "chose", person, details={"streams": person.streams, "languages": person.languages})
    return person


@transaction.atomic
def set_competences(actor: Actor, person: Person, competences: Iterable[str]) -> Person:
    """What kinds of cases a person is trained for: short names of the house's own."""
    actor.require(Permission.MANAGE_PEOPLE)
    person.competences = sorted({name.strip() for name in competences} - {""})
    if long := next((name for name in person.competences if len(name) > LONGEST), None):
        raise BadInput(f"{long[:LONGEST]!r}… is longer than {LONGEST} characters; give competences short names.")
    person.save(update_fields=["competences"])
    record(actor, "set competences", person, details={"competences": person.competences})
    return person


def _add(actor: Actor, name: str, roles: Iterable[str]) -> tuple[Person, str]:
    if not name.strip() or Person.objects.filter(name=name).exists():
        raise BadInput(f"{name!r} is empty or taken; choose another name to sign in with.")
    person = Person(name=name, pseudonym=f"reviewer-{secrets.token_hex(4)}", roles=_checked(roles))
    person.created_at, person.created_by = timezone.now(), actor.person
    password = secrets.token_urlsafe(15)
    person.set_password(password)
    person.save()
    record(actor, "added person", person, details={"roles": person.roles})
    return person, password


def _checked(roles: Iterable[str]) -> list[str]:
    found = sorted({str(role) for role in roles})
    if unknown := set(found) - set(Roles.values):
        raise BadInput(f"unknown roles {sorted(unknown)}; there are {', '.join(Roles.values)}.")
    if Roles.ADMIN in found and len(found) > 1:
        raise Refused("An administrator is not a reviewer: give either admin or other roles.")
    return found
