import numpy as np
import pyarrow.compute as pc
import pytest
from bench.attacks import ATTACKS, BOUGHT, BRIGADE, TARGETS, Platform, gains, page
from bench.worlds import Trial

from seawall.trials.world import make_world

RNG = (1, 2)


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    folder = tmp_path_factory.mktemp("attacked") / "world"
    make_world(folder, 5_000, 3)
    return Platform.of(folder)


def changed(platform, name):
    return ATTACKS[name][1](platform, np.random.default_rng(RNG))


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_keeps_the_columns_of_every_table(platform, name):
    for table, rows in changed(platform, name).tables.items():
        assert rows.schema.equals(platform.read(table).schema)


def test_a_split_ring_has_fewer_ties_and_nobody_else_loses_any(platform):
    before, after = platform.read("follows"), changed(platform, "split").tables["follows"]
    ours = [
        pc.is_in(rows["follower_id"], value_set=platform.ids.filter(platform.network < 0)) for rows in (before, after)
    ]
    assert pc.sum(ours[0]).as_py() == pc.sum(ours[1]).as_py()
    assert 0.97 * len(before) < len(after) < len(before)


def test_bought_followers_are_innocent_and_a_thousand_each(platform):
    one = changed(platform, "bought_followers")
    more = len(one.tables["follows"]) - len(platform.read("follows"))
    assert more == BOUGHT * len(platform.sellers)
    assert np.isin(one.targets, platform.innocent).all()


def test_a_brigade_is_two_hundred_who_report_innocents_alone(platform):
    one = changed(platform, "brigade")
    rows = one.tables["complaints"].slice(len(platform.read("complaints")))
    assert len(rows["reporter_id"].unique()) == BRIGADE
    assert len(one.targets) == TARGETS
    assert np.isin(platform.places(rows["account_id"]), platform.innocent).all()


def test_the_page_tells_every_attack_and_what_it_changes():
    figures = ("recall", "precision", "buyers_recall", "false_accusations", "worst", "targets", "network_f1")
    found = {name: dict.fromkeys((*figures, "targets_accused"), 0.5) for name in ATTACKS}
    found["split"]["recall"] = 0.4
    text = page(Trial(5_000, (3,)), found)
    assert all(says in text for says, _ in ATTACKS.values())
    assert gains(found)["attacks"]["split"]["change"]["recall"] == pytest.approx(-0.1)
