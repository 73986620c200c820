"""Suggestions complete nothing towards a term; tag pages are closed, restricted or left."""

import pytest
from guarding import BLOCKED, STRONG, WEAK, account

from seawall.guard.answers import Decision

ADULT = account("adult")


def test_a_risky_completion_is_left_out(guard):
    assert guard.suggest("fl", ["flowers", BLOCKED, "flagship"], ADULT).kept.tolist() == [0, 2]


def test_nothing_is_completed_towards_a_term(guard):
    assert not len(guard.suggest("flombr", ["flombrero", "flowers"], ADULT).kept)


def test_related_tags_that_are_closed_are_not_suggested(guard):
    assert guard.suggest("", ["summer", "closedtag", "#" + STRONG], ADULT).kept.tolist() == [0]


def test_weak_terms_are_not_suggested_to_children(guard):
    assert guard.suggest("", [WEAK], ADULT).kept.tolist() == [0]
    assert not len(guard.suggest("", [WEAK], account("child")).kept)


@pytest.mark.parametrize(
    ("tag", "viewer", "decision"),
    [
        (BLOCKED, "adult", Decision.CLOSE),
        ("sweet" + BLOCKED, "adult", Decision.CLOSE),
        ("ClosedTag", "adult", Decision.CLOSE),
        (STRONG, "adult", Decision.RESTRICT),
        (STRONG, "child", Decision.CLOSE),
        (WEAK, "adult", Decision.ALLOW),
        (WEAK, "buyer", Decision.RESTRICT),
        ("summer", "adult", Decision.ALLOW),
    ],
)
def test_a_tag_page_is_what_the_policy_says(guard, tag, viewer, decision):
    assert guard.tag(tag, account(viewer)).decision is decision
