"""Files that change under a running server."""

from seawall.api.watch import Watched


def test_a_file_is_new_once(tmp_path):
    (tmp_path / "a").write_text("1")
    watched = Watched(tmp_path / "a")
    assert watched.changed()
    assert not watched.changed()


def test_a_moved_link_is_a_change(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index").write_text("same")
    (tmp_path / "now").symlink_to("one")
    watched = Watched(tmp_path / "now" / "index")
    assert watched.changed()
    (tmp_path / "next").symlink_to("two")
    (tmp_path / "next").replace(tmp_path / "now")
    assert watched.changed()


def test_a_file_that_is_gone_is_no_change(tmp_path):
    (tmp_path / "a").write_text("1")
    watched = Watched(tmp_path / "a")
    watched.changed()
    (tmp_path / "a").unlink()
    assert not watched.changed()
    (tmp_path / "a").write_text("2")
    assert watched.changed()
