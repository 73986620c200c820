"""Findings on things: whose they are, unless chance explains it."""

import numpy as np
from small_graph import matrix

from seawall.network.things import conclude_things

PEOPLE, ACCUSED = 400, 40


def flags() -> np.ndarray:
    return np.arange(PEOPLE) < ACCUSED


def conclude(**holders: list[int]):
    """Findings on things by name, each with its holders; accounts below 40 are flagged."""
    pairs = [(account, place) for place, accounts in enumerate(holders.values()) for account in accounts]
    found = conclude_things(matrix(pairs, PEOPLE, len(holders)), flags())
    names = list(holders)
    return {names[place]: row for row, place in enumerate(found.places)}, found


EVERYWHERE = list(range(0, PEOPLE, 2))


def test_what_the_flagged_alone_use_is_flagged():
    rows, found = conclude(theirs=list(range(12)), common=EVERYWHERE)
    assert found.flagged[rows["theirs"]]
    assert not found.flagged[rows["common"]]
    assert found.risk[rows["theirs"]] > found.risk[rows["common"]]


def test_what_two_flagged_accounts_use_is_no_finding():
    rows, _ = conclude(pair=[0, 1], common=EVERYWHERE)
    assert set(rows) == {"common"}


def test_users_are_counted():
    rows, found = conclude(theirs=[0, 1, 2, 3, 200], common=EVERYWHERE)
    assert (found.flagged_users[rows["theirs"]], found.users[rows["theirs"]]) == (4, 5)


def test_what_only_flagged_accounts_use_is_riskier():
    rows, found = conclude(some=[*range(20), 200, 201, 202], all=list(range(20)), common=EVERYWHERE)
    assert found.risk[rows["all"]] > found.risk[rows["some"]]


def test_without_a_flagged_account_there_is_no_finding():
    assert len(conclude_things(matrix([(0, 0), (1, 0)], 5, 1), np.zeros(5, bool)).places) == 0
