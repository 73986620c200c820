"""Contact: who reaches whom, in five ways."""

import pytest
from guarding import account

from seawall.guard.answers import Age, ContactKind, Decision

KINDS = list(ContactKind)
REFUSE, HOLD, ALLOW = Decision.REFUSE, Decision.HOLD, Decision.ALLOW


def reach(guard, kind, sender, recipient, **options):
    return guard.contact(kind, account(sender), account(recipient), **options).decision


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("flagged", ["seller", "buyer"])
def test_a_flagged_account_never_reaches_a_child(guard, kind, flagged):
    for connected in (None, True, False):
        assert reach(guard, kind, flagged, "child", connected=connected) is REFUSE
        assert reach(guard, kind, flagged, "stranger", recipient_age=Age.TEEN, connected=connected) is REFUSE


@pytest.mark.parametrize("kind", KINDS)
def test_a_seller_and_a_buyer_never_reach_each_other(guard, kind):
    assert reach(guard, kind, "buyer", "seller", connected=True) is REFUSE
    assert reach(guard, kind, "seller", "buyer", connected=True) is REFUSE


@pytest.mark.parametrize("kind", KINDS)
def test_a_child_does_not_reach_a_flagged_account(guard, kind):
    for child in ("child", "victim"):
        assert reach(guard, kind, child, "seller") is REFUSE


def test_a_child_gets_no_message_from_outside_its_connections(guard):
    assert reach(guard, ContactKind.MESSAGE, "adult", "child") is REFUSE
    assert reach(guard, ContactKind.MESSAGE, "friend", "child") is ALLOW
    assert reach(guard, ContactKind.MESSAGE, "adult", "child", connected=True) is ALLOW


def test_what_the_platform_says_of_a_connection_counts_before_the_index(guard):
    assert reach(guard, ContactKind.MESSAGE, "friend", "child", connected=False) is REFUSE


def test_a_stranger_waits_for_the_consent_of_who_may_be_a_child(guard):
    assert reach(guard, ContactKind.MESSAGE, "stranger", "nobody") is HOLD
    assert reach(guard, ContactKind.MESSAGE, "stranger", "nobody", connected=True) is ALLOW


@pytest.mark.parametrize("kind", KINDS)
def test_ordinary_adults_reach_each_other(guard, kind):
    assert reach(guard, kind, "adult", "elsewhere") is ALLOW


@pytest.mark.parametrize("kind", KINDS)
def test_an_adult_is_asked_before_a_flagged_account_reaches_them(guard, kind):
    assert reach(guard, kind, "seller", "adult") in {HOLD, REFUSE}


def test_a_refusal_looks_like_waiting(guard):
    refused = guard.contact(ContactKind.MESSAGE, account("seller"), account("child"))
    held = guard.contact(ContactKind.MESSAGE, account("child"), account("adult"))
    assert (refused.decision, held.decision) == (REFUSE, HOLD)
    assert refused.message == held.message
    assert len(refused.decision_id) == len(held.decision_id)


def test_no_age_that_a_platform_states_frees_a_child_of_the_index(guard):
    assert reach(guard, ContactKind.MESSAGE, "adult", "child", recipient_age=Age.ADULT) is REFUSE
