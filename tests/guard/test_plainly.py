"""Kernels decide as plain Python does from names and the policy's lines, whatever people decided since the run."""

import pytest
from guarding import KEY, PEOPLE, account, accounts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seawall.effects.overlay_entries import OverlayAction, OverlayEntry
from seawall.guard import contact, recommend
from seawall.guard.answers import Age, ContactKind, Decision, ItemKind
from seawall.guard.late import Late
from seawall.guard.policy import RANK, Policy, Subject, Viewer, default_policy, shipped_text
from seawall.guard.view import View

NAMES = [*PEOPLE, "stranger", "friend"]
TIES = ({"child", "friend"}, {"child", "seller"})
DECIDED = {
    OverlayAction.REMOVE: Subject.SELLS,
    OverlayAction.PROTECT: Subject.AT_RISK_CHILD,
    OverlayAction.CLEAR: Subject.OTHER,
}
AGE = {Age.UNKNOWN: 0, Age.CHILD: 1, Age.TEEN: 2, Age.ADULT: 3}
FREER = Policy.parse(shipped_text().replace("= false  ", "= true  "), "a freer policy")

names, ages = st.sampled_from(NAMES), st.sampled_from(list(Age))
decisions = st.dictionaries(names, st.sampled_from(sorted(DECIDED)), max_size=4)
policies = st.sampled_from([default_policy(), FREER])
cases = settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])


def late(decided):
    entries = [
        OverlayEntry(
            effect_id=f"e{n}", action=action, subject=f"{account(name):016x}", at="", sequence=n, approved_by=()
        )
        for n, (name, action) in enumerate(decided.items(), 1)
    ]
    return Late.of(entries, KEY, Late.nothing())


@pytest.fixture(scope="module")
def view_of(opened):
    index = opened.keeper._index
    return lambda decided, policy: View.of(index, None, policy, late(decided), index.secrets)


def stands(name, age, decided):
    """What an account is, whether it is a child's and whether an adult's, and its neighbourhood."""
    what, held, hood = PEOPLE.get(name, (Subject.OTHER, 0, 0))
    what = Subject.WATCHED if what is Subject.SEEKS else what
    what = DECIDED[decided[name]] if name in decided else what
    young = held in {1, 2} or AGE[age] in {1, 2} or what == Subject.AT_RISK_CHILD
    return what, young, held == 3 or AGE[age] == 3, hood


def subject(what, young):
    return what if what >= Subject.AT_RISK_CHILD else Subject.CHILD if young else what


def viewer(what, young, adult):
    if what >= Subject.BUYS:
        return Viewer.RISKY
    return Viewer.CHILD if young else Viewer.ANYONE if adult else Viewer.UNKNOWN


@cases
@given(
    decisions,
    policies,
    st.sampled_from(list(ContactKind)),
    names,
    names,
    ages,
    ages,
    st.sampled_from([None, True, False]),
)
def test_contact_is_decided_as_the_lines_say(view_of, decided, policy, kind, sender, recipient, one, other, connected):
    what, young, _, _ = stands(sender, one, decided)
    about, to = subject(what, young), viewer(*stands(recipient, other, decided)[:3])
    known = {sender, recipient} in TIES if connected is None else connected
    expected = policy.line(f"contact.{kind}", about, to).decision
    if known and about < Subject.BUYS and to is not Viewer.RISKY:
        expected = Decision.ALLOW
    told = contact.reach(view_of(decided, policy), kind, account(sender), account(recipient), one, other, connected)
    assert RANK[told.code] is expected
    assert (told.subject, told.viewer, told.evidence) == (about, to, account(sender))


def ranked(policy, decided, asks, age, candidates):
    """Who is shown, and who is moved down."""
    own = stands(asks, age, decided)
    to, beside = viewer(*own[:3]), own[3]
    if to is Viewer.CHILD and not policy.children.gets_suggestions:
        return [], []
    shown, lowered, alike = [], [], 0

    def answer(what):
        return policy.line("recommend", what, to).decision

    for place, name in enumerate(candidates):
        what, young, _, hood = stands(name, Age.UNKNOWN, decided)
        about = subject(what, young)
        seeks = about == Subject.WATCHED and PEOPLE[name][0] is Subject.SEEKS
        told = answer(Subject.SEEKS if seeks else about)
        if beside and hood == beside:
            told = max(told, answer(Subject.BRIDGE), key=RANK.index)
        if beside and told is not Decision.REMOVE and (hood or what == Subject.WATCHED):
            alike += 1
            if alike > policy.most_alike * len(candidates):
                told = max(told, answer(Subject.AMPLIFY), key=RANK.index)
        (shown if told is Decision.ALLOW else lowered if told is Decision.LOWER else []).append(place)
    return shown, lowered


@cases
@given(decisions, policies, names, ages, st.lists(names, max_size=30))
def test_recommendations_are_ranked_as_the_lines_say(view_of, decided, policy, asks, age, candidates):
    _, kept, down = recommend.accounts(
        view_of(decided, policy), account(asks), accounts(*candidates), age, ItemKind.ACCOUNT
    )
    shown, lowered = ranked(policy, decided, asks, age, candidates)
    assert kept.tolist() == shown + lowered
    assert down == len(lowered)
