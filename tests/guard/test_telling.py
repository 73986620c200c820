"""What is told inside: explanations, differences, the log, messages."""

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from guarding import BLOCKED, KEY, LEXICON, STRONG, account, accounts, contents, make, open_guard

from seawall.guard.answers import Decision
from seawall.guard.difference import Side, differences
from seawall.guard.explain import explain_account, explain_query, explain_tag, explain_trace
from seawall.guard.index import Index
from seawall.guard.messages import Messages
from seawall.guard.policy import Policy, Subject, default_policy, shipped_text
from seawall.records.errors import BadConfiguration
from seawall.records.seal import unseal
from seawall.terms.lexicon import Lexicon, Term


def test_an_account_is_explained_by_what_is_known_and_by_lines(guard):
    told = explain_account(guard.keeper.view, account("buyer"))
    assert told.known[0].endswith("buys, age unknown")
    assert ("recommend", "anyone", "remove", "recommend.buys.anyone") in told.lines
    assert told.known[2].endswith("it is: risky")
    assert any("contact.message" in line and "refuse" in line for line in told.text())


def test_who_is_suspected_of_buying_is_explained_by_the_line_of_recommendations(guard):
    told = explain_account(guard.keeper.view, account("looker"))
    assert "seeks" in told.known[1]
    assert ("recommend", "anyone", "allow", "recommend.seeks.anyone") in told.lines
    assert ("contact.follow", "child", "refuse", "contact.follow.watched.child") in told.lines


def test_an_explanation_agrees_with_the_decision(guard):
    told = explain_query(guard.keeper.view, STRONG)
    lines = {(surface, viewer): decision for surface, viewer, decision, _ in told.lines}
    for viewer, who in (("child", "child"), ("adult", "anyone"), ("buyer", "risky")):
        assert guard.search(STRONG, account(viewer)).decision == lines["search", who]


def test_a_stranger_and_a_harmless_query_have_nothing_to_explain(guard):
    assert "nothing is known" in explain_account(guard.keeper.view, account("stranger")).known[1]
    assert explain_query(guard.keeper.view, "harmless").lines == ()
    assert "closed" in explain_tag(guard.keeper.view, "#closedtag").known[0]


def test_a_decision_is_explained_from_its_id(guard):
    answered = guard.search(BLOCKED, account("buyer"))
    told = explain_trace(default_policy(), guard.decided(answered.decision_id))
    assert told[0] == "search: silent about term_blocks to risky"
    assert told[1].startswith("line: search.term_blocks.risky")
    other = Policy.parse(shipped_text().replace("probes = 3", "probes = 4"), "a policy")
    assert "another policy" in explain_trace(other, guard.decided(answered.decision_id))[1]


def test_the_difference_of_one_index_with_itself_is_none(published):
    side = Side(Index.open(published, KEY), default_policy())
    assert list(differences(side, side))[1:] == ["nothing changes"]


def test_a_difference_tells_accounts_things_terms_and_lines(published, tmp_path):
    given = contents()
    subjects = given.subjects.copy()
    subjects[0] = Subject.WATCHED  # the seller
    lexicon = Lexicon((*LEXICON.terms[1:], Term("drolwyspek", severity=2)))
    more = {
        "connections": (accounts("child"), accounts("friend")),
        "pdq": {"known": np.random.default_rng(0).integers(0, 2**64, (5, 4), np.uint64)},
    }
    after = make(tmp_path / "after", subjects=subjects, lexicon=lexicon, tags=np.empty(0, np.uint64), **more)
    text = shipped_text().replace("is_suggested = false", "is_suggested = true")
    policy = Policy.parse(text.replace('watched      = { child = "remove", risky', "watched = { risky"), "it")
    sides = Side(Index.open(published, KEY), default_policy()), Side(Index.open(after, KEY), policy)
    told = "\n".join(differences(*sides))
    assert "accounts: 1 from sells to watched" in told
    assert "tags, links and files: 1 from tag_closed to not held" in told
    assert "terms: 1 no more" in told
    assert "terms: 1 new" in told
    assert "connections of children: 1 no more" in told
    assert "PDQ hashes: 0 → 5" in told
    assert "children.is_suggested: false → true" in told
    assert "recommend: child to anyone: remove → allow (recommend.child.anyone, 2 accounts)" in told
    assert "recommend: watched to child: remove → lower (recommend.watched.anyone, 2 accounts)" in told
    assert "recommend: seeks" not in told


def test_the_log_keeps_refusals_sealed_and_forgets_them(published, tmp_path):
    with open_guard(published, journal=tmp_path / "log") as guard:
        guard.keeper.journal.every = 1
        guard.search("harmless words", account("adult"))
        answered = guard.search(BLOCKED, account("adult"))
        guard.keeper.journal.write(default_policy())
        (path,) = (tmp_path / "log").iterdir()
        (row,) = [json.loads(line) for line in path.read_text().splitlines()]
        assert (row["surface"], row["decision"], row["line"]) == ("search", "deterrence", "search.term_blocks.anyone")
        assert unseal(KEY, row["query"]) == BLOCKED
        assert BLOCKED not in path.read_text()
        assert guard.decided(row["id"]) == answered.trace
        assert path.stat().st_mode & 0o777 == 0o600
        guard.keeper.journal.write(default_policy(), datetime.now(UTC) + timedelta(days=31))
        assert list((tmp_path / "log").iterdir()) == []


def test_the_log_is_a_sample(published, tmp_path):
    with open_guard(published, journal=tmp_path / "log") as guard:
        for _ in range(64):
            guard.tag(BLOCKED)
        guard.keeper.journal.write(default_policy())
        (path,) = (tmp_path / "log").iterdir()
        assert len(path.read_text().splitlines()) == 4


def test_notes_that_nobody_writes_are_counted(published, tmp_path):
    with open_guard(published) as guard:
        trace = guard.tag(BLOCKED).trace
    from seawall.guard.journal import Journal

    journal = Journal(tmp_path / "log", KEY, every=1)
    for _ in range(10_003):
        journal.note(trace)
    assert journal.lost == 3


def test_messages_can_be_translated_and_fall_back(tmp_path):
    path = tmp_path / "messages.toml"
    path.write_text('[fr]\n"search.help" = "De l’aide."\n[help.FR]\nlines = ["Un service"]\n')
    messages = Messages.load(path)
    assert messages.page("search.help", "fr", "fr-FR") == "De l’aide.\nUn service"
    assert messages.text("tag.unavailable", "fr") == Messages.load().text("tag.unavailable")
    assert messages.text("") == ""


@pytest.mark.parametrize("text", ['[en]\n"search.halp" = "x"\n', '[en]\n"search.help" = 3\n'])
def test_a_mistake_in_messages_is_named(tmp_path, text):
    (tmp_path / "messages.toml").write_text(text)
    with pytest.raises(BadConfiguration, match=r"messages\.toml"):
        Messages.load(tmp_path / "messages.toml")


def test_every_message_that_a_decision_needs_is_there(guard):
    from seawall.guard.messages import KEY_OF

    for key in set(KEY_OF.values()):
        assert not key or guard.messages.text(key)


def test_ids_of_texts_are_those_of_a_run(guard):
    texts = ["a", "müller", "", "account-" * 20, "\ud800"]
    for text in texts[:4]:
        assert guard.account_id(text) == KEY.one("account", text)
    assert guard.account_ids(texts[:4]).tolist() == [KEY.one("account", text) for text in texts[:4]]
    many = [f"account-{number}" for number in range(200)]
    assert guard.account_ids(many).tolist() == accounts(*many).tolist()
    assert guard.account_ids([*many, "müller"]).tolist() == accounts(*many, "müller").tolist()
    assert guard.search("x", guard.account_id(texts[4])).decision is Decision.ALLOW
