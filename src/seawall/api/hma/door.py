"""The door of Hasher-Matcher-Actioner: its JSON, behind tokens.

A client of HMA 2 changes its address and sends a bearer token. What differs: every call needs a token; distances are
told only to tokens with `hashes:investigate`; addresses are not fetched (send the file); a bank's content is one
signal; an exchange is reached only where the operator lists its address. A lookup may name the account that uploads:
an entry that matches too many accounts is set aside. A bare ASGI application: any server runs it.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self
from urllib.parse import parse_qs

import msgspec
import pyarrow as pa

from seawall.api.hma import curating, exchanges, matching
from seawall.api.hma.request import Answer, Holdings, HttpError, Request
from seawall.api.token_file import Client, Clients
from seawall.api.tokens import CURATE, EXCHANGE, HASH, INVESTIGATE, MATCH, ProbeWatch
from seawall.hashes.curation import Curation
from seawall.hashes.entries import DIGITS, HashKind
from seawall.hashes.flood import FloodGuard
from seawall.hashes.hexadecimal import decode, words
from seawall.hashes.store import BankStore
from seawall.intake.exchanges.book import ExchangeBook
from seawall.records.errors import SeawallError

_LARGEST = 64 << 20
Handler = Callable[..., Any]


@dataclass(slots=True)
class HmaDoor:
    """The application; `alarm` is called with a sentence where a token probes."""

    holdings: Holdings
    clients: Clients
    alarm: Callable[[str], None]
    watch: ProbeWatch = field(default_factory=ProbeWatch)

    @classmethod
    def of(
        cls, store: BankStore, clients: Clients, alarm: Callable[[str], None], book: ExchangeBook | None = None
    ) -> Self:
        """A door to a store; `book` lists where exchanges are reached, by default their official addresses."""
        holdings = Holdings(store, Curation.of(store), book or ExchangeBook.of(store), FloodGuard(store))
        return cls(holdings, clients, alarm)

    async def __call__(
        self,
        scope: Mapping[str, Any],
        receive: Callable[[], Awaitable[dict[str, Any]]],
        send: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        """Answer one HTTP request."""
        if scope["type"] != "http":
            return
        try:
            handler, groups, needed = _route(scope["method"], scope["path"])
            request = self._admitted(scope, needed)  # before a byte of the body is taken
            request = replace(request, body=await _body(receive))
            told = await asyncio.to_thread(self._answer, handler, groups, request)
        except HttpError as error:
            told = Answer(error.status, {"message": str(error)})
        data = told.told.encode() if isinstance(told.told, str) else msgspec.json.encode(told.told)
        headers = [
            (b"content-type", b"text/plain" if isinstance(told.told, str) else b"application/json"),
            (b"content-length", str(len(data)).encode()),
            (b"cache-control", b"no-store"),
            *told.headers,
        ]
        await send({"type": "http.response.start", "status": told.status, "headers": headers})
        await send({"type": "http.response.body", "body": data})

    def _answer(self, handler: Handler, groups: tuple[str, ...], request: Request) -> Answer:
        try:
            request = request.hashed()
            with self.holdings.lock:
                climbs = self._climbs(request)
                told = handler(self.holdings, request, *groups)
        except SeawallError as error:
            raise HttpError(400, str(error)) from error
        if climbs and request.token:
            self.alarm(f"token {request.token.name} asks for hashes a few bits apart: it may be probing.")
        return told if isinstance(told, Answer) else Answer(200, told)

    def _admitted(self, scope: Mapping[str, Any], needed: str) -> Request:
        """A request without its body, whose token may do this and has not spent its rate; raises HttpError."""
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        query = {key: value[-1] for key, value in parse_qs(scope["query_string"].decode("latin-1")).items()}
        client = self.clients.bearer(headers.get("authorization", ""))
        if needed:
            _require(client, needed)
        return Request(client.token if client else None, scope["path"], query, headers.get("content-type", ""), b"")

    def _climbs(self, request: Request) -> bool:
        """Whether a token's questions look like the steps of a ladder of distances now."""
        if request.token is None or not request.path.startswith("/m/"):
            return False
        pdq = request.upload.signals.get("pdq") if request.upload else request.query.get("signal", "")
        hashes, fine = decode(pa.array([pdq], pa.string()), DIGITS[HashKind.PDQ])
        return bool(fine[0]) and self.watch.observe(request.token.name, words(hashes))


async def _body(receive: Callable[[], Awaitable[dict[str, Any]]]) -> bytes:
    pieces, size, more = [], 0, True
    while more:
        message = await receive()
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > _LARGEST:
            raise HttpError(413, "the body is too large")
        more = message.get("more_body", False)
    return b"".join(pieces)


def _route(method: str, path: str) -> tuple[Handler, tuple[str, ...], str]:
    """The handler of a path, what the path names, and the scope that is needed."""
    found = [
        (verb, needed, handler, match)
        for verb, pattern, needed, handler in _ROUTES
        if (match := re.fullmatch(pattern, path))
    ]
    for verb, needed, handler, match in found:
        if verb == method:
            return handler, match.groups(), needed
    raise HttpError(405, "not this method") if found else HttpError(404, "no such endpoint")


def _require(client: Client | None, needed: str) -> None:
    if client is None:
        raise HttpError(401, "send a token, as Authorization: Bearer …")
    if needed not in client.token.scopes:
        raise HttpError(403, f"this token lacks the scope {needed}")
    if client.rate.wait(time.monotonic()) > 0:
        raise HttpError(429, "this token has spent its rate")


def _home(_: Holdings, __: Request) -> Answer:
    return Answer(302, "", ((b"location", b"/status"),))


def _status(holdings: Holdings, _: Request) -> str:
    if holdings.store.writer.index.state != "current":
        raise HttpError(503, "INDEX-STALE")
    return "I-AM-ALIVE"


def _live(_: Holdings, __: Request) -> str:
    return "I-AM-ALIVE"


def _site_map(_: Holdings, __: Request) -> list[str]:
    return sorted({re.sub(r"\([^)]*\)", "<name>", pattern) for _, pattern, _, _ in _ROUTES})


_NAME = "([A-Z0-9_]+)"
_BANK, _CONTENT, _EXCHANGE = f"/c/bank/{_NAME}", f"/c/bank/{_NAME}/content/([0-9]+)", f"/c/exchange/{_NAME}"
_API = "/c/exchanges/api/([a-z0-9_]+)"
_ROUTES: tuple[tuple[str, str, str, Handler], ...] = (
    ("GET", "/", "", _home),
    ("GET", "/status", "", _status),
    ("GET", "/status/live", "", _live),
    ("GET", "/site-map", "", _site_map),
    ("GET", "/h/hash", HASH, matching.hash_upload),
    ("POST", "/h/hash", HASH, matching.hash_upload),
    ("GET", "/m/raw_lookup", MATCH, matching.raw_lookup),
    ("GET", "/m/lookup", MATCH, matching.lookup),
    ("POST", "/m/lookup", MATCH, matching.lookup_upload),
    ("POST", "/m/compare", INVESTIGATE, matching.compare),
    ("GET", "/m/index/status", MATCH, matching.index_status),
    ("GET", "/c/banks", CURATE, curating.list_banks),
    ("POST", "/c/banks", CURATE, curating.make_bank),
    ("GET", _BANK, CURATE, curating.show_bank),
    ("PUT", _BANK, CURATE, curating.change_bank),
    ("DELETE", _BANK, CURATE, curating.drop_bank),
    ("POST", f"{_BANK}/signal", CURATE, curating.add_signal),
    ("POST", f"{_BANK}/content", CURATE, curating.add_content),
    ("GET", _CONTENT, CURATE, curating.show_content),
    ("PUT", _CONTENT, CURATE, curating.change_content),
    ("DELETE", _CONTENT, CURATE, curating.drop_content),
    ("GET", "/c/exchanges/apis", CURATE, exchanges.list_apis),
    ("GET", _API, CURATE, exchanges.show_api),
    ("POST", _API, EXCHANGE, exchanges.set_credentials),
    ("GET", f"{_API}/schema", CURATE, exchanges.show_schema),
    ("GET", "/c/exchanges", CURATE, exchanges.list_exchanges),
    ("POST", "/c/exchanges", EXCHANGE, exchanges.make_exchange),
    ("GET", _EXCHANGE, CURATE, exchanges.show_exchange),
    ("PUT", _EXCHANGE, EXCHANGE, exchanges.change_exchange),
    ("DELETE", _EXCHANGE, EXCHANGE, exchanges.drop_exchange),
    ("GET", f"{_EXCHANGE}/status", CURATE, exchanges.fetch_status),
    ("GET", "/c/signal_type", CURATE, curating.list_signal_types),
    ("GET", "/c/signal_type/index", CURATE, curating.signal_index),
    ("PUT", "/c/signal_type/([a-z0-9_]+)", CURATE, curating.change_signal_type),
    ("GET", "/c/content_type", CURATE, curating.list_content_types),
)
