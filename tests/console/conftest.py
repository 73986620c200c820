"""What tests of the console share: a database, people of every role, browsers that are signed in."""

from collections.abc import Callable

import pytest
from django.test import Client

from console.invented import person
from console.signing import sign_in
from databases import database, postgres, sqlite_template  # noqa: F401
from seawall.cases.models import Person

ROLES = ("viewer", "analyst", "lead", "terms", "admin")


@pytest.fixture
def people(database) -> dict[str, Person]:  # noqa: F811  pytest's way to name a fixture
    """One person of every role, each with a second factor and a past."""
    return {role: person(role, role) for role in ROLES}


@pytest.fixture
def browser(people) -> Callable[[str], Client]:
    """A browser in which the person of a role is signed in with both factors."""
    return lambda role: sign_in(people[role])


@pytest.fixture
def other_lead(people) -> Client:
    """A browser in which a second lead is signed in."""
    return sign_in(person("lead-2", "lead"))
