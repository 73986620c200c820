"""A network keeps its name while accounts leave, join and split."""

from hypothesis import given
from hypothesis import strategies as st

from seawall.network.identity import name_networks

OLD = {"network-old": [f"a{i}" for i in range(10)]}


def test_a_network_keeps_its_name_when_accounts_leave_and_join():
    now = [f"a{i}" for i in range(3, 10)] + ["b1", "b2"]
    assert name_networks([now], OLD) == [("network-old", "network-old")]


def test_a_network_with_few_old_accounts_is_a_new_one():
    ((name, earlier),) = name_networks([["a0", "b1", "b2", "b3"]], OLD)
    assert name != "network-old"
    assert earlier is None


def test_after_a_split_the_larger_part_keeps_the_name():
    small, large = [f"a{i}" for i in range(4)], [f"a{i}" for i in range(4, 10)]
    (one, _), (other, _) = name_networks([small, large], OLD)
    assert other == "network-old"
    assert one != "network-old"


def test_after_a_merger_the_larger_name_stays():
    earlier = {"network-one": ["a", "b", "c", "d"], "network-two": ["x", "y", "z"]}
    assert name_networks([list("abcdxyz")], earlier) == [("network-one", "network-one")]


def test_without_an_earlier_run_every_network_is_new():
    assert all(earlier is None for _, earlier in name_networks([["a"], ["b"]], {}))


def test_a_new_name_depends_on_the_accounts_and_not_on_their_order():
    assert name_networks([["a", "b"]], {}) == name_networks([["b", "a"]], {})
    assert name_networks([["a", "b"]], {}) != name_networks([["a", "c"]], {})


GROUPS = st.lists(st.integers(0, 4), min_size=12, max_size=12)


@given(GROUPS, GROUPS)
def test_no_name_is_given_twice(before, now):
    earlier = {f"network-{g}": [str(i) for i in range(12) if before[i] == g] for g in set(before)}
    networks = [[str(i) for i in range(12) if now[i] == g] for g in sorted(set(now))]
    names = [name for name, _ in name_networks(networks, earlier)]
    assert len(set(names)) == len(names)


@given(GROUPS)
def test_unchanged_networks_keep_their_names(before):
    earlier = {f"network-{g}": [str(i) for i in range(12) if before[i] == g] for g in sorted(set(before))}
    assert name_networks(list(earlier.values()), earlier) == [(name, name) for name in earlier]
