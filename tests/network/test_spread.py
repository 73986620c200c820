"""Spread clusters come from who shares a file, not from what it shows or how far it goes."""

import numpy as np
import pytest
from bench.spread import KINDS, with_assumed_risks
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.network.spread import Leaders, Shares, judge, unknown_media

DAY = 86_400_000_000


def uniform(n, seed=0):
    return np.random.default_rng(seed).integers(0, 2**64, (n, 4), dtype=np.uint64)


def altered(word, bits):
    out = word.copy()
    out[0] ^= np.uint64((1 << bits) - 1)
    return out


def shares(*clusters):
    """One share a day by each of the accounts listed for each cluster."""
    rows = [(c, a, t * DAY) for c, accounts in enumerate(clusters) for t, a in enumerate(accounts)]
    return Shares(*(np.array(column, np.int64) for column in zip(*rows, strict=True)))


def judged(made, risk, network=None, listed=None):
    size = int(made.cluster.max()) + 1
    network = np.full(len(risk), -1) if network is None else np.array(network)
    return judge(made, np.array(risk, float), network, np.zeros(size, bool) if listed is None else np.array(listed))


def test_altered_copies_join_their_leader_and_others_lead():
    a, b = uniform(2)
    clusters = Leaders().assign(np.array([a, b, altered(a, 31), altered(a, 32), altered(b, 5), a]))
    assert clusters.tolist() == [0, 1, 0, 2, 1, 0]


@given(seed=st.integers(0, 1000), cuts=st.lists(st.integers(0, 60), max_size=6))
@settings(max_examples=60, deadline=None)
def test_growing_in_batches_makes_the_same_leaders_as_one_by_one(seed, cuts):
    rng = np.random.default_rng(seed)
    hashes = np.array([altered(uniform(4)[rng.integers(0, 4)], int(rng.integers(0, 64))) for _ in range(60)])
    alone, together = Leaders(), Leaders()
    one_by_one = np.concatenate([alone.assign(hashes[i : i + 1]) for i in range(60)])
    parts = [together.assign(part) for part in np.split(hashes, sorted(cuts))]
    assert np.bitwise_count(together.words[np.concatenate(parts)] ^ hashes).sum(axis=1).max() <= 31
    assert np.bitwise_count(alone.words[one_by_one] ^ hashes).sum(axis=1).max() <= 31
    assert np.array_equal(alone.words, together.words)


def test_an_empty_batch_changes_nothing():
    leaders = Leaders()
    assert leaders.assign(uniform(0)).tolist() == []
    assert len(leaders.words) == 0


def test_a_file_among_risky_accounts_is_flagged_with_its_network():
    risk = [0.9] * 8 + [0.01] * 992
    told = judged(shares(range(8)), risk, [3] * 6 + [5] * 2 + [-1] * 992).to_pylist()[0]
    assert told["flagged"]
    assert (told["accounts"], told["networks"], told["network"]) == (8, 2, 3)
    assert told["per_day"] == pytest.approx(8 / 7)


def test_a_viral_file_is_not_flagged_even_where_risky_accounts_share_it():
    risk = [0.9] * 20 + [0.01] * 980
    table = judged(shares(range(600)), risk)
    assert not table["flagged"][0].as_py()
    assert table["risky"][0].as_py() > 20


def test_one_risky_account_with_many_uploads_is_one_account():
    risk = [0.95] + [0.01] * 99
    assert not judged(shares([0] * 50 + [1]), risk)["flagged"][0].as_py()


def test_a_file_of_one_account_is_no_spread():
    assert judged(shares([0, 0], [1, 2]), [0.5] * 5)["cluster"].to_pylist() == [1]


def test_listed_media_stay_out_of_the_queue_of_unknown_media():
    risk = [0.9] * 16 + [0.01] * 500
    table = judged(shares(range(8), range(8, 16)), risk, listed=[True, False])
    assert table["flagged"].to_pylist() == [True, True]
    assert unknown_media(table)["cluster"].to_pylist() == [1]


def test_planted_media_are_found_and_no_viral_one_is():
    result = with_assumed_risks(20_000, seed=91)
    assert result["recall"] > 0.7
    assert result["precision"] == 1.0
    for name in KINDS[1:]:
        assert result["kinds"][name]["items"] > 5
        assert result["kinds"][name]["flagged"] == 0
