"""One small index and its guard, shared by the tests that change neither."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from guarding import make, open_guard


@pytest.fixture(scope="session")
def published(tmp_path_factory):
    return make(tmp_path_factory.mktemp("guard") / "index")


@pytest.fixture(scope="session")
def opened(published):
    with open_guard(published) as guard:
        yield guard


@pytest.fixture
def guard(opened):
    """The guard, nobody's probes counted."""
    opened.probes.forget()
    return opened
