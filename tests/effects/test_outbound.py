"""Outgoing connections go to listed places only, and each is in the ledger."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from seawall.effects.outbound import Destination, Outbound
from seawall.records.errors import BadConfiguration, Refused, Unavailable


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path.startswith("/slow"):
            time.sleep(1.5)
        if self.path.startswith("/short"):
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"only this")
            return
        moved = self.path.startswith("/moved")
        self.send_response(302 if moved else 200)
        if moved:
            self.send_header("Location", "http://169.254.169.254/")
        self.end_headers()
        self.wfile.write(b"x" * 5000 if self.path.startswith("/large") else b"fine")

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


@pytest.fixture
def outbound(server, tmp_path):
    return Outbound([Destination(server, private=True)], tmp_path / "ledger", timeout=0.5, largest=1000)


def test_a_listed_origin_answers_and_is_in_the_ledger_without_its_query(outbound, server):
    assert outbound.request("GET", f"{server}/a?token=secret", purpose="test").body == b"fine"
    (line,) = outbound.ledger.read_text().splitlines()
    row = json.loads(line)
    assert (row["to"], row["status"], row["purpose"]) == (f"{server}/a", 200, "test")
    assert "secret" not in line


@pytest.mark.parametrize(
    "url", ["https://example.org/", "http://127.0.0.1:1/", "ftp://127.0.0.1/", "http://u:p@127.0.0.1/"]
)
def test_what_is_not_listed_is_refused(outbound, url):
    with pytest.raises(Refused):
        outbound.request("GET", url, purpose="test")


def test_a_refusal_is_in_the_ledger_too(outbound):
    with pytest.raises(Refused, match="not allowed"):
        outbound.request("GET", "https://example.org/", purpose="test")
    assert "not allowed" in json.loads(outbound.ledger.read_text())["note"]


def test_a_redirect_is_not_followed(outbound, server):
    with pytest.raises(Refused, match="redirects are not followed"):
        outbound.request("GET", f"{server}/moved", purpose="test")


def test_a_private_address_is_refused_unless_listed_as_private():
    with pytest.raises(Refused, match="not public"):
        Outbound([Destination("https://localhost:1")]).request("GET", "https://localhost:1/", purpose="test")


@pytest.mark.parametrize("path", ["/slow", "/short", "/large"])
def test_an_answer_that_is_late_short_or_too_large_is_unavailable(outbound, server, path):
    with pytest.raises(Unavailable):
        outbound.request("GET", server + path, purpose="test")


@pytest.mark.parametrize("origin", ["http://example.org", "https://example.org/path", "example.org", ""])
def test_a_destination_that_is_no_origin_is_refused(origin):
    with pytest.raises(BadConfiguration):
        Destination(origin)
