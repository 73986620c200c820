"""Bad input at the command: one clear message or a quarantine row each."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from running import table
from seawall.cli.main import cli

pytestmark = pytest.mark.xdist_group("run")

SMALL = Path(__file__).parents[1] / "fixtures" / "small"


def seawall(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words], prog_name="seawall")


def run(folder: Path) -> Result:
    return seawall("run", folder / "in", "--out", folder / "run", "--key-file", folder / "seawall.key", "--quiet")


def assert_one_message(result: Result, folder: Path, *says: str) -> None:
    """An exit code of bad input, one line that says what is wrong, and nothing left behind."""
    lines = [line for line in result.stderr.splitlines() if "no --lexicon" not in line]
    assert result.exit_code == 2
    assert len(lines) == 1
    assert lines[0].startswith("seawall: ")
    assert all(word in lines[0] for word in says)
    assert "failed inside" not in lines[0]
    assert {path.name for path in folder.iterdir()} <= {"in", "seawall.key"}


@pytest.fixture
def small(tmp_path) -> Path:
    """A folder with the small activity in `in`."""
    shutil.copytree(SMALL, tmp_path / "in")
    return tmp_path


def test_a_truncated_parquet_file_is_one_message(small, world):
    whole = (world / "activity" / "posts.parquet").read_bytes()
    (small / "in" / "posts.jsonl").unlink()
    (small / "in" / "posts.parquet").write_bytes(whole[: len(whole) // 2])
    assert_one_message(run(small), small, "posts.parquet", "cut short or damaged")


def test_an_empty_folder_is_one_message(tmp_path):
    (tmp_path / "in").mkdir()
    assert_one_message(run(tmp_path), tmp_path, "is empty")


def test_a_folder_that_is_not_there_is_one_message(tmp_path):
    assert_one_message(run(tmp_path), tmp_path, "does not exist")


def test_a_folder_without_accounts_is_one_message(small):
    (small / "in" / "accounts.jsonl").unlink()
    assert_one_message(run(small), small, "accounts")


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may read everything: give that up for a while."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(was)


def test_a_folder_that_cannot_be_read_is_one_message(small):
    for folder in (small, *small.parents[:3]):
        folder.chmod(0o777)
    (small / "in").chmod(0)
    with as_nobody():
        result = run(small)
    assert_one_message(result, small, "cannot be read")


def append(path: Path, *lines: str | dict) -> None:
    with path.open("a") as file:
        file.writelines((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)


def test_bad_rows_are_quarantined_with_file_line_and_reason_and_the_run_goes_on(small):
    activity = small / "in"
    accounts = [json.loads(line) for line in (activity / "accounts.jsonl").read_text().splitlines()]
    follow = json.loads((activity / "follows.jsonl").read_text().splitlines()[0])
    n, m = len(accounts), len((activity / "follows.jsonl").read_text().splitlines())
    append(
        activity / "accounts.jsonl",
        '{"account_id": "broken',
        accounts[0],
        {**accounts[0], "account_id": "zz", "handle": 5},
    )
    append(
        activity / "follows.jsonl",
        {**follow, "followee_id": "nobody-knows"},
        {**follow, "created_at": "2999-01-01T00:00:00Z"},
        {**follow, "created_at": "soon"},
    )
    result = run(small)
    assert result.exit_code == 0, result.output
    assert "quarantined 6 of" in result.stdout
    found = table(small / "run", "quarantine").to_pylist()
    assert {(row["file"], row["line"]): row["reason"].split(" ", 1)[1] for row in found} == {
        ("accounts.jsonl", n + 1): "line is not whole JSON",
        ("accounts.jsonl", n + 2): "repeats that of an earlier row",
        ("accounts.jsonl", n + 3): "has the wrong type",
        ("follows.jsonl", m + 1): "names no account that was admitted",
        ("follows.jsonl", m + 2): "lies in the future",
        ("follows.jsonl", m + 3): "has the wrong type",
    }


def test_a_previous_run_that_is_none_is_one_message(small, tmp_path):
    (small / "before").mkdir()
    words = ("run", small / "in", "--out", small / "run", "--key-file", small / "seawall.key", "--quiet")
    result = seawall(*words, "--previous", small / "before")
    assert result.exit_code == 2, result.stderr
    assert "is no run folder" in result.stderr
    assert not (small / "run").exists()


def test_accounts_alone_are_enough(tmp_path, world):
    (tmp_path / "in").mkdir()
    pq.write_table(
        pq.read_table(world / "activity" / "accounts.parquet").slice(0, 50), tmp_path / "in" / "accounts.parquet"
    )
    result = run(tmp_path)
    assert result.exit_code == 0, result.output
    assert "flagged 0 accounts" in result.stdout
    assert "degraded: no posts" in result.stdout


def test_three_accounts_are_enough(tmp_path):
    (tmp_path / "in").mkdir()
    rows = [f"{name},2026-01-0{name}T00:00:00Z,h{name},adult,active" for name in (1, 2, 3)]
    (tmp_path / "in" / "accounts.csv").write_text("account_id,created_at,handle,age_band,status\n" + "\n".join(rows))
    result = run(tmp_path)
    assert result.exit_code == 0, result.output
    assert "read 3 accounts" in result.stdout
