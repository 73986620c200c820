"""Runs that are kept: found, told apart, removed."""

import pytest
from run_folders import ACCOUNTS, hexed, make_run

from seawall.lake.kept_runs import find_runs, is_run, names_any, remove_run


def test_it_finds_runs_at_any_depth_and_nothing_else(tmp_path):
    runs = [make_run(tmp_path / "a"), make_run(tmp_path / "b" / "deep" / "c")]
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "summary.json").write_text('{"another": "program"}')
    assert list(find_runs(tmp_path)) == runs


def test_it_does_not_follow_links(tmp_path):
    make_run(tmp_path / "elsewhere" / "run")
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "link").symlink_to(tmp_path / "elsewhere")
    assert not list(find_runs(tmp_path / "here"))


@pytest.mark.parametrize("content", ["", "[]", "{", "{}", "7"])
def test_another_programs_summary_makes_no_run(tmp_path, content):
    (tmp_path / "summary.json").write_text(content)
    assert not is_run(tmp_path)


def test_a_removed_run_leaves_nothing(tmp_path):
    remove_run(make_run(tmp_path / "run"))
    assert not list(tmp_path.iterdir())


def test_a_run_tells_whom_it_names(tmp_path):
    run = make_run(tmp_path / "run")
    assert names_any(run, {hexed(ACCOUNTS[0])})
    assert not names_any(run, {hexed("nobody")})
    assert not names_any(run, ())
