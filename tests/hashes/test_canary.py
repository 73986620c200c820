"""The canary tells at once that matching is broken."""

from datetime import UTC, datetime, timedelta

import pytest

from seawall.hashes.canary import BANK, EVERY, Canary, read_state, require_alive
from seawall.hashes.store import BankStore
from seawall.records.errors import Unavailable

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    with BankStore(tmp_path) as store:
        Canary(store).install()
        yield store


def test_an_altered_copy_of_the_canary_matches(store):
    state = Canary(store).send(at=NOW)
    assert (state.alive, state.sent, state.missed) == (True, 1, 0)
    assert require_alive(store.folder, NOW + EVERY) == state


def test_a_lookup_that_silently_finds_nothing_is_an_alarm(store):
    Canary(store).send(at=NOW)
    Canary(store).send(lambda _: [], at=NOW)
    assert read_state(store.folder).missed == 1
    with pytest.raises(Unavailable, match="went through and did not match"):
        require_alive(store.folder, NOW)


def test_a_path_that_fails_is_an_alarm(store):
    def broken(_):
        raise TimeoutError("no answer")

    assert "TimeoutError: no answer" in Canary(store).send(broken).reason


def test_a_withdrawn_bank_is_an_alarm(store):
    store.withdraw(BANK, "seawall", ["canary"])
    assert not Canary(store).send().alive


def test_a_canary_that_is_no_longer_sent_is_an_alarm(store):
    Canary(store).send(at=NOW)
    with pytest.raises(Unavailable, match="is the worker running"):
        require_alive(store.folder, NOW + timedelta(minutes=16))


def test_before_the_first_canary_nothing_is_called_healthy(tmp_path):
    with pytest.raises(Unavailable, match="no canary was ever sent"):
        require_alive(tmp_path)
