"""A survey says what is there, what is missing, and what that would add."""

import shutil

import pytest
from admitting import FEEDS, SMALL, account, follow, write, write_csv, write_parquet

from seawall.intake.check import survey
from seawall.records.activity import ADMITTED, TABLES
from seawall.records.errors import BadActivity


def test_it_counts_what_is_there_in_every_format(tmp_path):
    activity = write(tmp_path, accounts=[account("a", karma=1), account("b")])
    write_csv(activity / "follows.csv", [follow("a", "b")])
    write_parquet(activity / "media.parquet", [{"media_id": "m"}], "media")
    (activity / "notes.txt").write_text("x")
    found = survey(activity)
    assert [(f.table, f.format, f.rows) for f in found.found] == [
        ("accounts", ".jsonl", 2),
        ("media", ".parquet", 1),
        ("follows", ".csv", 1),
    ]
    assert found.found[0].unknown == ("karma",)
    assert found.found[1].lacking == ("account_id", "created_at", "kind")
    assert found.ignored == ("notes.txt",)
    assert not found.usable


def test_it_tells_what_each_missing_table_would_add(tmp_path):
    found = survey(write(tmp_path, accounts=[account("a")]))
    assert set(found.missing) == set(ADMITTED) - {"accounts"}
    assert all(found.missing[name] == TABLES[name].adds for name in found.missing)
    assert f"follows: missing; it would add {TABLES['follows'].adds}" in found.lines()
    assert found.usable


@pytest.mark.parametrize("name", ["posts.json", "Accounts.csv", "posts.xlsx", "users.parquet"])
def test_it_names_a_file_that_no_run_would_read(tmp_path, name):
    activity = write(tmp_path, accounts=[account("a")])
    (activity / name).write_text("[]")
    assert f"not read: {name}; a table is named TABLE.parquet, TABLE.jsonl or TABLE.csv" in survey(activity).lines()


def test_a_table_that_only_reports_read_is_known(tmp_path):
    activity = write(tmp_path, accounts=[account("a")])
    (activity / "contacts.csv").write_text("account_id,kind,value\n")
    assert survey(activity).ignored == ()


def test_accounts_without_a_row_are_not_enough(tmp_path):
    assert not survey(write(tmp_path, accounts=[])).usable


def test_a_table_without_a_row_lacks_no_column(tmp_path):
    assert survey(write(tmp_path, accounts=[account("a")], follows=[])).usable


def test_a_whole_activity_misses_nothing():
    found = survey(SMALL)
    assert found.missing == {}
    assert found.ignored == ()
    assert found.usable


def test_recordings_count_as_the_tables_that_they_fill(tmp_path):
    shutil.copytree(FEEDS, tmp_path, dirs_exist_ok=True)
    found = survey(tmp_path)
    assert set(found.feeds) == {"jetstream", "mastodon"}
    assert set(found.missing) == {"searches", "impressions", "verdicts", "sign_ins"}
    assert found.usable


def test_it_refuses_a_folder_that_cannot_be_read(tmp_path):
    with pytest.raises(BadActivity, match="is empty"):
        survey(tmp_path)
    with pytest.raises(BadActivity, match="does not exist"):
        survey(tmp_path / "nowhere")
