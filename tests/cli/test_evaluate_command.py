"""Runs beside the truth of their worlds."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from run_folders import ACCOUNTS, make_run

from seawall.records.run import TRUTH

pytestmark = pytest.mark.usefixtures("key_file")


@pytest.fixture
def truth(tmp_path):
    """The truth of the runs that `make_run` makes, and one account more."""
    rows = [
        {"subject_kind": "account", "subject_id": name, "role": "seller", "network_id": "n"}
        for name in (*ACCOUNTS, "una")
    ]
    pq.write_table(pa.Table.from_pylist(rows, TRUTH), tmp_path / "truth.parquet")
    return tmp_path / "truth.parquet"


def test_the_key_finds_the_accounts_of_a_keyed_run(seawall, truth, tmp_path):
    result = seawall("evaluate", make_run(tmp_path / "run"), "--truth", truth)
    assert result.exit_code == 0, result.output
    assert "(3 of 4)" in result.stdout


def test_plain_ids_need_no_key(seawall, truth, tmp_path, key_file):
    key_file.unlink()
    result = seawall("evaluate", make_run(tmp_path / "run", name_of=str), "--truth", truth)
    assert "(3 of 4)" in result.stdout


def test_runs_of_either_kind_are_pooled(seawall, truth, tmp_path):
    runs = make_run(tmp_path / "plain", name_of=str), make_run(tmp_path / "keyed")
    result = seawall("evaluate", runs[0], "--truth", truth, "--also", runs[1], truth)
    assert "(6 of 8)" in result.stdout


def test_programs_get_json_and_nothing_else(seawall, truth, tmp_path):
    result = seawall("evaluate", make_run(tmp_path / "run"), "--truth", truth, "--json")
    assert json.loads(result.stdout)["seller_side"]["right"] == 3


def test_a_folder_that_is_no_run_is_told(seawall, truth, tmp_path):
    (tmp_path / "photos").mkdir()
    result = seawall("evaluate", tmp_path / "photos", "--truth", truth)
    assert result.exit_code == 2
    assert "not a run folder" in result.stderr


def test_a_keyed_run_without_its_key_says_what_is_missing(seawall, truth, tmp_path, key_file):
    key_file.unlink()
    result = seawall("evaluate", make_run(tmp_path / "run"), "--truth", truth)
    assert result.exit_code == 2
    assert "--key-file" in result.stderr


def test_a_page_shows_how_wrong_a_run_is_where_it_is_sure(seawall, truth, tmp_path):
    page = tmp_path / "evaluation.html"
    result = seawall("evaluate", make_run(tmp_path / "run"), "--truth", truth, "--page", page)
    assert result.exit_code == 0
    assert "Error against coverage" in page.read_text()
    assert "coverage" in result.output


def test_a_truth_that_is_none_is_one_line(seawall, tmp_path):
    pq.write_table(pa.table({"account_id": ["a"], "handle": ["a"]}), tmp_path / "accounts.parquet")
    result = seawall("evaluate", make_run(tmp_path / "run"), "--truth", tmp_path / "accounts.parquet")
    assert result.exit_code == 2
    assert "cannot be read: No match for FieldRef.Name(subject_kind). Make it again" in result.stderr
    assert "handle" not in result.stderr
