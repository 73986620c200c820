"""What tests of cases share: a database and people at the console."""

import pytest
from working import person, signed_in

from databases import database, postgres, sqlite_template  # noqa: F401
from seawall.cases.actor import Actor


@pytest.fixture
def ana(database) -> Actor:  # noqa: F811
    """An analyst."""
    return signed_in(person("ana", "analyst"))


@pytest.fixture
def ben(database) -> Actor:  # noqa: F811
    """Another analyst."""
    return signed_in(person("ben", "analyst"))


@pytest.fixture
def lea(database) -> Actor:  # noqa: F811
    """A lead."""
    return signed_in(person("lea", "lead"))
