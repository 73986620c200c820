"""Recorded Mastodon answers and webhooks: every pitfall of the wire is a test."""

import json
import shutil
from datetime import UTC, datetime

import pytest
from admitting import FEEDS, lake, one, quarantined, through
from hypothesis import given
from hypothesis import strategies as st
from mastodon.return_types import AdminReport, Status
from mastodon.types_base import try_cast_recurse

from seawall.intake.wording import once, read_html, tags_in

ANSWERS = json.loads((FEEDS / "mastodon_answers.json").read_text())
WEBHOOK = FEEDS / "mastodon_webhook.json"


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    root = tmp_path_factory.mktemp("mastodon")
    shutil.copytree(FEEDS, root / "in" / "mastodon", ignore=shutil.ignore_patterns("jetstream*"))
    admission = through(root / "in", root / "work")
    assert admission.feeds["mastodon"].rows == 8
    return root / "work"


def test_every_answer_is_kept_or_refused_with_a_true_reason(work):
    assert quarantined(work) == [
        ("mastodon/mastodon_answers.json", 4, "the answer is an error (status 404)"),
        ("mastodon/mastodon_answers.json", 5, "the contract has no table for this entity"),
    ]


def test_content_is_html_and_becomes_text(work):
    row = next(row for row in lake(work, "posts") if row["post_id"] == one("post", "701"))
    assert row["text"] == "two & three\nnext #LuBado and @saki\nsee https://long.example/path"
    assert row["links"] == ["long.example/path"]
    assert row["hashtags"] == ["lubado"]
    assert row["mentions"] == [one("account", "902")]


def test_replies_boosts_and_mentions_are_interactions(work):
    a, b = one("account", "901"), one("account", "902")
    ties = {(row["kind"], row["actor_id"], row["target_id"]) for row in lake(work, "interactions")}
    assert ties == {("mention", a, b), ("comment", b, a), ("share", b, a)}
    kinds = {row["post_id"]: row["kind"] for row in lake(work, "posts")}
    assert [kinds[one("post", number)] for number in ("701", "702", "703")] == ["post", "comment", "repost"]


def test_profiles_give_bio_and_links(work):
    rows = {row["account_id"]: row for row in lake(work, "accounts")}
    assert rows[one("account", "901")]["links"] == ["menu.example/x", "pay.example/meno"]
    assert rows[one("account", "901")]["bio"] == "ba do menu\npay.example/meno"
    assert rows[one("account", "903")]["status"] == "suspended"


def test_an_entity_told_again_replaces_the_earlier_one(work):
    row = next(row for row in lake(work, "accounts") if row["account_id"] == one("account", "901"))
    assert row["status"] == "active"  # the status inside the report tells of it last
    assert len(lake(work, "accounts")) == 3


def test_a_report_webhook_is_a_complaint(work):
    (row,) = lake(work, "complaints")
    assert row == {
        "complaint_id": one("complaint", "601"),
        "account_id": one("account", "901"),
        "post_id": one("post", "701"),
        "reporter_id": one("account", "902"),
        "reason": "violation: look",
        "created_at": datetime(2026, 2, 4, tzinfo=UTC),
    }


def test_nothing_of_mail_and_addresses_is_kept(work):
    everything = b"".join(path.read_bytes() for path in work.rglob("*.parquet"))
    assert b"192.0.2.7" not in everything
    assert b"nobody@" not in everything


def test_a_file_that_is_no_json_is_refused_whole(tmp_path):
    shutil.copy(WEBHOOK, tmp_path / "mastodon_a.json")
    (tmp_path / "mastodon_b.json").write_text("{")
    (tmp_path / "mastodon_c.json").write_text('{"acct": "x", "id": 5, "created_at": "2026-01-01"}')
    admission = through(tmp_path, tmp_path / "work")
    assert admission.feeds["mastodon"].quarantined == 2
    assert quarantined(tmp_path / "work") == [
        ("mastodon_b.json", 1, "the line is not whole JSON"),
        ("mastodon_c.json", 1, "id has the wrong type"),
    ]


def test_our_reader_and_the_sdk_agree(work):
    posts = {row["post_id"]: row for row in lake(work, "posts")}
    for raw in ANSWERS[0]["json"]:
        theirs = try_cast_recurse(Status, raw)
        ours = posts[one("post", str(theirs.id))]
        assert ours["account_id"] == one("account", str(theirs.account.id))
        assert ours["created_at"] == theirs.created_at
        assert ours["hashtags"] == [tag.name for tag in theirs.tags]
    report = try_cast_recurse(AdminReport, json.loads(WEBHOOK.read_text())["object"])
    complaint = lake(work, "complaints")[0]
    assert complaint["account_id"] == one("account", str(report.target_account.id))
    assert complaint["created_at"] == report.created_at


@given(st.text(st.sampled_from("<![]>/=a -&#x;\"'")))
def test_any_html_is_read(text):
    words, links = read_html(text)
    assert isinstance(words, str)
    assert isinstance(links, list)


def test_scripts_are_not_text():
    assert read_html("<p>a<script>b</script>c</p>") == ("ac", [])


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#lubado, #kimeno! a#b #5 # ＃saki", ["lubado", "kimeno", "saki"]),
        ("#lu_ba-do\n#tu", ["lu_ba-do", "tu"]),
        ("", []),
    ],
)
def test_hashtags_in_text(text, tags):
    assert tags_in(text) == tags


def test_a_hashtag_in_two_spellings_is_one():
    assert once(["LuBado", "#lubado", "ｌｕｂａｄｏ", "x"]) == ["LuBado", "x"]


def test_a_boost_of_a_boost_without_end_is_refused(tmp_path):
    account = '{"id":"1","acct":"a","created_at":"2026-01-01"}'
    boost = f'{{"id":"1","created_at":"2026-01-01","content":"","account":{account},"reblog":'
    (tmp_path / "mastodon.json").write_text(boost * 900 + "null" + "}" * 900)
    shutil.copy(WEBHOOK, tmp_path / "mastodon_webhook.json")
    through(tmp_path, tmp_path / "work")
    assert quarantined(tmp_path / "work") == [("mastodon.json", 1, "the line is nested too deep")]
