"""The demo: what a newcomer types first."""

import pytest

from seawall.cli.demo import clear, play
from seawall.records.errors import Refused


def test_it_ends_with_a_report_and_can_be_played_again(tmp_path, capsys):
    for _ in range(2):
        play(tmp_path / "demo", 5_000)
        told = capsys.readouterr().out
        assert "seller side" in told
        assert told.endswith(f"open {tmp_path / 'demo' / 'run' / 'report.html'}\n")
    assert (tmp_path / "demo" / "run" / "report.html").is_file()


def test_it_replaces_its_own_parts_only(tmp_path):
    clear(tmp_path / "demo")
    (tmp_path / "demo" / "run").mkdir()
    (tmp_path / "demo" / "notes.txt").write_text("mine")
    clear(tmp_path / "demo")
    assert not (tmp_path / "demo" / "run").exists()
    assert (tmp_path / "demo" / "notes.txt").read_text() == "mine"


def test_it_leaves_a_folder_that_it_did_not_make(tmp_path):
    (tmp_path / "run").mkdir()
    with pytest.raises(Refused, match="no demo made"):
        clear(tmp_path)
    assert (tmp_path / "run").is_dir()


def test_it_takes_an_empty_folder(tmp_path):
    clear(tmp_path)


def test_a_file_in_its_place_is_told(seawall, tmp_path):
    (tmp_path / "demo").write_text("mine")
    result = seawall("demo")
    assert result.exit_code == 3
    assert (tmp_path / "demo").read_text() == "mine"
