"""What all tests share: one invented world, runs on it, and patience."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

import reaching
from running import make_run
from seawall.trials.world import make_world

settings.register_profile("seawall", deadline=None, derandomize=True)  # machines are busy; a failure must come back
settings.load_profile("seawall")


def pytest_configure(config):
    config.addinivalue_line("markers", "xdist_group(name): tests that share one worker")


@pytest.fixture(autouse=True)
def nothing_leaves() -> Iterator[None]:
    """No test reaches beyond this machine, and Seawall connects through its one door alone."""
    before = len(reaching.STRANGE)
    yield
    assert reaching.STRANGE[before:] == []


@pytest.fixture(scope="session")
def world(tmp_path_factory) -> Path:
    """An invented platform of 5,000 accounts, of which twenty have been decided."""
    folder = tmp_path_factory.mktemp("invented") / "world"
    make_world(folder, 5_000, 3)
    (folder / "verdicts-20.parquet").rename(folder / "activity" / "verdicts.parquet")
    return folder


@pytest.fixture(scope="session")
def runs(world, tmp_path_factory) -> Callable[..., Path]:
    """Runs on the world, each made once: `runs("keyed")`, `runs("plain", plain_ids=True)`."""
    folder, made = tmp_path_factory.mktemp("runs"), {}

    def one(name: str, **options: object) -> Path:
        if name not in made:
            made[name] = make_run(world, folder / name, **options)
        return made[name]

    return one
