"""The receiver's door: seven calls, and a few of its own.

Basic authentication with an empty 401, a Request-ID in every answer, and failures on demand. It binds to this machine
only and keeps everything in memory.
"""

import base64
import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from seawall.disclosures.cybertip.receiver.multipart import read_form
from seawall.disclosures.cybertip.receiver.reports import Kept, Reports, response
from seawall.disclosures.cybertip.values import Code

LARGEST = 16 << 20
"""Bytes of a document that are read; files may be larger, they are not held."""
FAILURES = ("401", "429", "500", "dropped", "lost", "cut", "slow")
"""How a call can be made to fail, besides any number of a response code."""
_BASE = "/ispws/"


class Receiver(ThreadingHTTPServer):
    """The server; `port` 0 takes a free one."""

    daemon_threads = True

    def __init__(self, user: str, password: str, port: int = 0, slow: float = 5.0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.reports = Reports()
        self.lock = threading.Lock()
        self.expected = b"Basic " + base64.b64encode(f"{user}:{password}".encode())
        self.failures: list[tuple[str, str]] = []
        self.slow = slow

    @property
    def base(self) -> str:
        """The address that credentials for a local receiver name."""
        return f"http://127.0.0.1:{self.server_address[1]}/ispws"

    def fail(self, call: str, how: str, times: int = 1) -> None:
        """Make the next calls of a name fail: one of FAILURES, or a response code."""
        if how not in FAILURES and not how.isdigit():
            raise ValueError(f"{how!r} is none of {', '.join(FAILURES)} and no code")
        with self.lock:
            self.failures += [(call, how)] * times

    def failure(self, call: str) -> str:
        """How this call is to fail, once; empty where it is not."""
        with self.lock:
            for place, (name, how) in enumerate(self.failures):
                if name == call:
                    del self.failures[place]
                    return how
        return ""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error here."""


class _Handler(BaseHTTPRequestHandler):
    server: Receiver
    server_version = "seawall-receiver"
    timeout = 30

    def do_GET(self) -> None:
        if self.path.startswith("/control/"):
            return self._control({})
        return self._answer({"status": self._status, "xsd": self._xsd})

    def do_POST(self) -> None:
        if self.path.startswith("/control/"):
            return self._control(json.loads(self._body() or b"{}"))
        return self._answer(
            {
                "submit": self._submit,
                "upload": self._upload,
                "fileinfo": self._fileinfo,
                "finish": self._finish,
                "retract": self._retract,
            }
        )

    def _answer(self, calls: dict[str, Callable[[], bytes]]) -> None:
        call = self.path.removeprefix(_BASE).partition("?")[0]
        if call not in calls:
            return self._send(404, b"")
        how = self.server.failure(call)
        given = self.headers.get("Authorization", "").encode()
        if how == "dropped":
            self.close_connection = True
            return None
        if how == "401" or not hmac.compare_digest(given, self.server.expected):
            return self._send(self._unread(401), b"")
        if how in {"429", "500"}:
            return self._send(self._unread(int(how)), b"")
        if how.isdigit():
            self._unread(200)
            return self._send(200, response(int(how), "as the test asked"))
        body = calls[call]()
        return self._fail_after(how, body)

    def _unread(self, status: int) -> int:
        """Read and forget the body first: a client that still sends would not see the answer."""
        left = int(self.headers.get("Content-Length") or 0)
        while left > 0 and (piece := self.rfile.read(min(left, 1 << 16))):
            left -= len(piece)
        return status

    def _fail_after(self, how: str, body: bytes) -> None:
        """Answer, or fail though the call was carried out."""
        if how == "slow":
            time.sleep(self.server.slow)
        if how == "lost":
            self.close_connection = True
        elif how == "cut":
            self._send(200, body, cut=True)
        else:
            self._send(200, body)

    def _send(self, status: int, body: bytes, *, cut: bool = False) -> None:
        self.send_response(status)
        self.send_header("Request-ID", secrets.token_hex(8))
        if body:
            self.send_header("Content-Type", "text/xml; charset=utf-8")
        if status == 429:
            self.send_header("Retry-After", "0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        self.close_connection = True

    def _body(self) -> bytes:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST:
            raise ValueError("the document is too large")
        return self.rfile.read(length)

    def _form_id(self) -> str:
        return parse_qs(self._body().decode()).get("id", [""])[0]

    def _status(self) -> bytes:
        return response(Code.OK, "Remote user is known.")

    def _xsd(self) -> bytes:
        return self.server.reports.schema()

    def _submit(self) -> bytes:
        return self._locked(self.server.reports.submit, self._body())

    def _fileinfo(self) -> bytes:
        return self._locked(self.server.reports.fileinfo, self._body())

    def _finish(self) -> bytes:
        return self._locked(self.server.reports.finish, self._form_id())

    def _retract(self) -> bytes:
        return self._locked(self.server.reports.retract, self._form_id())

    def _upload(self) -> bytes:
        length = int(self.headers.get("Content-Length") or 0)
        try:
            form = read_form(self.rfile.read, length, self.headers.get("Content-Type", ""))
        except ValueError as error:
            return response(Code.MALFORMED_FILE, str(error))
        if not form.md5:
            return response(Code.NO_FILE)
        return self._locked(self.server.reports.upload, form.fields.get("id", ""), form.md5, form.size)

    def _locked(self, call: Callable[..., bytes], *arguments: Any) -> bytes:
        with self.server.lock:
            return call(*arguments)

    def _control(self, told: dict[str, Any]) -> None:
        """The receiver's own calls: reports, clock, fail."""
        what, server = self.path.removeprefix("/control/"), self.server
        if what == "clock":
            server.reports.forward += timedelta(seconds=float(told.get("forward", 0)))
        elif what == "fail":
            server.fail(str(told["call"]), str(told["how"]), int(told.get("times", 1)))
        elif what != "reports":
            return self._send(404, b"")
        with server.lock:
            kept = [_shown(one) for one in server.reports.kept.values()]
        return self._send(200, json.dumps({"now": server.reports.now().isoformat(), "reports": kept}).encode())

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002  its name upstream
        """Nothing is logged: requests hold what must not stand in a log."""


def _shown(report: Kept) -> dict[str, Any]:
    """One report as the control calls tell it."""
    return {
        "id": report.id,
        "state": report.state,
        "finishes": report.finishes,
        "files": report.files,
        "described": sorted(report.details),
        "opened": report.opened.isoformat(),
        "xml": report.xml.decode(),
    }
