"""Jetstream recordings: every pitfall of the wire is a test."""

import json
import random
from datetime import UTC, datetime

import msgspec
import pyarrow.parquet as pq
import pytest
from admitting import FEEDS, account, lake, one, quarantined, through, write
from atproto_client.models.utils import get_or_create
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.intake.bluesky import Frame, digest_in, hashtags_of, rows_of
from seawall.intake.jetstream import Jetstream
from seawall.records.activity import ADMITTED

FRAMES = [json.loads(line) for line in (FEEDS / "jetstream.jsonl").read_text().splitlines()]
POST, FOLLOW = "app.bsky.feed.post", "app.bsky.graph.follow"
WHEN = "2026-02-25T06:00:00.000Z"


def did(number: int) -> str:
    return f"did:plc:invented{number:016d}"


def uri(number: int, rkey: str) -> str:
    return f"at://{did(number)}/{POST}/{rkey}"


def record(frames, folder):
    folder.mkdir(parents=True, exist_ok=True)
    text = "".join(frame if isinstance(frame, str) else json.dumps(frame) + "\n" for frame in frames)
    (folder / "jetstream.jsonl").write_text(text)
    return folder


def played(frames, tmp_path):
    return through(record(frames, tmp_path / "in"), tmp_path / "work")


def commit(number: int, operation: str, collection: str, rkey: str, rev: str, **written) -> dict:
    body = {"rev": rev, "operation": operation, "collection": collection, "rkey": rkey}
    body |= {"record": {"createdAt": WHEN, **written}} if operation != "delete" else {}
    return {"did": did(number), "time_us": 1_772_100_000_000_000, "kind": "commit", "commit": body}


def test_every_frame_is_kept_or_refused_with_a_true_reason(tmp_path):
    admission = played(FRAMES, tmp_path)
    count = admission.feeds["jetstream"]
    assert (count.rows, count.kept) == (15, 12)
    assert quarantined(tmp_path / "work") == [
        ("jetstream.jsonl", 13, "the contract has no table for app.bsky.graph.block"),
        ("jetstream.jsonl", 14, "the contract has no table for a collection outside app.bsky"),
        ("jetstream.jsonl", 15, "it deletes a record whose creation is not in the recording"),
    ]


def test_an_unfollow_carries_only_its_rkey_and_ends_the_follow_made_under_it(tmp_path):
    played(FRAMES, tmp_path)
    ended, standing = lake(tmp_path / "work", "follows")
    assert (ended["followee_id"], standing["followee_id"]) == (one("account", did(1)), one("account", did(3)))
    assert ended["removed_at"] == datetime.fromtimestamp(FRAMES[6]["time_us"] / 1e6, UTC)
    assert standing["removed_at"] is None


def test_an_unfollow_that_comes_before_its_follow_ends_it_too(tmp_path):
    frames = [commit(1, "delete", FOLLOW, "f", "3b"), commit(1, "create", FOLLOW, "f", "3a", subject=did(2))]
    played(frames, tmp_path)
    assert lake(tmp_path / "work", "follows")[0]["removed_at"] is not None


def test_facet_indexes_are_bytes_of_utf8():
    text = "🙂é #lubado #kimeno"
    start = len("🙂é ".encode())
    assert hashtags_of(text, [(start, start + 7, "other")], []) == ["other", "kimeno"]


def test_facets_beyond_the_text_are_not_followed():
    assert hashtags_of("#lubado", [(-4, 3, "a"), (5, 99, "b"), (3, 1, "c")], []) == ["a", "b", "c", "lubado"]


def test_hashtags_of_facets_tags_and_text_are_read_and_counted_once(tmp_path):
    played(FRAMES, tmp_path)
    assert lake(tmp_path / "work", "posts")[0]["hashtags"] == ["lubado", "meno", "tusa"]


def test_mentions_and_links_come_from_facets(tmp_path):
    played(FRAMES, tmp_path)
    row = lake(tmp_path / "work", "posts")[0]
    assert row["mentions"] == [one("account", did(2))]
    assert row["links"] == ["veri.example/a"]


def test_an_event_delivered_again_is_refused_once(tmp_path):
    admission = played([*FRAMES, FRAMES[0], FRAMES[4]], tmp_path)
    assert admission.feeds["jetstream"].rows == 17
    assert [row for row in quarantined(tmp_path / "work") if row[1] > 15] == [
        ("jetstream.jsonl", 16, "the event was delivered before"),
        ("jetstream.jsonl", 17, "the event was delivered before"),
    ]
    assert len(lake(tmp_path / "work", "posts")) == 2


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6))
def test_the_fold_does_not_depend_on_the_order_of_arrival(tmp_path_factory, seed):
    shuffled = [*FRAMES, *FRAMES[:6]]
    random.Random(seed).shuffle(shuffled)
    folds = []
    for frames in (FRAMES, shuffled):
        folder = record(frames, tmp_path_factory.mktemp("fold"))
        feed = Jetstream([folder / "jetstream.jsonl"], folder)
        rows = [row for chunk in feed.chunks(ADMITTED["posts"]) for row in zip(*chunk.columns.values(), strict=True)]
        rows += [row for chunk in feed.chunks(ADMITTED["follows"]) for row in zip(*chunk.columns.values(), strict=True)]
        folds.append(sorted(str(row) for row in rows))
    assert folds[0] == folds[1]


def test_an_updated_post_is_told_as_last_written(tmp_path):
    frames = [commit(1, "update", POST, "p", "3b", text="new"), commit(1, "create", POST, "p", "3a", text="old")]
    played(frames, tmp_path)
    assert [row["text"] for row in lake(tmp_path / "work", "posts")] == ["new"]


def test_a_deleted_post_is_gone(tmp_path):
    played(FRAMES, tmp_path)
    assert one("post", uri(1, "3p3")) not in {row["post_id"] for row in lake(tmp_path / "work", "posts")}


def test_nothing_of_a_deleted_account_stands_but_its_name(tmp_path):
    gone = {"did": did(1), "time_us": 1_772_200_000_000_000, "kind": "account"}
    gone["account"] = {"active": False, "status": "deleted", "did": did(1), "seq": 99, "time": WHEN}
    played([*FRAMES, gone], tmp_path)
    assert lake(tmp_path / "work", "accounts")[0]["status"] == "deleted"
    assert lake(tmp_path / "work", "posts") == []


def test_accounts_hold_the_profile_the_handle_and_the_standing(tmp_path):
    played(FRAMES, tmp_path)
    rows = {row["account_id"]: row for row in lake(tmp_path / "work", "accounts")}
    named, taken = rows[one("account", did(1))], rows[one("account", did(3))]
    assert (named["handle"], named["display_name"]) == ("lubado.example", "Lu Bado")
    assert named["links"] == ["lu.example", "bado.example/menu"]
    assert named["created_at"] == datetime(2025, 1, 1, tzinfo=UTC)
    assert (taken["handle"], taken["status"]) == (did(3), "removed")
    assert taken["removed_at"] == datetime.fromtimestamp(FRAMES[11]["time_us"] / 1e6, UTC)


def test_likes_reposts_replies_and_mentions_are_interactions(tmp_path):
    played(FRAMES, tmp_path)
    ties = {(row["kind"], row["actor_id"], row["target_id"]) for row in lake(tmp_path / "work", "interactions")}
    a, b, c = (one("account", did(number)) for number in (1, 2, 3))
    assert ties == {("mention", a, b), ("comment", a, b), ("like", c, a), ("share", c, a)}


def test_a_time_that_its_author_puts_in_the_future_is_the_time_it_was_seen(tmp_path):
    frame = commit(1, "create", POST, "p", "3a", text="x", createdAt="2031-01-01T00:00:00Z")
    played([frame], tmp_path)
    assert lake(tmp_path / "work", "posts")[0]["created_at"].timestamp() == frame["time_us"] / 1e6


def test_a_time_before_the_calendar_is_the_time_it_was_seen(tmp_path):
    frame = commit(1, "create", POST, "p", "3a", text="x", createdAt="0001-01-01T00:00:00+14:00")
    played([frame], tmp_path)
    assert lake(tmp_path / "work", "posts")[0]["created_at"].timestamp() == frame["time_us"] / 1e6


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        ({"kind": "other"}, "kind is none of commit, identity and account"),
        ({"kind": "identity"}, "identity is missing from a frame of that kind"),
        ({"time_us": "x"}, "time_us has the wrong type"),
        ({"time_us": 10**18}, "time_us has the wrong type"),
        ({"commit": {**FRAMES[0]["commit"], "operation": "x"}}, "operation is none of create, update and delete"),
        (
            {"commit": {**FRAMES[0]["commit"], "record": {"text": 1, "createdAt": WHEN}}},
            "record: text has the wrong type",
        ),
        (
            {"commit": {"rev": "3", "operation": "create", "collection": POST, "rkey": "p"}},
            "record is missing from a commit that writes one",
        ),
    ],
)
def test_a_malformed_frame_is_refused_with_its_reason(tmp_path, spoil, reason):
    played([FRAMES[2], {**FRAMES[0], **spoil}, "{broken\n"], tmp_path)
    assert quarantined(tmp_path / "work") == [
        ("jetstream.jsonl", 2, reason),
        ("jetstream.jsonl", 3, "the line is not whole JSON"),
    ]


def test_the_digest_of_a_picture_is_in_its_cid(tmp_path):
    cid = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"  # of the empty file
    assert digest_in(cid) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert digest_in("bafyinvented") is None
    picture = {"images": [{"alt": "", "image": {"ref": {"$link": cid}}}]}
    played([commit(1, "create", POST, "p", "3a", text="x", embed=picture)], tmp_path)
    row = lake(tmp_path / "work", "media")[0]
    assert (row["kind"], row["sha256"]) == ("image", digest_in(cid))
    assert lake(tmp_path / "work", "posts")[0]["media_ids"] == [row["media_id"]]


def test_a_recording_joins_the_tables_beside_it(tmp_path):
    write(record(FRAMES, tmp_path / "in"), accounts=[account("other")])
    admission = through(tmp_path / "in", tmp_path / "work")
    assert admission.tables["accounts"].kept == 4
    assert pq.read_table(tmp_path / "work" / "lake" / "posts").num_rows == 2


def test_our_reader_and_the_sdk_agree():
    for raw in FRAMES:
        theirs = get_or_create(raw.get("commit", {}).get("record"), strict=False)
        if theirs is None or "block" in raw["commit"]["collection"]:
            continue
        frame = msgspec.json.decode(json.dumps(raw), type=Frame)
        table, row = rows_of(frame)[0]
        if table == "posts":
            features = [feature for facet in theirs.facets or [] for feature in facet.features]
            tags = [feature.tag for feature in features if hasattr(feature, "tag")]
            assert row["text"] == theirs.text
            assert set(tags) <= set(row["hashtags"])
            assert row["mentions"] == [feature.did for feature in features if hasattr(feature, "did")]
            assert row["links"] == [feature.uri for feature in features if hasattr(feature, "uri")]
            assert row["reply_to"] == (theirs.reply.parent.uri if theirs.reply else None)
        elif table == "follows":
            assert row["followee_id"] == theirs.subject
        elif table == "interactions":
            assert row["post_id"] == theirs.subject.uri
        else:
            assert (row["display_name"], row["bio"]) == (theirs.display_name, theirs.description)
