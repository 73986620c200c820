"""seawall.toml and the key file."""

from pathlib import Path

import pytest

from seawall.cli.configuration import Settings, find_settings, read_configuration, read_holds
from seawall.records.errors import BadConfiguration

WHOLE = """
key_file = "keys/id"
holds = "holds.txt"

[run]
engine = "spark"
threads = 4
seed = 7
lexicons = ["a.csv", "/abroad/b.csv"]
hashes = ["known.csv"]
"""


@pytest.fixture
def write(tmp_path):
    def write(text: str, name: str = "seawall.toml") -> Path:
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def test_it_reads_every_key(write, tmp_path):
    read = read_configuration(write(WHOLE))
    assert (read.run.engine, read.run.threads, read.run.seed) == ("spark", 4, 7)
    assert (read.key_file, read.holds) == (tmp_path / "keys" / "id", tmp_path / "holds.txt")


def test_paths_are_relative_to_the_file(write, tmp_path):
    assert read_configuration(write(WHOLE)).run.lexicons == (tmp_path / "a.csv", Path("/abroad/b.csv"))


def test_an_empty_file_changes_nothing(write):
    assert read_configuration(write("")).run.engine == "duckdb"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("keyfile = 'a'", "Did you mean key_file?"),
        ("[run]\nlexicon = []", "Did you mean lexicons?"),
        ("[runs]\nseed = 1", "Did you mean run?"),
        ("[run]\nkey_file = 'a'", r"key_file stands above \[run\]"),
        ("seed = 1", r"seed stands under \[run\]"),
        ("[run]\nengine = 'polars'", "engine"),
        ("[run]\nthreads = 0", "threads"),
        ("[run]\nseed = 'one'", "seed"),
        ("[run]\nlexicons = 'a.csv'", "lexicons"),
        ("[run]\nlexicons = [1]", "lexicons"),
        ("run = 3", "run"),
        ("key_file = 3", "key_file"),
        ("run", "not TOML"),
        ("[run]\nseed = 1\nseed = 2", "not TOML"),
    ],
)
def test_what_it_does_not_know_is_refused_with_a_hint(write, text, hint):
    with pytest.raises(BadConfiguration, match=hint):
        read_configuration(write(text))


def test_a_missing_file_that_was_named_is_refused(tmp_path):
    with pytest.raises(BadConfiguration, match="cannot be read"):
        find_settings(tmp_path / "absent.toml", None)


def test_without_any_file_the_key_lies_in_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert find_settings(None, None).key_file.resolve() == tmp_path / "seawall.key"


def test_the_key_lies_beside_the_configuration(write, tmp_path):
    assert find_settings(write(""), None).key_file == tmp_path / "seawall.key"


def test_a_key_file_on_the_command_line_wins(write):
    assert find_settings(write(WHOLE), Path("other")).key_file == Path("other")


def test_the_environment_wins_over_the_file(write, seawall, tmp_path):
    write(WHOLE)
    result = seawall("id", "account", "mara", SEAWALL_ID_KEY_FILE=str(tmp_path / "absent"))
    assert f"no id key file {tmp_path / 'absent'}" in result.stderr


def settings(key_file: Path) -> Settings:
    return Settings(find_settings(None, key_file).configuration, key_file)


def test_a_run_makes_the_key_for_its_owner_alone(tmp_path):
    key = settings(tmp_path / "seawall.key").key_for_run(tmp_path / "run")
    assert (tmp_path / "seawall.key").stat().st_mode & 0o777 == 0o600
    assert settings(tmp_path / "seawall.key").key() == key


def test_looking_something_up_makes_no_key(tmp_path):
    with pytest.raises(BadConfiguration, match="the first `seawall run` makes it"):
        settings(tmp_path / "seawall.key").key()
    assert not (tmp_path / "seawall.key").exists()


@pytest.mark.parametrize("inside", ["seawall.key", "deep/down/seawall.key"])
def test_a_key_never_lies_in_the_run_that_it_keys(tmp_path, inside):
    with pytest.raises(BadConfiguration, match="inside the run folder"):
        settings(tmp_path / "run" / inside).key_for_run(tmp_path / "run")


def test_a_key_never_lies_in_an_earlier_run(tmp_path):
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "summary.json").write_text('{"seawall_version": "0"}')
    with pytest.raises(BadConfiguration, match="inside the run folder"):
        settings(tmp_path / "old" / "seawall.key").key_for_run(tmp_path / "run")


def test_holds_are_ids_with_remarks(write):
    path = write("# kept for a court\n00112233445566AA  # case 7\n\n", "holds.txt")
    assert read_holds(path) == {"00112233445566aa"}


@pytest.mark.parametrize("line", ["mara", "0011", "00112233445566aa00", "0x112233445566aa"])
def test_a_hold_that_is_no_id_stops_everything(write, line):
    with pytest.raises(BadConfiguration, match="line 2"):
        read_holds(write(f"\n{line}\n", "holds.txt"))


def test_absent_holds_stop_everything(tmp_path):
    with pytest.raises(BadConfiguration, match="nothing is removed"):
        read_holds(tmp_path / "holds.txt")
