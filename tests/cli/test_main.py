"""The command as a whole: quick to start, plain when it fails."""

import os
import signal
import subprocess
import sys
import time

import click
import pytest

from seawall.cli import main as entrance
from seawall.cli.main import COMMANDS, cli
from seawall.records.errors import BadInput, Damaged, Refused, SeawallError, Unavailable


def subprocess_of(*words: str, **environment: str) -> subprocess.Popen[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SEAWALL")}
    return subprocess.Popen(
        [sys.executable, "-m", "seawall.cli.main", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**kept, **environment},
    )


@pytest.fixture
def failing(seawall, monkeypatch):
    """Calls a verb that raises what it is given."""

    def call(error: BaseException, **environment: str):
        @click.command()
        def fail() -> None:
            raise error

        monkeypatch.setattr(entrance, "planted", fail, raising=False)
        monkeypatch.setitem(COMMANDS, "fail", ("seawall.cli.main:planted", "Fail."))
        return seawall("fail", **environment)

    return call


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"]])
def test_it_shows_every_verb(seawall, words):
    result = seawall(*words)
    assert all(f"  {name} " in result.output for name in COMMANDS)


def test_help_loads_no_heavy_library():
    loaded = "import sys; from seawall.cli.main import cli\ntry: cli(['--help'])\nexcept SystemExit: pass\n"
    heavy = "print(sorted({'numpy', 'pyarrow', 'numba', 'ibis', 'rich', 'jinja2'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", loaded + heavy], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("[]\n")


def test_the_version_is_that_of_the_package(seawall):
    assert seawall("--version").stdout.startswith("seawall 0.")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_line_in_the_list_is_the_first_of_the_verbs_help(name):
    command = cli.get_command(click.Context(cli), name)
    assert command.help.splitlines()[0] == COMMANDS[name][1]


def test_a_mistyped_verb_gets_the_right_one_as_a_hint(seawall):
    result = seawall("evalute")
    assert result.exit_code == 2
    assert result.stderr == "seawall: there is no command 'evalute'. Did you mean evaluate? See `seawall --help`.\n"


def test_a_missing_option_is_told_on_one_line(seawall):
    result = seawall("run", "activity")
    assert result.exit_code == 2
    assert result.stderr == "seawall: Missing option '--out'. See `seawall run --help`.\n"


@pytest.mark.parametrize("error", [SeawallError, BadInput, Refused, Damaged, Unavailable])
def test_our_errors_end_as_their_message_and_code(failing, error):
    result = failing(error("this is wrong. Do that."))
    assert (result.exit_code, result.stderr) == (error.exit_code, "seawall: this is wrong. Do that.\n")


def test_a_file_that_cannot_be_read_is_named(failing):
    result = failing(PermissionError(13, "Permission denied", "/some/file"))
    assert (result.exit_code, result.stderr) == (1, "seawall: /some/file: Permission denied.\n")


def test_an_error_of_our_own_tells_how_to_see_more(failing):
    result = failing(TypeError("a\nb"))
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "SEAWALL_DEBUG=1" in result.stderr


def test_whoever_debugs_gets_the_traceback(failing):
    error = TypeError("a")
    assert failing(error, SEAWALL_DEBUG="1").exception is error


def test_an_interrupt_ends_as_shells_expect(failing):
    assert failing(KeyboardInterrupt()).exit_code == 130


def test_an_interrupted_process_leaves_no_traceback(tmp_path):
    (tmp_path / "seawall.key").write_text("00" * 32)
    (tmp_path / "seawall.key").chmod(0o600)
    process = subprocess_of("id", "account", "-", "--key-file", str(tmp_path / "seawall.key"))
    time.sleep(4)  # into reading standard input, or still importing: both must end well
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert (process.returncode, told.strip()) == (130, "seawall: stopped.")


def test_a_reader_that_goes_away_is_no_error():
    process = subprocess_of("--help")
    process.stdout.close()
    process.stdin.close()
    process.wait(timeout=60)
    assert process.stderr.read() == ""
