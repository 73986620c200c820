"""Purging, erasing, backing up and restoring, as an operator does."""

import os
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from run_folders import hexed, make_run

pytestmark = pytest.mark.usefixtures("key_file")
DAY = 86_400


def contents(run: Path) -> dict[str, bytes]:
    return {path.relative_to(run).as_posix(): path.read_bytes() for path in run.rglob("*") if path.is_file()}


def ids_in(run: Path) -> set[str]:
    return set(pq.read_table(run / "members.parquet")["account_id"].to_pylist())


def age(path: Path, days: int) -> Path:
    then = time.time() - days * DAY
    os.utime(path / "summary.json" if path.is_dir() else path, (then, then))
    return path


def hold(folder: Path, account: str) -> None:
    (folder / "holds.txt").write_text(f"{hexed(account)}  # a case\n")
    (folder / "seawall.toml").write_text("holds = 'holds.txt'\n")


@pytest.fixture
def runs(tmp_path):
    """A folder with one old run and one new run."""
    age(make_run(tmp_path / "runs" / "old"), 100)
    age(make_run(tmp_path / "runs" / "new"), 80)
    return tmp_path / "runs"


def test_purge_removes_what_is_older_and_names_it(seawall, runs):
    result = seawall("purge", runs, "--older-than", "90d", "--yes")
    assert result.exit_code == 0
    assert f"older than 90 days: {runs / 'old'}" in result.stdout
    assert [path.name for path in runs.iterdir()] == ["new"]


def test_purge_counts_in_weeks_too(seawall, runs):
    seawall("purge", runs, "--older-than", "11w", "--yes")
    assert not list(runs.iterdir())


def test_purge_asks_first(seawall, runs):
    assert seawall("purge", runs, "--older-than", "90d", text="y\n").exit_code == 0
    assert not (runs / "old").exists()


@pytest.mark.parametrize(("answer", "code"), [("n\n", 3), ("", 130)])
def test_purge_without_a_yes_removes_nothing(seawall, runs, answer, code):
    result = seawall("purge", runs, "--older-than", "90d", text=answer)
    assert result.exit_code == code
    assert (runs / "old").exists()


def test_purge_leaves_everything_that_is_no_run(seawall, runs):
    (runs / "notes.txt").write_text("mine")
    os.utime(runs / "notes.txt", (0, 0))
    seawall("purge", runs, "--older-than", "0d", "--yes")
    assert [path.name for path in runs.iterdir()] == ["notes.txt"]


def test_purge_leaves_a_run_that_names_a_held_account(seawall, runs, tmp_path):
    hold(tmp_path, "odo")
    result = seawall("purge", runs, "--older-than", "90d", "--yes")
    assert f"kept, for a hold: {runs / 'old'}" in result.stdout
    assert (runs / "old").exists()


def test_purge_ends_what_a_killed_run_left(seawall, runs):
    (runs / ".killed.partial-1").mkdir()
    seawall("purge", runs, "--older-than", "90d", "--yes")
    assert not (runs / ".killed.partial-1").exists()


@pytest.mark.parametrize("given", ["90", "90 days", "-1d", "d", "1.5d", "3m"])
def test_purge_refuses_an_age_that_it_does_not_know(seawall, runs, given):
    result = seawall("purge", runs, f"--older-than={given}", "--yes")
    assert result.exit_code == 2
    assert "write 90d for 90 days" in result.stderr


def test_erase_reaches_every_run_below_a_folder(seawall, runs):
    result = seawall("erase", "odo", "--runs", runs)
    assert result.exit_code == 0
    assert all(hexed("odo") not in ids_in(runs / name) for name in ("old", "new"))
    assert f"{runs / 'old'}: erased 3 rows" in result.stdout


def test_erase_reaches_backups_too(seawall, runs, tmp_path):
    seawall("backup", runs / "old", runs / "new", "--to", tmp_path / "kept")
    assert seawall("erase", "odo", "--runs", tmp_path / "kept").exit_code == 0
    seawall("restore", tmp_path / "kept", "--to", tmp_path / "back")
    assert ids_in(tmp_path / "back" / "old") == {hexed("mara"), hexed("pim")}
    assert (tmp_path / "back" / "new").is_dir()


def test_an_erased_backup_stays_as_old_as_it_was(seawall, runs, tmp_path):
    seawall("backup", runs / "old", "--to", tmp_path / "kept")
    before = age(tmp_path / "kept", 100).stat().st_mtime_ns
    seawall("erase", "odo", "--runs", tmp_path / "kept")
    assert (tmp_path / "kept").stat().st_mtime_ns == before


def test_a_hold_wins_over_erasing(seawall, runs, tmp_path):
    hold(tmp_path, "odo")
    before = contents(runs)
    result = seawall("erase", "odo", "--runs", runs)
    assert result.exit_code == 3
    assert "under a hold" in result.stderr
    assert contents(runs) == before


def test_erase_says_when_there_is_nothing_to_look_through(seawall, tmp_path):
    (tmp_path / "empty").mkdir()
    assert seawall("erase", "odo", "--runs", tmp_path / "empty").exit_code == 2


def test_a_restored_run_is_the_run_that_was_backed_up(seawall, runs, tmp_path):
    assert seawall("backup", runs / "old", "--to", tmp_path / "kept").exit_code == 0
    result = seawall("restore", tmp_path / "kept", "--to", tmp_path / "back")
    assert result.stdout == f"restored {tmp_path / 'back' / 'old'}\n"
    assert contents(tmp_path / "back" / "old") == contents(runs / "old")


def test_a_restored_run_is_as_old_as_it_was(seawall, runs, tmp_path):
    seawall("backup", runs / "old", "--to", tmp_path / "kept")
    seawall("restore", tmp_path / "kept", "--to", tmp_path / "back")
    assert f"{tmp_path / 'back' / 'old'}" in seawall("purge", tmp_path / "back", "--older-than", "90d", "--yes").stdout


def test_backups_and_restored_runs_are_for_their_owner_alone(seawall, runs, tmp_path):
    seawall("backup", runs / "old", "--to", tmp_path / "kept")
    seawall("restore", tmp_path / "kept", "--to", tmp_path / "back")
    assert (tmp_path / "kept").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "back" / "old").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "back" / "old").rglob("*.*")} == {0o600}


def test_a_backup_shows_nothing(seawall, runs, tmp_path):
    seawall("backup", runs / "old", "--to", tmp_path / "kept")
    content = (tmp_path / "kept").read_bytes()
    assert b"findings" not in content
    assert hexed("odo").encode() not in content


@pytest.mark.parametrize("damage", [lambda c: c[:-1], lambda c: c[: len(c) // 2], lambda c: c[:99] + b"x" + c[100:]])
def test_a_damaged_backup_restores_nothing(seawall, runs, tmp_path, damage):
    seawall("backup", runs / "old", "--to", tmp_path / "kept")
    (tmp_path / "kept").write_bytes(damage((tmp_path / "kept").read_bytes()))
    result = seawall("restore", tmp_path / "kept", "--to", tmp_path / "back")
    assert result.exit_code == 4
    assert not list((tmp_path / "back").iterdir())


def test_another_key_restores_nothing(seawall, runs, tmp_path, key_file):
    seawall("backup", runs / "old", "--to", tmp_path / "kept")
    key_file.write_text("00" * 32)
    assert seawall("restore", tmp_path / "kept", "--to", tmp_path / "back").exit_code == 4


def test_a_file_that_is_no_backup_is_told(seawall, tmp_path):
    (tmp_path / "other").write_text("notes")
    result = seawall("restore", tmp_path / "other", "--to", tmp_path / "back")
    assert result.exit_code == 2
    assert f"{tmp_path / 'other'} is not a backup" in result.stderr


def test_nothing_is_overwritten(seawall, runs, tmp_path):
    seawall("backup", runs / "old", "--to", tmp_path / "kept")
    before = (tmp_path / "kept").read_bytes()
    assert seawall("backup", runs / "new", "--to", tmp_path / "kept").exit_code == 3
    assert seawall("restore", tmp_path / "kept", "--to", runs).exit_code == 3
    assert (tmp_path / "kept").read_bytes() == before


def test_a_folder_that_is_no_run_is_not_backed_up(seawall, tmp_path):
    (tmp_path / "photos").mkdir()
    result = seawall("backup", tmp_path / "photos", "--to", tmp_path / "kept")
    assert result.exit_code == 2
    assert "not a run folder" in result.stderr
    assert not (tmp_path / "kept").exists()


def test_two_runs_of_one_name_are_not_mixed(seawall, tmp_path):
    runs = [make_run(tmp_path / "a" / "run"), make_run(tmp_path / "b" / "run")]
    assert "same name" in seawall("backup", *runs, "--to", tmp_path / "kept").stderr


def test_purge_counts_backups_too_unless_there_are_holds(seawall, runs, tmp_path):
    kept = tmp_path / "kept" / "backup"
    kept.parent.mkdir()
    seawall("backup", runs / "old", "--to", kept)
    age(kept, 100)
    hold(tmp_path, "somebody else")
    seawall("purge", kept.parent, "--older-than", "90d", "--yes")
    assert kept.exists()
    (tmp_path / "holds.txt").write_text("")
    seawall("purge", kept.parent, "--older-than", "90d", "--yes")
    assert not kept.exists()
