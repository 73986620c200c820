"""People are added by administrators, who are no reviewers."""

import pytest

from seawall.cases.actor import Actor, Door
from seawall.cases.commands.people import add_first_administrator, add_person, set_roles
from seawall.records.errors import Refused


@pytest.fixture
def admin(database) -> Actor:
    return Actor(add_first_administrator("root")[0], Door.CONSOLE)


def test_the_first_administrator_gets_a_password_that_works(database):
    person, password = add_first_administrator("root")
    assert person.check_password(password)
    assert person.must_change_password


def test_there_is_only_one_first_administrator(admin):
    with pytest.raises(Refused, match="people already"):
        add_first_administrator("another")


def test_an_administrator_is_no_reviewer(admin):
    with pytest.raises(Refused, match="not a reviewer"):
        add_person(admin, "mika", ["admin", "analyst"])


def test_nobody_gives_roles_to_themselves(admin):
    with pytest.raises(Refused, match="themselves"):
        set_roles(admin, admin.person, ["lead"])


def test_an_analyst_adds_nobody(admin):
    analyst, _ = add_person(admin, "mika", ["analyst"])
    with pytest.raises(Refused, match="may not manage people"):
        add_person(Actor(analyst, Door.CONSOLE), "nino", ["lead"])
