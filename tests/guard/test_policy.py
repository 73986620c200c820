"""The policy: every mistake in it is named; the six defaults for children decide, one to one."""

import re

import pytest
from guarding import account, accounts, open_guard

from seawall.guard.answers import ContactKind, Decision, ItemKind
from seawall.guard.policy import ALLOWED, SURFACES, Children, Policy, Subject, Viewer, default_policy, shipped_text
from seawall.records.errors import BadConfiguration, UnknownVersion


def test_a_policy_without_a_line_for_who_seeks_answers_as_for_the_watched():
    lines = [line for line in shipped_text().splitlines() if not line.startswith("seeks ")]
    policy = Policy.parse("\n".join(lines), "an older policy")
    for viewer in Viewer:
        seeks, watched = (policy.line("recommend", one, viewer) for one in (Subject.SEEKS, Subject.WATCHED))
        assert seeks.decision is watched.decision


def changed(before: str, after: str) -> Policy:
    assert before in shipped_text()
    return Policy.parse(shipped_text().replace(before, after, 1), "a policy")


def test_the_shipped_policy_names_every_line_that_is_not_allow():
    policy = default_policy()
    for surface in SURFACES:
        for subject in ALLOWED[surface]:
            for viewer in Viewer:
                line = policy.line(surface, subject, viewer)
                assert line.decision is Decision.ALLOW or "(not named)" not in line.name


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('sells        = { anyone = "remove" }', 'selling = { anyone = "remove" }', "Did you mean sells"),
        ('sells        = { anyone = "remove" }', 'sells = { nobody = "remove", anyone = "remove" }', "nobody"),
        ('sells        = { anyone = "remove" }', 'sells = { anyone = "hide" }', "search.sells.anyone is 'hide'"),
        ('sells        = { anyone = "remove" }', 'sells = { anyone = "deterrence" }', "allow, remove"),
        ('sells        = { anyone = "remove" }', 'sells = { child = "remove" }', "anyone"),
        ('sells        = { anyone = "remove" }', 'sells = "remove"', "search.sells"),
        ("[suggest]", "[suggestions]", "suggest"),
        ("[contact.follow]", "[contact.poke]", "contact.follow"),
        ("is_suggested = false", 'is_suggested = "no"', "is_suggested"),
        ("is_suggested = false", "is_sugested = false", "is_suggested"),
        ("probes = 3", "probes = -1", "search.probes is -1"),
        ("probes = 3", "probes = true", "search.probes is True"),
        ("most_alike   = 0.1", "most_alike = 2", "recommend.most_alike is 2"),
        ("stale_hours = 48", "stale = 48", "stale_hours"),
        ("[search]", "[search", "TOML"),
    ],
)
def test_a_mistake_is_named_with_what_may_be(before, after, told):
    with pytest.raises(BadConfiguration, match=re.escape(told)):
        changed(before, after)


def test_a_file_without_a_version_is_told_how_to_begin():
    with pytest.raises(BadConfiguration, match="seawall guard policy"):
        changed("schema_version = 1", "")


def test_another_schema_version_is_refused():
    with pytest.raises(UnknownVersion, match="7"):
        changed("schema_version = 1", "schema_version = 7")


def test_who_is_not_named_is_answered_as_anyone():
    policy = changed('watched      = { child = "remove", anyone = "allow" }', 'watched = { anyone = "remove" }')
    assert {policy.line("search", Subject.WATCHED, viewer).name for viewer in Viewer} == {"search.watched.anyone"}


def test_a_line_that_is_left_out_is_the_shipped_one():
    bare = Policy.parse("schema_version = 1\n[search]\nprobes = 3\n", "a policy")
    assert bare.digest == default_policy().digest
    assert bare.line("upload", Subject.HASH_KNOWN, Viewer.ANYONE).name == "upload.hash_known.anyone"
    freer = Policy.parse("schema_version = 1\n[children]\nis_suggested = true\n", "a policy")
    assert freer.line("recommend", Subject.CHILD, Viewer.ANYONE).name == "recommend.child.anyone"
    opened = Policy.parse('schema_version = 1\n[upload]\nhash_known = { anyone = "allow" }\n', "a policy")
    assert opened.line("upload", Subject.HASH_KNOWN, Viewer.ANYONE).decision is Decision.ALLOW


def test_nobody_from_outside_messages_a_child_not_even_another_child(guard):
    for sender in ("adult", "teen", "suspect", "victim", "stranger", "seller", "buyer"):
        for recipient in ("child", "victim"):
            told = guard.contact(ContactKind.MESSAGE, account(sender), account(recipient))
            assert told.decision is Decision.REFUSE, (sender, recipient)
    assert guard.contact(ContactKind.MESSAGE, account("friend"), account("child")).decision is Decision.ALLOW


def test_a_changed_policy_has_another_digest():
    assert changed("probes = 3", "probes = 4").digest != default_policy().digest
    assert changed("location_visible = false", "location_visible = true").digest != default_policy().digest
    assert Policy.load().digest == default_policy().digest


DEFAULTS = {
    "gets_suggestions": lambda guard: len(guard.recommend(account("child"), accounts("adult")).kept) == 0,
    "is_suggested": lambda guard: len(guard.recommend(account("adult"), accounts("child")).kept) == 0,
    "listed_in_connections": lambda guard: "listing" in guard.profile(account("adult"), account("child")).hidden,
    "connections_visible": lambda guard: "connections" in guard.profile(account("adult"), account("child")).hidden,
    "messages_from_unconnected": lambda guard: (
        guard.contact(ContactKind.MESSAGE, account("adult"), account("child")).decision is Decision.REFUSE
    ),
    "location_visible": lambda guard: "location" in guard.profile(account("adult"), account("child")).hidden,
}
"""For each default of Ofcom's, whether a child is protected by it."""


def test_every_default_for_children_is_tested():
    assert tuple(DEFAULTS) == Children.__struct_fields__
    assert len(DEFAULTS) == 6


@pytest.mark.parametrize("name", DEFAULTS)
def test_each_default_protects_and_protects_alone(guard, published, name):
    assert DEFAULTS[name](guard)
    with open_guard(published, policy=changed(f"{name} = false", f"{name} = true")) as without:
        assert {other for other, protects in DEFAULTS.items() if not protects(without)} == {name}


def test_no_switch_brings_a_child_to_a_risky_adult(published):
    text = shipped_text().replace("is_suggested = false", "is_suggested = true")
    with open_guard(published, policy=Policy.parse(text, "a policy")) as guard:
        for kind in (ItemKind.ACCOUNT, ItemKind.POST):
            shown = guard.recommend(account("buyer"), accounts("child"), kind=kind, authors=accounts("child"))
            assert not len(shown.kept)
