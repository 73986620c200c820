"""What became of networks is told from run to run, and names no account."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from seawall.network.history import continued, sentences
from seawall.network.identity import name_networks
from seawall.records.run import HISTORY

NOTHING = HISTORY.empty_table()
ONE = {"network-one": [f"a{i}" for i in range(12)]}
TWO = {"network-one": list("abcdef"), "network-two": list("uvwxyz")}


def after(networks, earlier, before=NOTHING):
    return continued(before, networks, name_networks(networks, earlier), earlier)


def events(history):
    return [(row["network_id"], row["event"], row["earlier"]) for row in history.to_pylist()]


def test_a_first_run_founds_every_network():
    history = after([["a", "b", "c"]], {})
    assert history["event"].to_pylist() == ["founded"]
    assert history["run"].to_pylist() == [1]
    assert history.schema.equals(HISTORY)


def test_a_kept_network_counts_who_stayed_joined_and_left():
    (row,) = after([[*ONE["network-one"][3:], "b1", "b2"]], ONE).to_pylist()
    assert (row["event"], row["stayed"], row["joined"], row["left"]) == ("kept", 9, 2, 3)


def test_a_split_names_where_the_smaller_part_came_from():
    small, large = ONE["network-one"][:5], ONE["network-one"][5:]
    (new, _), _ = name_networks([small, large], ONE)
    history = after([small, large], ONE)
    assert events(history) == [(new, "split", ["network-one"]), ("network-one", "kept", [])]


def test_a_merger_names_what_was_taken_in():
    history = after([[*"abcdefuvwxyz"]], TWO)
    assert events(history) == [("network-one", "kept", []), ("network-one", "merged", ["network-two"])]


def test_a_network_that_nobody_carries_on_has_ended():
    assert ("network-two", "ended", []) in events(after([list("abcdef")], TWO))


def test_a_history_goes_on_from_run_to_run_and_is_told_latest_first():
    first = after([list("abcdef")], {})
    (name,) = first["network_id"].to_pylist()
    second = after([list("abcdefg")], {name: list("abcdef")}, first)
    assert second["run"].to_pylist() == [1, 2]
    assert sentences(second, name) == ("kept in run 2: 1 joined, 0 left", "first found in run 1")


def test_an_earlier_run_that_kept_no_history_counts_as_the_first():
    assert after([list("abcdef")], TWO)["run"].to_pylist() == [2, 2]


GROUPS = st.lists(st.integers(0, 4), min_size=12, max_size=12)


@given(GROUPS, GROUPS)
def test_every_network_of_both_runs_has_an_event(before, now):
    earlier = {f"network-{g}": [str(i) for i in range(12) if before[i] == g] for g in sorted(set(before))}
    networks = [[str(i) for i in range(12) if now[i] == g] for g in sorted(set(now))]
    named = name_networks(networks, earlier)
    history = continued(NOTHING, networks, named, earlier)
    told = {row["network_id"] for row in history.to_pylist()}
    taken_in = {old for row in history.to_pylist() for old in row["earlier"]}
    assert {name for name, _ in named} <= told
    assert set(earlier) <= told | taken_in


@given(GROUPS)
def test_nothing_but_keeping_happens_where_nothing_changed(now):
    earlier = {f"network-{g}": [str(i) for i in range(12) if now[i] == g] for g in sorted(set(now))}
    history = after(list(earlier.values()), earlier)
    assert set(history["event"].to_pylist()) == {"kept"}
    assert pa.compute.sum(history["joined"]).as_py() == pa.compute.sum(history["left"]).as_py() == 0
