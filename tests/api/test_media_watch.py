"""The guard's door tells when known media are no longer matched, and goes on answering."""

import asyncio
import time

import numpy as np
import pytest
from asking import Deployment, serving

from seawall.api.media import MediaWatch
from seawall.hashes.canary import Canary, install
from seawall.hashes.entries import hash_list
from seawall.hashes.index import IndexWriter
from seawall.hashes.store import BankStore

WAIT = 40.0  # seconds; it looks every five


@pytest.fixture
def deployment(tmp_path):
    made = Deployment.make(tmp_path)
    with BankStore(tmp_path / "banks") as banks:
        install(banks)
        banks.add("KNOWN", hash_list([{"kind": "md5", "value": "ab" * 16}]))
        Canary.of(banks).send()
    return made


def gauge(client, name):
    told = [line for line in client.get("/metrics").text.splitlines() if line.startswith(f"seawall_media_{name} ")]
    return float(told[0].split()[1]) if told else None


def test_a_missed_canary_is_in_the_metrics_and_degrades_without_unreadying(deployment):
    with serving(deployment, "--media", "banks") as server, server.client() as client:
        end = time.monotonic() + WAIT
        while gauge(client, "canary_alive") is None and time.monotonic() < end:
            time.sleep(0.1)
        assert gauge(client, "canary_alive") == 1
        assert 0 < gauge(client, "canary_age_seconds") < 600
        assert 0 < gauge(client, "list_age_seconds") < 600
        assert gauge(client, "index_damaged") == 0
        assert client.get("/readyz").json()["degraded"] == []
        Canary(deployment.folder / "banks", lambda _: []).send()
        while gauge(client, "canary_alive") == 1 and time.monotonic() < end:
            time.sleep(0.1)
        told = client.get("/readyz")
        assert (told.status_code, told.json()["ready"]) == (200, True)
        (why,) = told.json()["degraded"]
        assert why.startswith("known media: the canary was missed")
        with server.client("") as stranger:
            assert "degraded" not in stranger.get("/readyz").json()


def test_damage_inside_a_block_is_told_again_and_again(tmp_path):
    with BankStore(tmp_path) as banks:
        install(banks)
        Canary.of(banks).send()
    with IndexWriter(tmp_path / "index") as writer:
        writer.seal(np.random.default_rng(0).integers(0, 2**64, (40_000, 4), dtype=np.uint64), np.arange(40_000) + 9)
    watch = MediaWatch(tmp_path)
    asyncio.run(watch.look(0.0))
    assert watch.degraded() == []
    (segment,) = (tmp_path / "index").glob("segment-*")
    data = bytearray(segment.read_bytes())
    data[len(data) // 2] ^= 1
    segment.write_bytes(data)
    watch = MediaWatch(tmp_path)
    for now in (0.0, 100.0):
        assert asyncio.run(watch.look(now))
        assert watch.told.gauges()["seawall_media_index_damaged"] == 1
        assert "does not hold what was written" in watch.degraded()[0]
    assert not asyncio.run(watch.look(101.0))


def test_without_banks_nothing_is_said_of_them(client):
    assert "seawall_media" not in client.get("/metrics").text
