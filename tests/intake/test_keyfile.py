"""The key file is made once, kept private, and never guessed at."""

import stat

import pytest

from seawall.intake.keyfile import load_or_make
from seawall.records.errors import BadConfiguration


def test_it_makes_a_private_file_once(tmp_path):
    path = tmp_path / "keys" / "id.key"
    first = load_or_make(path)
    assert len(first.secret) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_or_make(path) == first
    assert load_or_make(tmp_path / "other.key") != first


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_it_refuses_a_file_that_others_can_use(tmp_path, mode):
    path = tmp_path / "id.key"
    load_or_make(path)
    path.chmod(mode)
    with pytest.raises(BadConfiguration, match="chmod 600"):
        load_or_make(path)


@pytest.mark.parametrize("text", ["", "abc", "zz" * 32, "ab" * 31, "ab" * 33, "é" * 64])
def test_it_refuses_a_file_without_a_key(tmp_path, text):
    path = tmp_path / "id.key"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(BadConfiguration, match="64 hex digits"):
        load_or_make(path)


def test_it_refuses_a_folder_and_a_path_that_cannot_be(tmp_path):
    (tmp_path / "file").touch()
    for path in (tmp_path, tmp_path / "file" / "id.key"):
        with pytest.raises(BadConfiguration):
            load_or_make(path)
