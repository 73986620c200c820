"""The canary goes the whole way of an upload: over HTTP, through hashing, into the banks and back."""

import threading
import time

import pytest
import uvicorn
from asking import clients_of

from seawall.api.hma.door import HmaDoor
from seawall.api.tokens import MATCH, Token
from seawall.hashes.canary import BANK, Canary, install
from seawall.hashes.curation import Curation
from seawall.hashes.health import media_health
from seawall.hashes.store import BankStore
from seawall.intake.canary_door import CanaryDoor


@pytest.fixture
def store(tmp_path):
    with BankStore(tmp_path) as store:
        install(store)
        yield store


@pytest.fixture
def address(store):
    door = HmaDoor.of(store, clients_of([Token.of("canary", "secret", [MATCH])]), print)
    server = uvicorn.Server(uvicorn.Config(door, port=0, lifespan="off", log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def canary(store, address, token="secret"):
    return Canary(store.folder, CanaryDoor.of(address, token, store.folder / "outbound.jsonl", private=True))


def test_it_comes_back_as_a_match_while_the_door_serves(store, address):
    state = canary(store, address).send()
    assert (state.alive, state.reason) == (True, "")
    assert media_health(store.folder).ready


def test_a_bank_that_takes_no_part_in_matching_is_an_alarm(store, address):
    Curation.of(store).set_matching(BANK, 0)
    canary(store, address).send()
    assert "did not match" in media_health(store.folder).alarms[0]


def test_a_door_that_refuses_or_is_gone_is_an_alarm(store, address):
    assert "the door answered 401" in canary(store, address, "wrong").send().reason
    assert "the path failed" in canary(store, "http://127.0.0.1:9").send().reason
