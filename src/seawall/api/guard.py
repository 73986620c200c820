"""The guard's door: questions, appeals and a person's changes over HTTP.

A bare ASGI application. Whatever goes wrong inside, a question is answered with the safe default of its surface, and
counted; only a request that is itself wrong gets anything but a decision.
"""

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from seawall.api.appeals import AppealQueue, appeal_line
from seawall.api.health import Alive, Readiness, readiness
from seawall.api.http import (
    BINARY,
    JSON,
    TEXT,
    ClientGone,
    HttpError,
    Receive,
    Scope,
    Send,
    answer,
    answer_problem,
    read_body,
)
from seawall.api.journal import Journal
from seawall.api.metrics import Metrics
from seawall.api.openapi import Described, describe
from seawall.api.overlay import OverlayAnswer, OverlayRequest, take_entries
from seawall.api.surfaces import SURFACES, recommend_words, safe
from seawall.api.token_file import Clients
from seawall.guard.answers import ANSWERS, REQUESTS, Answer, AppealAnswer, AppealRequest
from seawall.guard.library import Guard
from seawall.records.errors import Refused, Unavailable
from seawall.records.ids import IdKey

Headers = list[tuple[bytes, bytes]]
_LARGEST = {"recommend": 1 << 20, "upload": 1 << 20, "search": 1 << 19, "suggest": 1 << 18}
_SMALL, _MANY = 1 << 15, 1 << 20
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Route:
    """A path: what it takes, which scope it needs (none: open to all), and what serves it."""

    described: Described
    largest: int
    serve: Callable[[Headers, Receive, Send], Awaitable[None]]


@dataclass(slots=True)
class Surface:
    """One question: how it is decoded, asked and counted."""

    name: str
    decode: Callable[[bytes], Any]
    ask: Callable[[Guard, Any], Answer]
    observe: Callable[[float], None]
    counts: dict[str, Callable[[], None]] = field(default_factory=dict)


@dataclass(slots=True)
class GuardDoor:
    """The application. `overloaded` is set by whoever watches the loop; then answers are the safe defaults."""

    guard: Guard
    key: IdKey
    clients: Clients
    appeals: AppealQueue
    journal: Journal = field(default_factory=Journal)
    metrics: Metrics = field(default_factory=Metrics)
    overloaded: bool = False
    _routes: dict[str, Route] = field(default_factory=dict)
    _changing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        for name in SURFACES:
            self._add(self._surface(name))
        self._add_others()
        document = _encode(describe([*(route.described for route in self._routes.values()), _OPENAPI]))

        async def openapi(_: Headers, __: Receive, send: Send) -> None:
            await answer(send, document)

        self._add(Route(_OPENAPI, 0, openapi))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        try:
            route = self._routes.get(scope["path"])
            if route is None:
                raise HttpError(404, "there is no such path; see /openapi.json")
            if scope["method"] != route.described.method:
                raise HttpError(405, "this path takes another method", (b"allow", route.described.method.encode()))
            if route.described.scope:
                self._admit(scope["headers"], route.described.scope)
            await route.serve(scope["headers"], receive, send)
        except ClientGone:
            self.journal.count("client gone", "")
        except HttpError as error:
            self._turned_away(error)
            await answer_problem(send, error)

    def take_tokens(self, clients: Clients) -> None:
        """Know these clients from the next request on."""
        self.clients = clients

    def failed(self, part: str, error: BaseException) -> None:
        """Count and tell that a part failed."""
        self.metrics.failures.labels(part).inc()
        self.journal.failure(part, error)

    def _admit(self, headers: Headers, scope: str) -> None:
        """Let a request pass whose token may do this and has not spent its rate."""
        secret = next((value for name, value in headers if name == b"authorization"), b"")
        kind, _, secret = secret.partition(b" ")
        client = self.clients.known.get(hashlib.sha256(secret.strip()).hexdigest())
        if client is None or kind.lower() != b"bearer":
            raise HttpError(401, "send a known token, as Authorization: Bearer …", (b"www-authenticate", b"Bearer"))
        if scope not in client.token.scopes:
            raise HttpError(403, f"this token lacks the scope {scope}")
        wait = client.rate.wait(time.monotonic())
        if wait > 0:
            raise HttpError(429, "this token has spent its rate", (b"retry-after", str(int(wait) + 1).encode()))

    def _surface(self, name: str) -> Route:
        decode = msgspec.json.Decoder(REQUESTS[name]).decode
        surface = Surface(name, decode, SURFACES[name], self.metrics.seconds.labels(name).observe)
        largest = _LARGEST.get(name, _SMALL)

        async def serve(headers: Headers, receive: Receive, send: Send) -> None:
            kind = _content_type(headers)
            body = await read_body(receive, largest)
            begun = time.perf_counter()
            if kind == JSON:
                await answer(send, _encode(self._decided(surface, body)))
            elif kind == BINARY and name == "recommend":
                await self._recommend_words(surface, body, send)
            else:
                raise HttpError(415, "send application/json")
            surface.observe(time.perf_counter() - begun)

        told = (REQUESTS[name].__doc__ or "").split("\n")[0]
        described = Described(
            f"/v1/{name}", "POST", told, f"guard:{name}", REQUESTS[name], ANSWERS[name], binary=name == "recommend"
        )
        return Route(described, largest, serve)

    def _decided(self, surface: Surface, body: bytes) -> Answer:
        asked = decoded(surface.decode, body)
        found = self._asked(surface, lambda guard: surface.ask(guard, asked))
        told: Answer = found or safe(self.guard, surface.name, asked)
        self._count(surface, told.decision)
        return told

    async def _recommend_words(self, surface: Surface, body: bytes, send: Send) -> None:
        found = self._asked(surface, lambda guard: recommend_words(guard, body))
        ids, kept = found or (b"", self.guard.shed(surface.name))
        self._count(surface, kept.decision)
        headers = [
            (b"seawall-decision", kept.decision.encode()),
            (b"seawall-decision-id", kept.decision_id.encode()),
            (b"seawall-index-version", kept.index_version.encode()),
            (b"seawall-lowered", str(getattr(kept, "lowered", 0)).encode()),
        ]
        await answer(send, ids, BINARY, 200, *headers)

    def _asked(self, surface: Surface, ask: Callable[[Guard], Any]) -> Any:
        """What the library says, or None where it cannot be asked or fails: then the safe default is due."""
        if self.overloaded:
            self.metrics.shed.labels(surface.name, "overloaded").inc()
            return None
        try:
            return ask(self.guard)
        except HttpError:
            raise
        except Exception as error:  # noqa: BLE001  whatever fails inside, the answer is the safe one
            self.metrics.shed.labels(surface.name, "failed").inc()
            self.failed(surface.name, error)
            return None

    def _count(self, surface: Surface, decision: str) -> None:
        count = surface.counts.get(decision)
        if count is None:
            count = surface.counts[decision] = self.metrics.decisions.labels(surface.name, decision).inc
        count()

    def _turned_away(self, error: HttpError) -> None:
        self.metrics.turned_away.labels(str(error.status)).inc()
        self.journal.count("turned away", str(error.status))

    def _add(self, route: Route) -> None:
        self._routes[route.described.path] = route

    def _add_others(self) -> None:
        for described, largest, serve in (
            (_APPEAL, _SMALL, self._appeal),
            (_OVERLAY, _MANY, self._overlay),
            (_HEALTHZ, 0, self._healthz),
            (_READYZ, 0, self._readyz),
            (_METRICS, 0, self._metrics),
        ):
            self._add(Route(described, largest, serve))

    async def _appeal(self, headers: Headers, receive: Receive, send: Send) -> None:
        if _content_type(headers) != JSON:
            raise HttpError(415, "send application/json")
        asked = decoded(_decode_appeal, await read_body(receive, _SMALL))
        try:
            await self.appeals.put(appeal_line(asked, self.key))
        except Unavailable as error:
            self.failed("appeals", error)
            raise HttpError(503, "the appeal could not be written down; send it again") from error
        await answer(send, _encode(AppealAnswer(received=True, message="appeal.received")))

    async def _overlay(self, headers: Headers, receive: Receive, send: Send) -> None:
        if _content_type(headers) != JSON:
            raise HttpError(415, "send application/json")
        asked = decoded(_decode_overlay, await read_body(receive, _MANY))
        try:
            async with self._changing:
                applied = await asyncio.to_thread(take_entries, self.guard, asked.entries)
        except Refused as error:
            self.metrics.overlay.labels("refused").inc()
            raise HttpError(409, str(error)) from error
        except OSError as error:
            self.failed("overlay", error)
            raise HttpError(503, "the change could not be written down; send it again") from error
        self.metrics.overlay.labels("applied").inc(applied)
        await answer(send, _encode(OverlayAnswer(applied)))

    async def _healthz(self, _: Headers, __: Receive, send: Send) -> None:
        await answer(send, _encode(Alive()))

    async def _readyz(self, headers: Headers, _: Receive, send: Send) -> None:
        found = readiness(self.guard)
        try:
            self._admit(headers, STATUS)
        except HttpError:
            found = Readiness(found.ready)
        await answer(send, _encode(found), JSON, 200 if found.ready else 503)

    async def _metrics(self, _: Headers, __: Receive, send: Send) -> None:
        await answer(send, self.metrics.text(), TEXT)


STATUS = "guard:status"
_decode_appeal = msgspec.json.Decoder(AppealRequest).decode
_APPEAL = Described("/v1/appeal", "POST", "Queue an appeal for people.", "guard:appeal", AppealRequest, AppealAnswer)
_decode_overlay = msgspec.json.Decoder(OverlayRequest).decode
_OVERLAY = Described(
    "/v1/overlay",
    "POST",
    "Apply what people decided, signed.",
    "guard:overlay",
    OverlayRequest,
    OverlayAnswer,
    queued=True,
    conflicts=True,
)
_HEALTHZ = Described("/healthz", "GET", "Whether the process is alive.", "", None, Alive)
_READYZ = Described("/readyz", "GET", "Whether the index answers.", "", None, Readiness, unready=True)
_OPENAPI = Described("/openapi.json", "GET", "This description.", "", None, "application/json")
_METRICS = Described("/metrics", "GET", "Counters for Prometheus.", STATUS, None, "text/plain")


def decoded(decode: Callable[[bytes], Any], body: bytes) -> Any:
    """A body by its type; raises HttpError 400 with what is wrong and where."""
    try:
        return decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise HttpError(400, f"the body is not what this path takes: {error}") from error


def _content_type(headers: Headers) -> bytes:
    """The content type without its parameters; JSON where none is given."""
    given = next((value for name, value in headers if name == b"content-type"), JSON)
    return given.partition(b";")[0].strip().lower()
