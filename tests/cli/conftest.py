"""The command as its users meet it: in a folder of their own."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from seawall.cli.main import cli

sys.path.append(str(Path(__file__).parents[1] / "lake"))  # both rooms' tests use its run folders
from run_folders import KEY


@pytest.fixture
def seawall(tmp_path, monkeypatch):
    """Runs a command in a folder of its own; the result has exit_code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    for name in ("SEAWALL_ID_KEY_FILE", "SEAWALL_DEBUG"):
        monkeypatch.delenv(name, raising=False)

    def call(*words: object, text: str | None = None, **environment: str) -> Result:
        return CliRunner().invoke(cli, [str(word) for word in words], input=text, env=environment, prog_name="seawall")

    return call


@pytest.fixture
def key_file(tmp_path):
    """The key that the run folders of the tests were made with."""
    path = tmp_path / "seawall.key"
    path.write_text(KEY.secret.hex() + "\n")
    path.chmod(0o600)
    return path
