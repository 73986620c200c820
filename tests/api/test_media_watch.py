"""The guard's door tells when known media are no longer matched, and goes on answering."""

import time

import pytest
from asking import Deployment, serving

from seawall.hashes.canary import Canary, install
from seawall.hashes.entries import hash_list
from seawall.hashes.store import BankStore

WAIT = 25.0  # seconds; it looks every fifteen


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


def test_without_banks_nothing_is_said_of_them(client):
    assert "seawall_media" not in client.get("/metrics").text
