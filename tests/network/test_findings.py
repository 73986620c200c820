"""Findings: flagged on two families that agree, never on one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.network.belief import BUYS, SAYS, SELLS
from seawall.network.findings import FLAGGED_FROM, SPEAKS, WORTH_A_FINDING, Findings, conclude_accounts
from seawall.records.roles import ROLES

SELLING = ("terms", "offers", "complaints", "among", "wanted", "promotes", "shares")
BUYING = ("contact", "answered", "follows", "engages", "searches", "views", "promotes")


def conclude(seller: float = 0.0, buyer: float = 0.0, *, unseen: bool = False, **adds: float):
    """Findings on one account; `adds` are what families add, to selling and buying alike."""
    roles = np.array([[seller, 0, buyer, 0, 0, 1 - seller - buyer]])
    families = {
        side: {name: np.array([adds.get(name, 0.0)], np.float32) for name in names}
        for side, names in ((SELLS, SELLING), (BUYS, BUYING))
    }
    return conclude_accounts(roles, families, unseen=unseen)


@given(st.sampled_from(SELLING), st.floats(0, 50, width=32))
def test_nothing_is_flagged_on_one_family(family, adds):
    assert not conclude(seller=0.999, **{family: adds}).flagged.any()


def test_two_families_and_a_risk_above_the_threshold_flag():
    assert conclude(seller=0.9, terms=3, among=2).flagged.tolist() == [True]
    assert conclude(seller=FLAGGED_FROM - 0.01, terms=3, among=2).flagged.tolist() == [False]


def test_a_family_that_whispers_does_not_agree():
    assert not conclude(seller=0.9, terms=3, among=SPEAKS / 2).flagged.any()


def test_a_buyer_is_judged_by_the_families_of_buying():
    assert conclude(buyer=0.9, terms=3, among=3).flagged.tolist() == []
    assert conclude(buyer=0.9, contact=3, follows=1).flagged.tolist() == [True]


def test_who_looks_and_follows_without_taking_part_is_no_buyer():
    assert conclude(buyer=0.99, follows=2.5, searches=1.5, views=1).flagged.tolist() == [False]
    assert conclude(buyer=0.99, follows=2.5, searches=1.5, answered=1.5).flagged.tolist() == [True]


def test_who_follows_back_those_who_court_it_is_no_buyer():
    """Sellers in disguise follow, like and write to whom they please, and some follow back."""
    assert conclude(buyer=0.99, answered=3, follows=2.5).flagged.tolist() == [False]
    assert conclude(buyer=0.99, answered=3, follows=2.5, contact=0.5, engages=0.6).flagged.tolist() == [True]


def test_nobody_buys_where_the_platform_does_not_tell_who_seeks_whom():
    assert conclude(buyer=0.99, contact=3, follows=2.5, unseen=True).flagged.tolist() == [False]
    assert conclude(seller=0.99, terms=3, among=2, unseen=True).flagged.tolist() == [True]


def test_no_finding_without_evidence_or_without_risk():
    assert len(conclude(seller=0.9).accounts) == 0
    assert len(conclude(seller=WORTH_A_FINDING / 2, terms=3, among=3).accounts) == 0


@given(st.dictionaries(st.sampled_from(SELLING), st.floats(-3, 3, width=32)))
def test_reasons_come_strongest_first_and_only_what_speaks_against(adds):
    found = conclude(seller=0.9, terms=2.0, **{name: value for name, value in adds.items() if name != "terms"})
    reasons = found.reasons[0]
    assert [r.adds for r in reasons] == sorted((r.adds for r in reasons), reverse=True)
    assert all(r.adds > 0 and r.says == SAYS[r.family] for r in reasons)


def test_who_is_flagged_has_a_role_though_bystanding_is_likelier_than_each():
    roles = np.array([[0.3, 0, 0.25, 0, 0, 0.45], [0.3, 0, 0.25, 0, 0, 0.45]])
    found = Findings(np.arange(2), roles, 1 - roles[:, -1], np.array([True, False]), ((), ()))
    assert [ROLES[place] for place in found.likeliest()] == ["seller", "bystander"]


def test_risk_is_all_that_is_not_bystanding():
    assert conclude(seller=0.3, buyer=0.4, contact=2, follows=2).risk[0] == pytest.approx(0.7)


def test_who_seeks_is_likelier_to_buy_than_all_else():
    assert conclude(seller=0.1, buyer=0.2, searches=1.5, views=1).seeks().tolist() == [True]
    assert conclude(seller=0.2, buyer=0.1, terms=1.5, among=1).seeks().tolist() == [False]
