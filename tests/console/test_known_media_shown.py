"""The page of the guard shows whether known media are being matched."""

import pytest
from django.conf import settings

from seawall.cli.up import parts_of
from seawall.hashes.canary import Canary, install
from seawall.hashes.entries import hash_list
from seawall.hashes.store import BankStore


@pytest.fixture
def banks(database):
    with BankStore(settings.HOME / "banks") as banks:
        install(banks)
        banks.add("KNOWN", hash_list([{"kind": "md5", "value": "ab" * 16}]))
        yield banks


def shown(browser):
    return browser("lead").get("/guard/").content.decode()


def test_a_found_canary_is_well(browser, banks):
    Canary.of(banks).send()
    page = shown(browser)
    assert "canary found 0 hours ago" in page
    assert "lists last fed 0 hours ago" in page
    assert "Matching is broken" not in page


def test_a_missed_canary_and_an_entry_that_was_set_aside_are_not(browser, banks):
    Canary(banks.folder, lambda _: []).send()
    banks.quarantine(2, "matched uploads of 1000 accounts")
    page = shown(browser)
    assert "Matching is broken" in page
    assert "known media may not be matched" in page
    assert "entry 2: matched uploads of 1000 accounts" in page


def test_one_machine_takes_the_key_that_its_run_was_made_with(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SEAWALL_ID_KEY_FILE", raising=False)
    home = tmp_path / "home"
    home.mkdir()
    key_of = lambda: parts_of(home, 1, 2, 3)[1].command[-3]  # noqa: E731
    assert key_of() == str(tmp_path / "seawall.key")
    (home / "seawall.key").touch()
    assert key_of() == str(home / "seawall.key")
    monkeypatch.setenv("SEAWALL_ID_KEY_FILE", "elsewhere.key")
    assert key_of() == str(tmp_path / "elsewhere.key")


def test_one_machine_serves_banks_where_there_are_some(banks, tmp_path):
    with_banks, without = (parts_of(home, 1, 2, 3) for home in (settings.HOME, tmp_path))
    assert [part.name for part in with_banks] == ["console", "guard", "executor", "media"]
    assert "--media" in with_banks[1].command
    assert [part.name for part in without] == ["console", "guard", "executor"]
    assert "--media" not in without[1].command
