"""What the door lets through: keyed, typed, counted."""

import stat
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from admitting import (
    KEY,
    NOW,
    SMALL,
    account,
    follow,
    lake,
    one,
    post,
    quarantined,
    rows_of,
    through,
    write,
    write_csv,
    write_parquet,
)

from seawall.intake.door import admit
from seawall.records.activity import ADMITTED
from seawall.records.ids import IdKey


def test_it_admits_every_table_of_the_contract(tmp_path):
    admission = through(SMALL, tmp_path / "work")
    assert set(admission.tables) == set(ADMITTED)
    assert admission.missing == ()
    for name, count in admission.tables.items():
        assert count.rows == count.kept == len(rows_of(SMALL / f"{name}.jsonl"))
        assert count.bytes == (SMALL / f"{name}.jsonl").stat().st_size
        assert pq.read_schema(tmp_path / "work" / "lake" / name / "part-00000.parquet") == ADMITTED[name].keyed_schema


def test_ids_are_keyed_by_kind(tmp_path):
    through(write(tmp_path / "in", accounts=[account("x")], posts=[post("x", "x")]), tmp_path / "work")
    row = lake(tmp_path / "work", "posts")[0]
    assert row["account_id"] == one("account", "x")
    assert row["post_id"] == one("post", "x")
    assert row["post_id"] != row["account_id"]


def test_a_reference_takes_its_kind_from_its_row(tmp_path):
    verdict = {"verdict": "confirmed", "decided_at": "2026-03-01", "decided_by": "r"}
    subjects = [("account", "a"), ("hashtag", "#LuBado"), ("link", "https://www.Kimeno.example/x/"), ("media", "m")]
    verdicts = [{"subject_kind": kind, "subject_id": name, **verdict} for kind, name in subjects]
    seen = {"viewer_id": "a", "surface": "home", "position": 1, "created_at": "2026-03-01"}
    activity = write(
        tmp_path / "in",
        accounts=[account("a")],
        verdicts=verdicts,
        impressions=[{"item_kind": "tag", "item_id": "Lubado", **seen}],
    )
    through(activity, tmp_path / "work")
    named = [("account", "a"), ("hashtag", "lubado"), ("link", "kimeno.example/x"), ("media", "m")]
    assert [row["subject_id"] for row in lake(tmp_path / "work", "verdicts")] == [one(*name) for name in named]
    assert lake(tmp_path / "work", "impressions")[0]["item_id"] == one("hashtag", "lubado")


def test_an_unknown_account_in_a_nullable_or_listed_reference_is_dropped_and_counted(tmp_path):
    search = {"search_id": "s", "query": "q", "surface": "search", "created_at": "2026-03-01", "account_id": "gone"}
    activity = write(
        tmp_path / "in",
        accounts=[account("a"), account("b")],
        posts=[post("p", "a", mentions=["gone", "b"], reply_to="not-exported")],
        searches=[search],
    )
    admission = through(activity, tmp_path / "work")
    row = lake(tmp_path / "work", "posts")[0]
    assert row["mentions"] == [one("account", "b")]
    assert row["reply_to"] == one("post", "not-exported")
    assert lake(tmp_path / "work", "searches")[0]["account_id"] is None
    assert (admission.tables["posts"].unlinked, admission.tables["searches"].unlinked) == (1, 1)


def test_unknown_columns_are_named_and_left_aside(tmp_path):
    activity = write(tmp_path / "in", accounts=[account("a", karma=3, colour="x")])
    write_csv(activity / "follows.csv", [follow("a", "a", weight=1)])
    admission = through(activity, tmp_path / "work")
    assert admission.tables["accounts"].unknown_columns == ("colour", "karma")
    assert admission.tables["follows"].unknown_columns == ("weight",)
    assert "left aside: colour, karma" in admission.lines()[0]


def test_absent_nullable_columns_are_null_and_absent_lists_empty(tmp_path):
    through(write(tmp_path / "in", accounts=[account("a")]), tmp_path / "work")
    row = lake(tmp_path / "work", "accounts")[0]
    assert row["bio"] is None
    assert row["links"] == []


def test_addresses_of_sign_ins_and_contacts_stay_outside(tmp_path):
    activity = write(
        tmp_path / "in",
        accounts=[account("a")],
        sign_ins=[{"account_id": "a", "at": "2026-03-01", "ip": "192.0.2.55", "port": 4711, "device_hash": "d"}],
        contacts=[{"account_id": "a", "kind": "email", "value": "private@mail.example"}],
    )
    admission = through(activity, tmp_path / "work")
    assert list(lake(tmp_path / "work", "sign_ins")[0]) == ["account_id", "at", "device_hash"]
    assert admission.tables["sign_ins"].unknown_columns == ()
    assert "contacts" not in admission.tables
    everything = b"".join(path.read_bytes() for path in (tmp_path / "work").rglob("*.parquet"))
    assert b"192.0.2.55" not in everything
    assert b"private@mail" not in everything


def test_the_work_folder_is_private(tmp_path):
    through(SMALL, tmp_path / "work")
    assert stat.S_IMODE((tmp_path / "work").stat().st_mode) == 0o700


def test_the_same_input_gives_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        through(SMALL, tmp_path / name, plain_ids=True)
    parts = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.parquet"))
    assert len(parts) == len(ADMITTED) + 2
    for part in parts:
        assert (tmp_path / "one" / part).read_bytes() == (tmp_path / "two" / part).read_bytes()


def test_plain_ids_keep_the_name_behind_each_key_once(tmp_path):
    through(SMALL, tmp_path / "plain", plain_ids=True)
    through(SMALL, tmp_path / "keyed")
    names = lake(tmp_path / "plain", "names")
    assert not (tmp_path / "keyed" / "lake" / "names").exists()
    assert all(row["key"] == one(row["kind"], row["name"]) for row in names)
    assert len(names) == len({(row["kind"], row["name"]) for row in names})
    tags = {tag for row in lake(tmp_path / "plain", "posts") for tag in row["hashtags"]}
    assert {row["name"] for row in names if row["kind"] == "hashtag"} == tags
    assert {row["name"] for row in names if row["kind"] == "account"} == {f"acc-{i}" for i in range(12)}


def test_progress_is_told_each_table_and_its_rows(tmp_path):
    told = {}
    admit(SMALL, tmp_path / "work", KEY, plain_ids=False, now=NOW, progress=told.__setitem__)
    assert told == {name: len(rows_of(SMALL / f"{name}.jsonl")) for name in ADMITTED}


def test_a_table_may_be_a_folder_of_parquet_parts(tmp_path):
    activity = write(tmp_path / "in", accounts=[account("a"), account("b")])
    (activity / "follows").mkdir()
    write_parquet(activity / "follows" / "0.parquet", [follow("a", "b")], "follows")
    write_parquet(activity / "follows" / "1.parquet", [follow("b", "a"), follow("b", "nobody")], "follows")
    admission = through(activity, tmp_path / "work")
    assert admission.tables["follows"].kept == 2
    assert quarantined(tmp_path / "work") == [
        ("follows/1.parquet", 2, "followee_id names no account that was admitted")
    ]


def test_more_rows_than_a_chunk_stream_through(tmp_path, monkeypatch):
    monkeypatch.setattr("seawall.intake.parquet.ROWS", 7)
    monkeypatch.setattr("seawall.intake.sink.PART_ROWS", 20)
    names = [f"a{i}" for i in range(50)]
    activity = write(tmp_path / "in")
    write_parquet(activity / "accounts.parquet", [account(name) for name in [*names, "a3"]], "accounts")
    admission = through(activity, tmp_path / "work")
    assert admission.tables["accounts"].kept == 50
    assert quarantined(tmp_path / "work") == [("accounts.parquet", 51, "account_id repeats that of an earlier row")]
    assert len(list((tmp_path / "work" / "lake" / "accounts").iterdir())) == 3
    assert [row["account_id"] for row in lake(tmp_path / "work", "accounts")] == [one("account", n) for n in names]


@dataclass(frozen=True, slots=True)
class Colliding(IdKey):
    """A key under which two planted texts share their id, and only their checks differ."""

    def column(self, kind: str, texts: pa.Array):
        plain = IdKey.column(self, kind, texts)
        twins = np.isin(texts.to_numpy(zero_copy_only=False), ["twin-1", "twin-2"])
        return np.where(twins, np.uint64(77), plain)


def test_a_collision_of_keyed_ids_is_found_and_quarantined(tmp_path):
    activity = write(
        tmp_path / "in",
        accounts=[account("twin-1"), account("twin-2"), account("c")],
        follows=[follow("c", "twin-1"), follow("c", "twin-2")],
    )
    admission = through(activity, tmp_path / "work", key=Colliding(b"t" * 32))
    assert admission.tables["accounts"].kept == 2
    assert admission.tables["follows"].kept == 1
    assert quarantined(tmp_path / "work") == [
        ("accounts.jsonl", 2, "account_id has the keyed id of another one (a collision)"),
        ("follows.jsonl", 2, "followee_id has the keyed id of another account (a collision)"),
    ]
