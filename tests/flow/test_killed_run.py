"""A killed run leaves nothing or a whole run, and the next run cleans up."""

import pytest

from killing import kill_after, kill_when, left_by, start_run
from running import files, make_run

pytestmark = pytest.mark.xdist_group("run")


def partial_holds(parent, name: str) -> bool:
    return any(parent.glob(f".run.partial-*/{name}"))


@pytest.mark.parametrize("moment", ["while rows come in", "while it thinks", "while it writes"])
def test_a_killed_run_leaves_nothing_and_the_next_one_cleans_up(world, runs, tmp_path, moment):
    process = start_run(world, tmp_path / "run")
    if moment == "while rows come in":
        kill_when(process, lambda: partial_holds(tmp_path, "work/lake/accounts"))
    elif moment == "while it thinks":
        kill_after(process, "graph")
    else:
        kill_when(process, lambda: partial_holds(tmp_path, "findings.parquet"))
    assert process.returncode == -9
    left = left_by(tmp_path)
    assert left == {f".run.partial-{process.pid}"}
    assert (tmp_path / left.pop()).stat().st_mode & 0o777 == 0o700
    if moment == "while it writes":
        assert files(make_run(world, tmp_path / "run")) == files(runs("keyed"))
        assert left_by(tmp_path) == {"run"}
