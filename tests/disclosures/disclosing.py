"""Invented cases on their way to a local receiver."""

from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler

import databases  # noqa: F401  it sets Django up before a model is imported
from seawall.disclosures.cybertip.calls import Tipline
from seawall.disclosures.cybertip.environments import Credentials
from seawall.disclosures.cybertip.filing import file_drafts
from seawall.disclosures.cybertip.sending import Patience, Sender
from seawall.disclosures.example import content_of
from seawall.disclosures.media_store import MediaStore
from seawall.disclosures.pace import Pace
from seawall.effects.outbound import Destination, Outbound
from seawall.records.ids import IdKey

KEY = IdKey(bytes(range(32)))
USER, PASSWORD = "provider", "a password for tests"
NOW = datetime(2026, 6, 1, tzinfo=UTC)


class MediaHandler(BaseHTTPRequestHandler):
    """Serves `server.files` by path."""

    def do_GET(self):
        body = self.server.files.get(self.path)
        self.send_response(200 if body is not None else 404)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_):
        pass


def fill(server, dossier):
    """Put the files of a case into the platform's store."""
    for suspect in dossier.suspects:
        for media in suspect.media:
            server.files[media.locator.removeprefix(server.base)] = content_of(media)
    return dossier


def approved(ledger, dossier, environment="local"):
    """The disclosures of a case, drafted, checked and approved by two people."""
    filed = file_drafts(ledger, dossier, environment, NOW)
    for disclosure in filed:
        ledger.approve(disclosure, "first", "session-1", NOW)
        assert ledger.approve(disclosure, "second", "session-2", NOW)
    return filed


def tipline(base, home, timeout=5.0, password=PASSWORD):
    credentials = Credentials(environment="local", user=USER, password=password, base=base)
    outbound = Outbound([credentials.destination], home / "outbound.jsonl", timeout=timeout)
    return Tipline(outbound, credentials, Pace(per_minute=10**7, burst=10**6))


def sender(ledger, receiver, home, media_server=None, *, timeout=5.0, tries=4, password=PASSWORD, base=None):
    store = None
    if media_server is not None:
        outbound = Outbound([Destination(media_server.base, private=True)], home / "outbound.jsonl", timeout=timeout)
        store = MediaStore(outbound)
    line = tipline(base or receiver.base, home, timeout, password)
    return Sender(ledger, line, store, "tester", Patience(tries, 0.0, 0.0))


class RecordingHandler(BaseHTTPRequestHandler):
    """Keeps what came in `server.seen` as (method, path, headers, body); `server.answer` decides what goes out."""

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        told = {name.lower(): value for name, value in self.headers.items()}
        self.server.seen.append((self.command, self.path, told, body))
        status, answer = self.server.answer(self.command, self.path, body)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815  their names upstream

    def log_message(self, *_):
        pass
