"""A platform's server that does each effect once, and keeps what it was sent."""

import json
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import databases  # noqa: F401  Django is set up before its tables are imported
from seawall.effects.webhook import verified

SECRET = b"an invented secret of thirty-two bytes or more"


class Receiver:
    """Listens on a free port; `answers` are given first, then 200."""

    def __init__(self, answers: tuple[int, ...] = ()) -> None:
        self.requests: Counter[str] = Counter()
        self.done: dict[str, dict] = {}
        self.order: list[str] = []
        self.answers = list(answers)
        self.lock = threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def take(self, headers: dict[str, str], body: bytes) -> int:
        if not verified(SECRET, headers, body, time.time()):
            return 401
        with self.lock:
            effect = headers["seawall-effect"]
            self.requests[effect] += 1
            if self.answers:
                return self.answers.pop(0)
            if effect in self.done:
                return 409
            self.done[effect] = json.loads(body)
            self.order.append(effect)
            return 200

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiver.take({name.lower(): value for name, value in self.headers.items()}, body)
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        return Handler


def configuration(origin: str, secret_file: object, extra: str = "") -> str:
    """A seawall.toml whose only sink is this receiver."""
    return f"""
[effects.sinks.platform]
type = "webhook"
[effects.sinks.platform.options]
url = "{origin}/effects"
secret_file = "{secret_file}"
private = true
{extra}
"""
