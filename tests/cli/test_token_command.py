"""`seawall token`: who may ask the guard."""

import hashlib

import pytest
from click.testing import CliRunner

from seawall.api.token_file import read_tokens
from seawall.cli.token import token


@pytest.fixture
def run(tmp_path):
    return lambda *words: CliRunner().invoke(token, [*words, "--tokens", str(tmp_path / "tokens")])


def test_the_secret_is_printed_once_and_is_in_no_file(run, tmp_path):
    secret = run("search-1", "--scope", "guard:search", "--rate", "50").output.strip()
    (line,) = read_tokens(tmp_path / "tokens").tokens
    assert line.digest == hashlib.sha256(secret.encode()).hexdigest()
    assert (line.scopes, line.a_second) == (("guard:search",), 50.0)
    assert secret not in (tmp_path / "tokens").read_text()


def test_a_token_for_nothing_is_refused(run):
    told = run("search-1")
    assert told.exit_code == 2
    assert "at least one --scope" in told.output


def test_an_unknown_scope_is_refused(run):
    assert run("search-1", "--scope", "guard:everything").exit_code == 2


def test_a_revoked_token_is_gone(run, tmp_path):
    run("search-1", "--scope", "guard:search")
    assert run("search-1", "--revoke").output == "revoked search-1\n"
    assert read_tokens(tmp_path / "tokens").tokens == ()


def test_a_token_may_ask_the_banks(run, tmp_path):
    run("uploader", "--scope", "hashes:match")
    assert read_tokens(tmp_path / "tokens").tokens[0].scopes == ("hashes:match",)
