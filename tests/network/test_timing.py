"""Co-ordinated timing: who acts together again and again, and who only seems to."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.network.timing import CROWD_AT_ONCE, TARGETS, WINDOW, Actions, in_time

N, DAYS = 2_000, 180
SPAN = DAYS * 86_400
RING = np.arange(6)
CALLED = range(100, 108)
"""Accounts that a ring, a crowd or friends act on at one call each."""


def background(rng: np.random.Generator, size: int = 30_000) -> np.ndarray:
    """Everybody likes somebody at some moment; a few are liked by very many."""
    popular = (N * rng.random(size) ** 3).astype(np.int64)
    drawn = np.stack([rng.integers(0, N, size), popular, np.zeros(size, np.int64), rng.integers(0, SPAN, size)])
    _, once = np.unique(drawn[0] * N + drawn[1], return_index=True)
    return drawn[:, once]


def calls(rng: np.random.Generator, who: np.ndarray, targets, within: int) -> np.ndarray:
    """All of them like each target within so many seconds of one moment, another for each target."""
    parts = []
    for target in targets:
        at = rng.integers(0, SPAN) + rng.integers(0, within, len(who))
        parts.append(np.stack([who, np.full(len(who), target), np.zeros(len(who), np.int64), at]))
    return np.concatenate(parts, axis=1)


def tied(*parts: np.ndarray) -> set[tuple[int, int]]:
    coo = in_time(Actions(*np.concatenate(parts, axis=1)), N).tocoo()
    pairs = set(zip(coo.row.tolist(), coo.col.tolist(), strict=True))
    assert pairs == {(b, a) for a, b in pairs}
    return {(a, b) for a, b in pairs if a < b}


def everyone_of(who) -> set[tuple[int, int]]:
    return {(a, b) for a in who.tolist() for b in who.tolist() if a < b}


@pytest.mark.parametrize("seed", range(3))
def test_a_ring_that_acts_on_call_is_tied_and_nobody_else(seed):
    rng = np.random.default_rng(seed)
    assert tied(background(rng), calls(rng, RING, CALLED, WINDOW)) == everyone_of(RING)


@pytest.mark.parametrize("seed", range(3))
def test_chance_ties_nobody(seed):
    assert tied(background(np.random.default_rng(seed), 60_000)) == set()


def test_people_who_like_the_same_popular_accounts_in_the_evening_are_not_tied():
    rng = np.random.default_rng(0)
    fans, stars = np.arange(300), range(50)
    who, whom = (part.ravel() for part in np.meshgrid(fans, np.array(stars)))
    evening = rng.integers(0, DAYS, len(who)) * 86_400 + rng.integers(68_000, 86_400, len(who))
    assert tied(np.stack([who, whom, np.zeros_like(who), evening])) == set()


def test_a_crowd_that_reads_the_same_news_is_not_tied_however_often():
    rng = np.random.default_rng(1)
    readers = np.arange(200, 200 + 4 * CROWD_AT_ONCE)
    assert tied(background(rng), calls(rng, readers, range(300, 330), 2 * WINDOW)) == set()


def test_friends_who_met_on_too_few_accounts_are_not_tied():
    rng = np.random.default_rng(2)
    assert tied(background(rng), calls(rng, RING, range(100, 100 + TARGETS - 1), 60)) == set()


def test_many_actions_on_one_account_are_one_meeting():
    one = np.concatenate([np.array([[a, 7, kind, 1000 * kind] for a in (1, 2)]).T for kind in range(8)], axis=1)
    assert tied(background(np.random.default_rng(3)), one) == set()


def test_sharing_hundreds_of_accounts_makes_a_few_meetings_likely():
    rng, who = np.random.default_rng(4), np.array([1, 2])
    busy = [np.stack([np.full(900, a), np.arange(1000, 1900), np.zeros(900, int), rng.integers(0, 86_400, 900)])
            for a in who.tolist()]  # fmt: skip
    assert tied(*busy) == set()


def test_nobody_acts_and_nobody_is_tied():
    assert in_time(Actions(*np.empty((4, 0), np.int64)), 5).nnz == 0


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 10**9))
def test_neither_order_nor_the_first_day_matters(seed, later):
    rng = np.random.default_rng(seed)
    actions = np.concatenate([background(rng, 2_000), calls(rng, RING, CALLED, WINDOW)], axis=1)
    moved = actions[:, rng.permutation(actions.shape[1])] + np.array([[0], [0], [0], [later]])
    assert tied(actions) == tied(moved)
