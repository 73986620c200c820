"""The first run: an empty folder becomes a console, and nothing is a default."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from seawall.console.serving import Address
from seawall.records.errors import BadConfiguration

PREPARE = """
from pathlib import Path
import sys
from seawall.console.first_run import prepare
first = prepare(Path(sys.argv[1]), "keeper")
print(first.name + " " + first.password if first else "nobody new")
"""


def prepare(home: Path) -> subprocess.CompletedProcess[str]:
    """Prepare a folder in a process of its own, as the command does."""
    told = {name: value for name, value in os.environ.items() if not name.startswith("SEAWALL_")}
    command = [sys.executable, "-c", PREPARE, str(home)]
    return subprocess.run(command, env=told | {"SEAWALL_PLAIN_HTTP": "1"}, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> tuple[Path, list[str]]:
    """A folder that was prepared twice, and what each time said."""
    home = tmp_path_factory.mktemp("first") / "home"
    return home, [prepare(home).stdout.strip() for _ in range(2)]


def test_the_password_is_drawn_and_told_once(prepared):
    _, told = prepared
    name, password = told[0].split()
    assert name == "keeper"
    assert len(password) >= 20
    assert told[1] == "nobody new"


def test_the_folder_is_its_owners_alone(prepared):
    home, _ = prepared
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "secret").stat().st_mode) == 0o600


def test_two_folders_have_two_secrets(prepared, tmp_path):
    prepare(tmp_path / "other")
    assert (prepared[0] / "secret").read_text() != (tmp_path / "other" / "secret").read_text()


def test_a_folder_that_others_can_read_is_refused(tmp_path):
    (tmp_path / "open").mkdir(mode=0o755)
    done = prepare(tmp_path / "open")
    assert "chmod 700" in done.stderr


def test_passwords_never_travel_in_the_clear():
    Address("127.0.0.1", 8400).check()
    Address("::1", 8400).check()
    Address("0.0.0.0", 8400, behind="10.0.0.2").check()
    for host in ("0.0.0.0", "10.0.0.1", "console.example"):
        with pytest.raises(BadConfiguration, match="without TLS"):
            Address(host, 8400).check()


def test_a_certificate_takes_its_key(tmp_path):
    with pytest.raises(BadConfiguration, match="go together"):
        Address("10.0.0.1", 8400, certificate=tmp_path / "certificate.pem").check()
