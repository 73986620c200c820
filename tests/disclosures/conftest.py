"""What tests of disclosures share: a ledger, a receiver, a store of media, an invented case."""

import shutil
import threading
from http.server import ThreadingHTTPServer

import pytest
from disclosing import KEY, PASSWORD, USER, MediaHandler, RecordingHandler
from django.db import connections
from django.test import override_settings

import reaching
from databases import database, postgres, sqlite_template, use  # noqa: F401
from seawall.disclosures.cybertip.receiver.server import Receiver
from seawall.disclosures.ledger import Ledger
from seawall.effects.outbound import Destination, Outbound


@pytest.fixture
def home(tmp_path, sqlite_template):  # noqa: F811
    """A folder with an empty database that is in use for the time of a test."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    shutil.copy(sqlite_template, home / "seawall.db")
    use(f"sqlite:///{home / 'seawall.db'}")
    with override_settings(AUDIT_FOLDER=home / "audit", CONFIGURATION=home / "seawall.toml", HOME=home):
        yield home
    connections.close_all()


@pytest.fixture
def ledger(home):
    return Ledger(KEY)


def serve(server):
    reaching.CONFIGURED.add(server.server_address[1])
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def receiver():
    yield from serve(Receiver(USER, PASSWORD, slow=0.6))


@pytest.fixture
def media_server():
    """The platform's store: it serves what an invented case says it holds."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), MediaHandler)
    server.files, server.base = {}, ""
    server.base = f"http://127.0.0.1:{server.server_address[1]}"
    yield from serve(server)


@pytest.fixture
def recorder():
    """A server that keeps every request and answers 200 with nothing, unless a test says otherwise."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), RecordingHandler)
    server.seen, server.answer = [], lambda method, path, body: (200, b"{}")
    server.base = f"http://127.0.0.1:{server.server_address[1]}"
    server.outbound = Outbound([Destination(server.base, private=True)], timeout=2.0)
    yield from serve(server)


@pytest.fixture(autouse=True)
def nothing_else_is_reached():
    """No test connects to anything but the servers that it configured."""
    opened, looked_up = len(reaching.OPENED), len(reaching.LOOKED_UP)
    yield
    strange = [one for one in reaching.OPENED[opened:] if one[0] != "127.0.0.1" or one[1] not in reaching.CONFIGURED]
    assert strange == [], f"connections to what was not configured: {strange}"
    assert set(reaching.LOOKED_UP[looked_up:]) <= {"127.0.0.1"}
