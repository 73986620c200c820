"""Vectorised draws keep to their groups, shares and ranges."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from seawall.trials.columns import flip_bits, mix
from seawall.trials.draws import Groups, heavy, one_of, pick_by, rows_of, starts_of, within, zipf
from seawall.trials.sellers import LARGEST, network_sizes

counts = st.lists(st.integers(0, 5), min_size=1, max_size=30).map(lambda some: np.array(some))


@given(counts)
def test_rows_and_places_name_every_element(some: np.ndarray):
    row, place = rows_of(some), within(some)
    assert (starts_of(some)[row] + place == np.arange(some.sum())).all()
    assert (place < some[row]).all()


@given(st.lists(st.integers(0, 6), min_size=1, max_size=60), st.integers(0, 1000))
def test_a_pick_comes_from_its_group(groups: list[int], seed: int):
    rng, group = np.random.default_rng(seed), np.array(groups)
    made = Groups.of(np.arange(len(group)), group, 8, rng.random(len(group)) + 0.01)
    asked = rng.integers(0, 8, 200)
    got = made.pick(rng, asked)
    there = np.isin(asked, group)
    assert (group[got[there]] == asked[there]).all()
    assert (got[~there] == -1).all()


def test_picks_follow_the_weights():
    rng = np.random.default_rng(0)
    made = Groups.of(np.arange(3), np.zeros(3, np.int64), 1, np.array([1.0, 2.0, 7.0]))
    shares = np.bincount(made.pick(rng, np.zeros(20_000, np.int64))) / 20_000
    np.testing.assert_allclose(shares, [0.1, 0.2, 0.7], atol=0.02)
    rows = pick_by(rng, np.array([[0.0, 1.0], [3.0, 1.0]]), np.array([0, 1] * 5000))
    assert (rows[::2] == 1).all()
    assert abs(rows[1::2].mean() - 0.25) < 0.02


def test_means_and_ranks_are_as_asked():
    rng = np.random.default_rng(0)
    assert abs(heavy(rng, 6.0, 1.0, 100_000).mean() - 6) < 0.2
    assert abs(one_of(rng, (1, 3), 10_000).mean() - 0.75) < 0.02
    ranks = np.bincount(zipf(rng, 50_000, 100), minlength=100)
    assert len(ranks) == 100
    assert ranks[0] > 5 * ranks[9] > 0


@given(st.integers(0, 2**20), st.integers(0, 2**31))
def test_mixing_is_a_bijection(start: int, seed: int):
    assert len(np.unique(mix(np.arange(start, start + 500), seed))) == 500


def test_flipping_turns_at_most_that_many_bits():
    raw = np.zeros((50, 32), np.uint8)
    count = np.arange(50) % 13
    flipped = np.unpackbits(flip_bits(raw, count, 5), axis=1).sum(axis=1)
    assert (flipped <= count).all()
    assert flipped.sum() > 0.9 * count.sum()


@given(st.integers(40, 20_000), st.floats(0.9, 1.8), st.integers(0, 1000))
def test_networks_share_out_all_hidden_accounts(hidden: int, tail: float, seed: int):
    sizes = network_sizes(np.random.default_rng(seed), hidden, tail)
    assert sizes.sum() == hidden
    assert sizes.min() >= 1
    assert sizes.max() <= min(LARGEST, 0.4 * hidden)
