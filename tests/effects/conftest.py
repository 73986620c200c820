"""What tests of effects share: a database."""

import pytest
from django.test import override_settings

from databases import database, postgres, sqlite_template  # noqa: F401


@pytest.fixture
def settings_of():
    return override_settings
