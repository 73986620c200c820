"""A real graph stands for ordinary life."""

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from seawall.records.errors import BadInput
from seawall.trials.background import find_circles, read_edges
from seawall.trials.world import make_world


def test_its_nodes_are_the_innocents_and_keep_their_ties(tmp_path: Path, edges: Path):
    world = make_world(tmp_path / "w", 100_000, 1, background=edges)
    assert world.accounts == 3000 + world.hidden
    assert world.hidden <= 0.02 * world.accounts
    follows = pq.read_table(world.activity / "follows.parquet").to_pandas()
    truth = pq.read_table(world.folder / "truth.parquet").to_pandas().set_index("subject_id")
    among = follows[(truth.role[follows.follower_id].to_numpy() == "bystander")]
    among = among[(truth.role[among.followee_id].to_numpy() == "bystander")]
    pairs = set(zip(among.follower_id, among.followee_id, strict=True))
    mutual = sum((b, a) in pairs for a, b in pairs)
    assert 0.8 * 2 * 9049 < mutual <= 2 * 9049 * 1.1


def test_fewer_accounts_than_nodes_keep_a_connected_part(edges: Path):
    one, two = read_edges(edges, 2400)
    assert max(one.max(), two.max()) == 2399
    reached = {0}
    for a, b in sorted(zip(one.tolist(), two.tolist(), strict=True), key=max):
        if a in reached or b in reached:
            reached |= {a, b}
    assert len(reached) == 2400


def test_circles_follow_the_communities_of_the_graph(edges: Path):
    one, two = read_edges(edges, 10**9)
    circle = find_circles(np.random.default_rng(0), (one, two), 3000)
    assert (circle[one] == circle[two]).mean() > 0.9
    assert np.bincount(circle).max() <= 250


@pytest.mark.parametrize("text", ["", "from,to\n", "from,to\na,b\n", "from,to\n1,2\n"])
def test_it_refuses_what_is_no_graph(tmp_path: Path, text: str):
    path = tmp_path / "edges.csv"
    path.write_text(text)
    with pytest.raises(BadInput, match=r"edges\.csv"):
        make_world(tmp_path / "w", 10_000, 1, background=path)


def test_it_refuses_a_missing_file(tmp_path: Path):
    with pytest.raises(BadInput, match=r"nowhere\.csv"):
        make_world(tmp_path / "w", 10_000, 1, background=tmp_path / "nowhere.csv")
