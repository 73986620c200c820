"""Every local recommender keeps the protocol, on a platform that is read from an activity folder."""

import numpy as np
import pytest

from seawall.trials.recommenders.base import SIGNALS, Signal
from seawall.trials.recommenders.catalogue import RANKINGS, local_recommenders

WHO = np.arange(6)


@pytest.fixture(params=sorted(RANKINGS))
def fresh(request, recommenders, platform, truth):
    """A recommender with six test accounts that follow a seller each."""
    one = recommenders[request.param]
    one.begin(6)
    sellers = np.flatnonzero(truth.offers & platform.active & (np.asarray(platform.follows.sum(axis=0)).ravel() > 5))
    one.follow(WHO, sellers[:6])
    return one


def test_it_suggests_active_accounts_once_each_and_none_that_are_followed(fresh, platform):
    page = fresh.accounts(WHO, 30)
    for row in range(6):
        shown = page.items[row][page.items[row] >= 0]
        assert len(shown) == len(set(shown.tolist())) > 20
        assert platform.active[shown].all()
        assert not np.isin(shown, fresh.history.followed.items[row]).any()


def test_gaps_stand_at_the_end(fresh):
    for page in (fresh.accounts(WHO, 40), fresh.posts(WHO, 40)):
        assert not (np.diff((page.items >= 0).astype(int), axis=1) > 0).any()


def test_a_feed_shows_other_posts_at_the_next_visit(fresh):
    first, then = fresh.posts(WHO, 20).items, fresh.posts(WHO, 20).items
    assert (first != then).mean() > 0.3


def test_it_learns_from_what_is_followed(fresh, platform):
    """A walk into one neighbourhood changes what is suggested."""
    before = fresh.accounts(WHO, 20).items
    for _ in range(3):
        page = fresh.accounts(WHO, 10).items
        fresh.follow(WHO, page[:, 0])
        fresh.like(WHO, np.maximum(fresh.posts(WHO, 10).items[:, 0], 0))
    assert (fresh.accounts(WHO, 20).items != before).mean() > 0.3


def test_a_search_finds_who_uses_the_tag(fresh, platform):
    tag = int(np.diff(platform.tag_users.indptr).argmax())
    page = fresh.search(WHO[:1], np.array([tag]), 10)
    users = platform.tag_users[tag].indices
    assert set(page.items[0][page.items[0] >= 0].tolist()) <= set(users.tolist())
    assert (page.signals == SIGNALS.index(Signal.TAG_USE)).all()


def test_completions_begin_with_what_was_typed(fresh, platform):
    tag = int(np.diff(platform.tag_users.indptr).argmax())
    for item in fresh.suggest(WHO[:1], np.array([tag]), 10).items[0]:
        assert item < 0 or platform.tags[item][:3] == platform.tags[tag][:3]


def test_the_same_seed_fits_the_same_recommender(platform):
    pages = []
    for _ in range(2):
        one = local_recommenders(platform, 3, ("factors",))["factors"]
        one.begin(2)
        one.follow(np.array([0, 1]), np.array([5, 9]))
        pages.append(one.accounts(np.array([0, 1]), 20).items)
    assert (pages[0] == pages[1]).all()
