"""Each query answers as plain Python does over the same rows."""

import json
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from seawall.intake.door import admit
from seawall.lake import queries
from seawall.lake.engine import open_lake
from seawall.records.ids import IdKey

SMALL = Path(__file__).parents[1] / "fixtures" / "small"
KEY = IdKey(b"q" * 32)


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    root = tmp_path_factory.mktemp("queries")
    admit(SMALL, root, KEY, plain_ids=False, now=datetime(2026, 7, 1, tzinfo=UTC))
    with open_lake(root / "lake", "duckdb", threads=1) as opened:
        yield opened


def given(table: str) -> list[dict]:
    return [json.loads(line) for line in (SMALL / f"{table}.jsonl").read_text().splitlines()]


def account(name: str | None) -> int | None:
    return None if name is None else KEY.one("account", name)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def spans(uses) -> list[tuple]:
    """(key…, n, first, last) of (key, time) pairs."""
    times = defaultdict(list)
    for key, time in uses:
        times[key].append(at(time))
    return sorted(((*key, len(t), min(t), max(t)) for key, t in times.items()), key=str)


def answer(lake, query, *columns) -> list[tuple]:
    rows = lake.fetch(query(lake), list(columns)).select(list(columns)).to_pylist()
    return sorted((tuple(row.values()) for row in rows), key=str)


def normal(link: str) -> str:
    return link.removeprefix("https://www.")


SPAN = ("n", "first_at", "last_at")


def test_accounts_are_all_there(lake):
    assert [row[0] for row in answer(lake, queries.accounts, "account_id")] == sorted(
        (account(row["account_id"]) for row in given("accounts")), key=lambda key: str((key,))
    )


def test_a_pair_follows_once_and_is_removed_only_when_no_follow_stands(lake):
    pairs = defaultdict(list)
    for row in given("follows"):
        pairs[account(row["follower_id"]), account(row["followee_id"])].append(row)
    expected = []
    for pair, rows in pairs.items():
        standing = any(row["removed_at"] is None for row in rows)
        removed = None if standing else max(at(row["removed_at"]) for row in rows)
        expected.append((*pair, min(at(row["created_at"]) for row in rows), removed))
    columns = ("follower_id", "followee_id", "created_at", "removed_at")
    assert answer(lake, queries.follows, *columns) == sorted(expected, key=str)
    assert len(expected) < len(given("follows"))


def test_ties_are_counted_without_those_to_oneself(lake):
    uses = [
        ((account(row["actor_id"]), account(row["target_id"]), row["kind"]), row["created_at"])
        for row in given("interactions")
        if row["actor_id"] != row["target_id"]
    ]
    assert answer(lake, queries.ties, "actor_id", "target_id", "kind", *SPAN) == spans(uses)


def test_tags_are_counted_by_post(lake):
    uses = [
        ((account(row["account_id"]), tag), row["created_at"])
        for row in given("posts")
        for tag in {tag.lstrip("#").lower() for tag in row["hashtags"]}
    ]
    assert answer(lake, queries.tag_uses, "account_id", "tag", *SPAN) == spans(uses)


def test_links_tell_where_they_stand(lake):
    uses = [
        ((account(row["account_id"]), normal(link), place), row["created_at"])
        for table, place in (("accounts", "bio"), ("posts", "post"))
        for row in given(table)
        for link in row["links"]
    ]
    assert answer(lake, queries.link_uses, "account_id", "link", "place", *SPAN) == spans(uses)


def test_mentions_are_counted_without_those_of_oneself(lake):
    uses = [
        ((account(row["account_id"]), account(name)), row["created_at"])
        for row in given("posts")
        for name in row["mentions"]
        if name != row["account_id"]
    ]
    found = answer(lake, queries.mention_uses, "account_id", "mentioned", *SPAN[:2])
    assert found == [row[:-1] for row in spans(uses)]


def test_media_go_by_their_strongest_digest(lake):
    uses = []
    for row in given("media"):
        digest = row["sha256"] or row["sha1"] or row["md5"] or row["pdq"]
        if digest:
            uses.append(((account(row["account_id"]), digest.lower()), row["created_at"]))
    found = answer(lake, queries.media_uses, "account_id", "digest", *SPAN[:2])
    assert found == [row[:-1] for row in spans(uses)]


def test_avatars_are_those_that_there_are(lake):
    expected = [(account(row["account_id"]), row["avatar_pdq"]) for row in given("accounts") if row["avatar_pdq"]]
    assert answer(lake, queries.avatar_uses, "account_id", "avatar_pdq") == sorted(expected, key=str)


def test_searches_are_those_of_known_accounts(lake):
    uses = [
        ((account(row["account_id"]), row["query"], row["surface"]), row["created_at"])
        for row in given("searches")
        if row["account_id"]
    ]
    assert answer(lake, queries.searches, "account_id", "query", "surface", *SPAN) == spans(uses)


def test_complaints_are_counted_by_reporter_the_unknown_one_too(lake):
    uses = [
        ((account(row["account_id"]), account(row["reporter_id"])), row["created_at"]) for row in given("complaints")
    ]
    found = answer(lake, queries.complaints, "account_id", "reporter_id", *SPAN[:2])
    assert found == [row[:-1] for row in spans(uses)]


def test_the_latest_verdict_on_a_subject_stands(lake):
    found = answer(lake, queries.verdicts, "subject_kind", "subject_id", "verdict", "decided_at")
    on_one = [row for row in given("verdicts") if row["subject_id"] == "acc-1"]
    assert len(on_one) == 2
    latest = max(on_one, key=lambda row: row["decided_at"])
    assert ("account", account("acc-1"), latest["verdict"], at(latest["decided_at"])) in found
    assert len(found) == len(given("verdicts")) - 1


def test_devices_are_those_signed_in_from(lake):
    uses = [
        ((account(row["account_id"]), row["device_hash"]), row["at"]) for row in given("sign_ins") if row["device_hash"]
    ]
    assert answer(lake, queries.sign_in_devices, "account_id", "device_hash", *SPAN) == spans(uses)
