"""Beliefs: who is sought, whom nobody seeks, which circles count."""

import numpy as np
import pyarrow as pa
import pytest
from scipy.sparse import csr_matrix
from small_graph import small_graph

from seawall.network.belief import (
    BUYS,
    BYSTANDER,
    IN_TIME,
    LEAST,
    OPEN,
    SELLS,
    TALKS,
    UNWANTED,
    Beliefs,
    Pull,
    members_of,
)
from seawall.network.evidence import Surroundings, signal_evidence
from seawall.network.surprise import Circles
from seawall.network.words import PLACES
from seawall.signals.base import SIGNALS

N = 400
SEARCHERS = range(10, 30)


def beliefs(signals=(), ties=None, known=None, strengths=None, together=()) -> Beliefs:
    """Beliefs over 400 accounts with these (account, what) signals, their strengths, and ties by kind."""
    graph = small_graph(N, ties, together=together)
    plain = {"subject_kind": "account", "detector": "", "strength": 1.0, "count": 1, "evidence": "", "version": "1"}
    rows = [{**plain, "subject_id": account, "what": what} for account, what in signals]
    for row in rows:
        row["strength"] = (strengths or {}).get(row["subject_id"], 1.0)
    own = signal_evidence(graph, pa.Table.from_pylist(rows, SIGNALS))
    classes = np.full(N, OPEN, np.int8)
    for account, decided in (known or {}).items():
        classes[account] = decided
    return Beliefs(graph, own, Surroundings(graph, csr_matrix((N, PLACES), dtype=np.float32)), classes)


def searching(looked_at):
    """Twenty accounts search for a term; they look at one account, and everybody looks at their own neighbour."""
    everyone = [(i, (i + 1) % N) for i in range(N)]
    return beliefs(
        [(i, "searches.for_term") for i in SEARCHERS], {"view": [*everyone, *((i, looked_at) for i in SEARCHERS)]}
    )


def believed(**classes):
    """Soft members: everyone a bystander but for these accounts by class."""
    members = np.zeros((N, 4), np.float32)
    members[:, BYSTANDER] = 1
    for name, accounts in classes.items():
        for account in accounts:
            members[account] = 0
            members[account, {"sells": SELLS, "buys": BUYS, "talks": TALKS}[name]] = 1
    return members


def test_whom_searchers_look_at_is_wanted_with_no_term_and_no_belief():
    wanted = searching(5).families(believed())[SELLS]["wanted"]
    assert wanted[5] > 1.5
    assert np.delete(wanted, 5).max() < wanted[5] / 2


def test_searchers_who_only_talk_count_for_nothing():
    wanted = searching(5).families(believed(talks=SEARCHERS))[SELLS]["wanted"]
    assert wanted[5] == 0


def test_looking_at_whom_everybody_looks_at_says_little():
    signals = [(i, "searches.for_term") for i in SEARCHERS]
    crowd = beliefs(signals, {"view": [(i, 5) for i in range(6, N)]})
    assert crowd.families(believed())[SELLS]["wanted"][5] < 0.3


def test_whom_nobody_seeks_is_doubted_as_far_as_sellers_are_sought():
    around = searching(5)
    sought = around.families(believed(sells=[5]))[SELLS]["unwanted"]
    assert -UNWANTED <= sought[100] < 0
    assert sought[5] == 0
    assert not around.families(believed(sells=range(200, 260)))[SELLS]["unwanted"].any()


def test_nothing_is_taken_away_where_no_one_is_told_to_look():
    quiet = beliefs([(i, "searches.for_term") for i in SEARCHERS])
    assert not quiet.families(believed(sells=[5, 6, 7]))[SELLS]["unwanted"].any()


def test_a_circle_without_a_mark_counts_for_nothing_beside_one_with_marks():
    loud, idle = range(40, 50), range(60, 70)
    pairs = [(i, j) for circle in (loud, idle) for i in circle for j in circle if i != j]
    signals = [(i, what) for i in loud for what in ("terms.in_offer", "offers.price_in_post")]
    circles = beliefs(signals, {"follow": pairs}).circles(believed(sells=[*loud, *idle]))[0]
    assert circles.members[list(loud)].min() > 0.9
    assert circles.members[list(idle)].max() < 0.1


def test_what_people_decided_stands():
    settled = beliefs([(5, "terms.in_offer"), (5, "offers.menu_in_post")], known={5: BYSTANDER, 7: SELLS}).settle(3)
    assert settled[5, BYSTANDER] == 1
    assert settled[7, SELLS] == 1


def test_beliefs_of_an_account_sum_to_one():
    settled = searching(5).settle(4)
    assert np.allclose(settled.sum(axis=1), 1, atol=1e-5)


def test_a_weak_term_counts_for_half_and_marks_nobody():
    named = [(i, what) for i in (1, 2) for what in ("terms.in_offer", "offers.price_in_post")]
    weak = beliefs(named, {"view": [(0, 1)]}, strengths={1: 0.3})
    assert weak.content.terms[1] == weak.content.terms[2] / 2
    assert weak.marked[[1, 2]].tolist() == [0, 1]


def test_where_nobody_is_told_to_seek_content_alone_starts_a_belief():
    named = [(1, "terms.in_offer"), (1, "offers.price_in_post")]
    told, untold = (beliefs(named, {kind: [(2, 3)]}) for kind in ("view", "follow"))
    assert (told.unseen, untold.unseen) == (False, True)
    assert told.now[1, SELLS] < LEAST < untold.now[1, SELLS]


def test_who_has_no_messages_writes_in_public():
    signals = [(i, what) for i in range(5) for what in ("terms.in_offer", "offers.price_in_post")]
    others = [(i, (i + 1) % N) for i in range(N)]
    ties = {"mention": [*others, *((9, i) for i in range(5))], "view": others}
    public = beliefs(signals, ties).families(believed(sells=range(5)))[BUYS]
    private = beliefs(signals, ties | {"message": [(10, 11)]}).families(believed(sells=range(5)))[BUYS]
    assert public["contact"][9] > 0 == private["contact"][9]
    assert private["promotes"][9] < 0 == public["promotes"][9]


def test_whom_nothing_much_is_believed_of_is_no_member():
    belief = np.array([[0.85, LEAST / 2, LEAST, 0.0]], np.float32)
    np.testing.assert_array_equal(members_of(belief), np.array([[0.85, 0, LEAST, 0]], np.float32))


@pytest.mark.parametrize("kinds", [("follow", "view"), ("view", "follow")])
def test_kinds_of_ties_pull_together_as_much_as_one_by_one_however_often_asked(kinds):
    ties = {kind: [(i, 5) for i in SEARCHERS] + [(5, i) for i in range(100, 140)] for kind in kinds}
    pull = Pull(beliefs(ties=ties).around, Circles.one(members_of(believed(sells=SEARCHERS))[:, SELLS].copy()))
    apart = sum(pull.of((kind,), "in", np.inf) for kind in kinds)
    np.testing.assert_allclose(pull.of(kinds, "in", np.inf), apart)
    assert pull.of(kinds, "in", np.inf)[5] > 1
    assert pull.of(kinds, "in", 1.0).max() == 1
    assert pull.of(kinds, "out", np.inf)[5] == 0


def test_acting_in_time_with_sellers_speaks_a_little_however_many_they_are():
    sellers = range(10, 30)
    together = [(5, seller) for seller in sellers] + [(6, 10), (7, 8)]
    of = beliefs(known=dict.fromkeys(sellers, SELLS), together=together)
    in_time = of.families(believed(sells=sellers))[SELLS]["in_time"]
    assert in_time[[5, 6, 7, 8]].tolist() == [IN_TIME, 1, 0, 0]


def test_friends_who_act_in_time_with_each_other_are_no_sellers_for_it():
    friends = range(100, 110)
    moved = beliefs(together=[(a, b) for a in friends for b in friends if a < b])
    np.testing.assert_array_equal(moved.settle(3), beliefs().settle(3))
