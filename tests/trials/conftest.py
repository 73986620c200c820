"""One small world for the tests of this room."""

from pathlib import Path

import pytest

from running import KEY
from seawall.trials.labels import Labels, by_truth
from seawall.trials.platform import Platform, read_platform
from seawall.trials.recommenders.catalogue import local_recommenders
from seawall.trials.recommenders.local import Local
from seawall.trials.world import World, make_world


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("worlds") / "a", 12_000, 11)


@pytest.fixture(scope="session")
def other_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("worlds") / "b", 12_000, 12)


@pytest.fixture
def edges(tmp_path: Path) -> Path:
    """A graph of 50 rings of 60 nodes with chords, joined in a line."""
    path = tmp_path / "edges.csv"
    rows = [(60 * c + i, 60 * c + (i + step) % 60) for c in range(50) for i in range(60) for step in (1, 7, 13)]
    rows += [(60 * c, 60 * c + 60) for c in range(49)]
    path.write_text("from,to\n" + "".join(f"{a},{b}\n" for a, b in rows))
    return path


@pytest.fixture(scope="session")
def platform(world: World) -> Platform:
    return read_platform(world.activity, KEY)


@pytest.fixture(scope="session")
def truth(world: World, platform: Platform) -> Labels:
    return by_truth(world.folder / "truth.parquet", platform, KEY)


@pytest.fixture(scope="session")
def recommenders(platform: Platform) -> dict[str, Local]:
    return local_recommenders(platform, 0)
