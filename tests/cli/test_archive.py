"""The archive of a backup, where its makers or its bytes misbehave."""

from collections.abc import Iterator

import pytest
from run_folders import KEY, make_run

from seawall.cli import archive
from seawall.cli.archive import Entry, backup, find_archives, read_archive, restore, write_archive
from seawall.records.errors import BadInput, Damaged, UnknownVersion


def breaking_off() -> Iterator[Entry]:
    yield Entry("run/a", 0.0, b"a" * 3_000_000)
    raise OSError("the disk is gone")


def test_a_backup_that_breaks_off_leaves_nothing(tmp_path):
    with pytest.raises(OSError, match="gone"):
        write_archive(tmp_path / "kept", KEY, breaking_off())
    assert not list(tmp_path.iterdir())


def test_a_rewrite_that_breaks_off_leaves_the_archive_as_it_was(tmp_path):
    write_archive(tmp_path / "kept", KEY, [Entry("run/b", 0.0, b"b")])
    with pytest.raises(OSError, match="gone"):
        write_archive(tmp_path / "kept", KEY, breaking_off())
    assert [entry.content for entry in read_archive(tmp_path / "kept", KEY)] == [b"b"]


@pytest.mark.parametrize("name", ["run/../../out", "../out", "/out/of/place", "alone"])
def test_a_file_out_of_place_stops_the_restoring(tmp_path, name):
    write_archive(tmp_path / "kept", KEY, [Entry("run/a", 0.0, b"a"), Entry(name, 0.0, b"b")])
    with pytest.raises(Damaged, match="out of place"):
        restore(tmp_path / "kept", tmp_path / "deep" / "back", KEY)
    assert not list((tmp_path / "deep" / "back").iterdir())
    assert not (tmp_path / "out").exists()


def test_another_version_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "read_archive", lambda *_: iter(()))
    monkeypatch.setattr(archive, "SCHEMA_VERSION", 99)
    write_archive(tmp_path / "kept", KEY, [Entry("run/a", 0.0, b"a")])
    monkeypatch.undo()
    with pytest.raises(UnknownVersion, match="99"):
        list(read_archive(tmp_path / "kept", KEY))


def test_folders_below_a_run_come_back(tmp_path):
    run = make_run(tmp_path / "run")
    (run / "guard" / "empty").write_bytes(b"")
    backup([run], tmp_path / "kept", KEY)
    assert restore(tmp_path / "kept", tmp_path / "back", KEY) == [tmp_path / "back" / "run"]
    assert (tmp_path / "back" / "run" / "guard" / "empty").read_bytes() == b""


def test_links_in_a_run_are_not_followed(tmp_path):
    run = make_run(tmp_path / "run")
    (tmp_path / "secret").write_text("mine")
    (run / "link").symlink_to(tmp_path / "secret")
    backup([run], tmp_path / "kept", KEY)
    assert not [entry.name for entry in read_archive(tmp_path / "kept", KEY) if entry.name.endswith("link")]


def test_a_place_that_is_not_there_is_told(tmp_path):
    with pytest.raises(BadInput, match="make it first"):
        backup([make_run(tmp_path / "run")], tmp_path / "absent" / "kept", KEY)


def test_backups_are_found_among_other_files(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    backup([make_run(tmp_path / "run")], tmp_path / "kept", KEY)
    (tmp_path / "link").symlink_to(tmp_path / "kept")
    assert list(find_archives(tmp_path)) == list(find_archives(tmp_path / "kept")) == [tmp_path / "kept"]
