"""A local server that speaks what a test tells it to, and a session that may reach it."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from seawall.effects.outbound import Destination, Outbound
from seawall.hashes.store import BankStore
from seawall.intake.exchanges.session import ExchangeSession


class Exchange:
    """Answers each request by `answer(method, path, headers, body)`: bytes, or (status, headers, bytes)."""

    def __init__(self):
        self.requests = []
        self.answer = lambda *_: b""
        exchange = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                exchange.requests.append((self.command, self.path, dict(self.headers), body))
                told = exchange.answer(self.command, self.path, self.headers, body)
                status, headers, data = told if isinstance(told, tuple) else (200, {}, told)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = handle_any  # noqa: N815

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.base = f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def exchange():
    exchange = Exchange()
    yield exchange
    exchange.server.shutdown()


@pytest.fixture
def waits():
    return []


@pytest.fixture
def session(exchange, waits):
    outbound = Outbound([Destination(exchange.base, private=True)], timeout=1.0)
    session = ExchangeSession.basic(outbound, "test", "user", "word")
    session.sleep = waits.append
    return session


@pytest.fixture
def store(tmp_path):
    with BankStore(tmp_path / "banks") as store:
        yield store
