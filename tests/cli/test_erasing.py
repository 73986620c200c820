"""An account that must go from a run."""

import os
from pathlib import Path

import msgspec
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from run_folders import ACCOUNTS, KEY, hexed, make_run

from seawall.cli.erasing import Erasure, erase_from_run
from seawall.guard.library import Guard
from seawall.lake.kept_runs import made_at


def erasure_of(account: str) -> Erasure:
    return Erasure(KEY, account)


def everything_in(run: Path) -> str:
    tables = [str(pq.read_table(path).to_pylist()) for path in sorted(run.glob("*.parquet"))]
    return "".join([*tables, *(path.read_text() for path in run.glob("*.[hj]*"))])


def test_an_erased_account_is_nowhere(tmp_path):
    run = make_run(tmp_path / "run")
    erasure = erasure_of("odo")
    erase_from_run(run, erasure)
    assert hexed("odo") not in everything_in(run)
    assert erasure.rows == 3


def test_the_others_stay(tmp_path):
    run = make_run(tmp_path / "run")
    erase_from_run(run, erasure_of("odo"))
    for table, column in {"findings": "subject_id", "signals": "subject_id", "members": "account_id"}.items():
        assert {hexed("mara"), hexed("pim")} <= set(pq.read_table(run / f"{table}.parquet")[column].to_pylist())


def test_its_network_has_one_member_less(tmp_path):
    run = make_run(tmp_path / "run")
    erase_from_run(run, erasure_of("odo"))
    assert pq.read_table(run / "networks.parquet")["members"].to_pylist() == [2]


def test_the_summary_says_that_something_was_erased(tmp_path):
    run = make_run(tmp_path / "run")
    erase_from_run(run, erasure_of("odo"))
    erase_from_run(run, erasure_of("mara"))
    assert msgspec.json.decode((run / "summary.json").read_bytes())["erased"] == 2


def test_erasing_twice_changes_nothing_more(tmp_path):
    run = make_run(tmp_path / "run")
    erase_from_run(run, erasure_of("odo"))
    before = {path.name: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    erase_from_run(run, erasure_of("odo"))
    assert {path.name: path.read_bytes() for path in run.rglob("*") if path.is_file()} == before


def test_a_run_without_the_account_keeps_its_bytes(tmp_path):
    run = make_run(tmp_path / "run")
    before = {path.name: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    erase_from_run(run, erasure_of("nobody"))
    assert {path.name: path.read_bytes() for path in run.rglob("*") if path.is_file()} == before


def test_a_run_stays_as_old_as_it_was(tmp_path):
    run = make_run(tmp_path / "run")
    os.utime(run / "summary.json", (1_000_000, 1_000_000))
    before = made_at(run)
    erase_from_run(run, erasure_of("odo"))
    assert made_at(run) == before


def test_a_hashtag_that_is_spelled_like_the_account_stays(tmp_path):
    run = make_run(tmp_path / "run", name_of=str)
    erase_from_run(run, erasure_of("mara"))
    rows = pq.read_table(run / "findings.parquet").to_pylist()
    assert [row["subject_id"] for row in rows if row["subject_kind"] == "hashtag"] == ["mara"]


@pytest.mark.parametrize("other", ["mara2", "x-mara", "mara.b", "mara_", "amara"])
def test_a_longer_plain_id_keeps_its_name(tmp_path, other):
    run = make_run(tmp_path / "run", ("mara", other), name_of=str)
    erase_from_run(run, erasure_of("mara"))
    assert f"<title>erased: seller</title><title>{other}: seller</title>" in (run / "report.html").read_text()


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=12))
def test_text_that_does_not_name_the_account_is_left_as_it_is(text):
    content = text.encode()
    assert erasure_of("no such account").of("report.html", content) == content


def test_the_guard_index_answers_for_the_others_alone(tmp_path):
    run = make_run(tmp_path / "run")
    erase_from_run(run, erasure_of("odo"))
    with Guard.open(run / "guard", KEY) as guard:
        guard.keeper.verify()
        assert guard.recommend(0, guard.account_ids(ACCOUNTS)).kept.tolist() == [ACCOUNTS.index("odo")]
        assert guard.health().degraded == []
