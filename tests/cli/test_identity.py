"""The keyed id of a platform's own id."""

import pytest
from run_folders import KEY, hexed

pytestmark = pytest.mark.usefixtures("key_file")


def test_it_is_the_id_that_stands_in_a_run(seawall):
    assert seawall("id", "account", "mara").stdout == f"{hexed('mara')}\n"


def test_it_reads_ids_from_standard_input(seawall):
    result = seawall("id", "account", "-", text="mara\nodo\n")
    assert result.stdout == f"{hexed('mara')}\tmara\n{hexed('odo')}\todo\n"


def test_nothing_on_standard_input_is_no_error(seawall):
    result = seawall("id", "account", "-", text="")
    assert (result.exit_code, result.stdout) == (0, "")


@pytest.mark.parametrize(
    ("kind", "given", "spelled"),
    [("hashtag", "#MoonPie", "moonpie"), ("link", "https://www.Example.org/a/?utm_source=b", "example.org/a")],
)
def test_tags_and_links_are_spelled_as_in_a_run(seawall, kind, given, spelled):
    assert seawall("id", kind, given).stdout == f"{KEY.one(kind, spelled):016x}\n"


def test_the_same_text_of_another_kind_has_another_id(seawall):
    assert seawall("id", "account", "mara").stdout != seawall("id", "hashtag", "mara").stdout


def test_an_unknown_kind_is_refused_with_the_known_ones(seawall):
    result = seawall("id", "acount", "mara")
    assert result.exit_code == 2
    assert "'account', 'hashtag', 'link'" in result.stderr


def test_without_a_key_there_is_no_id(seawall, key_file):
    key_file.unlink()
    assert seawall("id", "account", "mara").exit_code == 2
    assert not key_file.exists()


def test_a_key_that_others_can_read_is_refused(seawall, key_file):
    key_file.chmod(0o644)
    assert "chmod 600" in seawall("id", "account", "mara").stderr
