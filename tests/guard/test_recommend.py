"""Recommendations: nobody risky, no child, no bridge, no amplifying; the order stays."""

import numpy as np
import pytest
from guarding import PEOPLE, account, accounts, keyed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seawall.guard.answers import Age, Decision, ItemKind
from seawall.records.errors import BadInput

NAMES = [*PEOPLE, "stranger", "friend"]


def shown(guard, viewer, *names, **options):
    kept = guard.recommend(account(viewer) if viewer else 0, accounts(*names), **options).kept
    return [names[place] for place in kept]


def test_no_risky_account_is_recommended_to_anyone(guard):
    for viewer in (None, *NAMES):
        assert not {"seller", "buyer", "victim"} & set(shown(guard, viewer, *NAMES))


def test_a_child_is_suggested_to_nobody(guard):
    for viewer in (None, *NAMES):
        assert not {"child", "teen"} & set(shown(guard, viewer, *NAMES))


def test_a_child_is_shown_no_accounts(guard):
    assert shown(guard, "child", "adult", "stranger") == []
    assert shown(guard, "stranger", "adult", age=Age.TEEN) == []


def test_a_child_is_shown_posts_of_ordinary_people(guard):
    posts = np.array([1, 2, 3], np.uint64)
    kept = guard.recommend(account("child"), posts, kind=ItemKind.POST, authors=accounts("adult", "seller", "stranger"))
    assert kept.kept.tolist() == [0, 2]


def test_two_beside_one_network_are_not_brought_together(guard):
    assert shown(guard, "beside", "besides", "elsewhere", "adult") == ["adult", "elsewhere"]
    assert shown(guard, "adult", "besides", "elsewhere") == ["besides", "elsewhere"]


def test_the_suspected_come_last(guard):
    answered = guard.recommend(account("adult"), accounts("suspect", "adult", "stranger"))
    assert answered.kept.tolist() == [1, 2, 0]
    assert (answered.lowered, answered.decision) == (1, Decision.LOWER)


def test_who_is_suspected_of_buying_keeps_the_place_but_for_children_and_the_risky(guard):
    answered = guard.recommend(account("adult"), accounts("looker", "adult", "suspect"))
    assert (answered.kept.tolist(), answered.lowered) == ([0, 1, 2], 1)
    assert shown(guard, "buyer", "looker", "adult") == ["adult"]
    assert (
        guard.recommend(account("child"), accounts("looker"), kind=ItemKind.POST, authors=accounts("looker")).kept.size
        == 0
    )


def test_a_look_alike_community_gets_no_more_than_its_share_beside_a_network(guard):
    crowd = ["elsewhere"] * 6 + ["stranger"] * 14
    answered = guard.recommend(account("beside"), accounts(*crowd))
    assert answered.lowered == 4  # two of twenty are its share
    assert answered.kept.tolist() == [0, 1, *range(6, 20), *range(2, 6)]
    assert guard.recommend(account("adult"), accounts(*crowd)).lowered == 0


def test_closed_tags_are_not_recommended(guard):
    tags = keyed("hashtag", "summer", "closedtag")
    assert guard.recommend(account("adult"), tags, kind=ItemKind.TAG).kept.tolist() == [0]


def test_posts_need_their_authors(guard):
    with pytest.raises(BadInput, match="authors"):
        guard.recommend(1, accounts("adult"), kind=ItemKind.POST)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(NAMES), max_size=60), st.sampled_from([None, *NAMES]))
def test_places_are_kept_once_and_in_order(guard, names, viewer):
    answered = guard.recommend(account(viewer) if viewer else 0, accounts(*names))
    kept = answered.kept.tolist()
    first, last = kept[: len(kept) - answered.lowered], kept[len(kept) - answered.lowered :]
    assert len(set(kept)) == len(kept)
    assert first == sorted(first)
    assert last == sorted(last)
