"""The canary tells at once that matching is broken."""

import threading
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from seawall.hashes.canary import BANK, EVERY, Canary, install, read_state
from seawall.hashes.health import media_health
from seawall.hashes.index import IndexWriter
from seawall.hashes.store import BankStore
from seawall.records.errors import Unavailable

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    with BankStore(tmp_path) as store:
        install(store)
        yield store


def test_an_altered_copy_of_the_canary_matches(store):
    state = Canary.of(store).send(at=NOW)
    assert (state.alive, state.sent, state.missed) == (True, 1, 0)
    health = media_health(store.folder, NOW + EVERY)
    assert health.ready
    assert health.canary == state
    assert health.gauges()["seawall_media_canary_alive"] == 1


def test_a_lookup_that_silently_finds_nothing_is_an_alarm(store):
    Canary.of(store).send(at=NOW)
    Canary(store.folder, lambda _: []).send(at=NOW)
    health = media_health(store.folder, NOW)
    assert not health.ready
    assert "went through and did not match" in health.alarms[0]
    gauges = health.gauges()
    assert (gauges["seawall_media_canary_sent"], gauges["seawall_media_canary_missed"]) == (2, 1)
    with pytest.raises(Unavailable, match="Matching is broken"):
        health.require()


def test_a_path_that_fails_is_an_alarm(store):
    def broken(_):
        raise TimeoutError("no answer")

    assert "TimeoutError: no answer" in Canary(store.folder, broken).send().reason


def test_a_withdrawn_bank_is_an_alarm(store):
    store.withdraw(BANK, "seawall", ["canary"])
    assert not Canary.of(store).send().alive


def test_a_canary_that_is_no_longer_sent_is_an_alarm(store):
    Canary.of(store).send(at=NOW)
    assert media_health(store.folder, NOW + timedelta(minutes=15)).ready
    assert "is the worker running" in media_health(store.folder, NOW + timedelta(minutes=16)).alarms[0]


def test_before_the_first_canary_nothing_is_called_healthy(tmp_path):
    health = media_health(tmp_path)
    assert "no canary was ever sent" in health.alarms[0]
    assert "holds no hash index" in health.alarms[1]


def test_a_damaged_index_is_an_alarm_when_every_block_is_verified(tmp_path):
    with BankStore(tmp_path) as store:
        install(store)
        Canary.of(store).send(at=NOW)
    with IndexWriter(tmp_path / "index") as writer:
        writer.seal(np.random.default_rng(0).integers(0, 2**64, (40_000, 4), dtype=np.uint64), np.arange(40_000) + 9)
    (segment,) = (tmp_path / "index").glob("segment-*")
    data = bytearray(segment.read_bytes())
    data[len(data) // 2] ^= 1
    segment.write_bytes(data)
    assert media_health(tmp_path, NOW).ready  # no block was read yet
    assert "damaged" in media_health(tmp_path, NOW, verify=True).alarms[0]


def test_a_canary_is_sent_again_and_again_until_told_to_stop(store):
    stop, seen = threading.Event(), []

    def path(_):
        seen.append(1)
        if len(seen) == 3:
            stop.set()
        return [BANK]

    Canary(store.folder, path).keep_sending(stop, timedelta(milliseconds=1))
    assert read_state(store.folder).sent == 3
