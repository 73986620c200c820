"""What a newcomer types before there is a home, a run or a name."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from run_folders import make_run

SOURCE = Path(__file__).parents[2] / "src"


def typed(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own: nothing that another test has set up helps it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SEAWALL", "DJANGO"))}
    command = [sys.executable, "-m", "seawall.cli.main", *words]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=60, env={**kept, "PYTHONPATH": str(SOURCE)}
    )


def test_a_route_needs_no_home(tmp_path):
    assert typed(tmp_path, "disclose", "example", "case.json", "--accounts", "3").returncode == 0
    told = typed(tmp_path, "disclose", "route", "case.json", "--ncmec")
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith("ncmec\t3 accounts")


@pytest.mark.parametrize("words", [("cases", "list"), ("audit", "verify"), ("disclose", "list")])
def test_a_home_that_is_not_there_is_named(tmp_path, words):
    told = typed(tmp_path, *words, "--home", "nowhere")
    assert told.returncode == 5
    assert "nowhere holds no database. `seawall console` makes one there" in told.stderr
    assert not (tmp_path / "nowhere").exists()


def test_a_missing_choice_is_one_line(tmp_path):
    (tmp_path / "case.json").touch()
    told = typed(tmp_path, "disclose", "draft", "case.json")
    assert told.returncode == 2
    assert told.stderr.count("\n") == 1
    assert "production, test, local. See" in told.stderr


def test_an_unknown_account_is_asked_after(seawall, key_file, tmp_path):
    told = seawall("erase", "nobody-here", "--runs", make_run(tmp_path / "run"), "--key-file", key_file)
    assert told.exit_code == 0
    assert "nothing had a row of nobody-here: is it the platform's own id" in told.stdout
