"""The guard's door: questions, appeals and changes over HTTP.

A bare ASGI application. Only a request that is itself wrong gets anything but a decision (`questions.py`).
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import msgspec

from seawall.api.appeals import AppealQueue, appeal_line
from seawall.api.health import Alive, Readiness, readiness
from seawall.api.http import JSON, TEXT, ClientGone, HttpError, Receive, Reply, Scope, Send, read_body, send_reply
from seawall.api.media import MediaWatch
from seawall.api.openapi import Described, describe
from seawall.api.overlay import OverlayAnswer, OverlayRequest, take_entries
from seawall.api.questions import Headers, Question, Questions, content_type, decoded
from seawall.guard.answers import ANSWERS, REQUESTS, AppealAnswer, AppealRequest
from seawall.records.errors import Refused, Unavailable
from seawall.records.ids import IdKey

STATUS = "guard:status"
_SMALL, _MANY = 1 << 15, 1 << 20
_encode = msgspec.json.Encoder().encode
_decode_appeal = msgspec.json.Decoder(AppealRequest).decode
_decode_overlay = msgspec.json.Decoder(OverlayRequest).decode


@dataclass(frozen=True, slots=True)
class Route:
    """A path: what it takes, which scope it needs (none: open to all), and what serves it."""

    described: Described
    serve: Callable[[Headers, Receive], Awaitable[Reply]]


@dataclass(slots=True, kw_only=True)
class GuardDoor(Questions):
    """The application."""

    key: IdKey
    appeals: AppealQueue
    media: MediaWatch | None = None
    _routes: dict[str, Route] = field(default_factory=dict)
    _changing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        Questions.__post_init__(self)  # super() knows no class that slots made anew
        routes = [*map(self._surface, self.questions.values()), *self._others()]
        document = _encode(describe([*(route.described for route in routes), _OPENAPI]))

        async def openapi(_: Headers, __: Receive) -> Reply:
            return Reply(200, document)

        self._routes = {route.described.path: route for route in (*routes, Route(_OPENAPI, openapi))}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        try:
            told = await self._told(scope, receive)
        except ClientGone:
            self.journal.count("client gone", "")
            return
        except HttpError as error:
            told = self.turned_away(error)
        await send_reply(send, told)

    async def _told(self, scope: Scope, receive: Receive) -> Reply:
        route = self._routes.get(scope["path"])
        if route is None:
            raise HttpError(404, "there is no such path; see /openapi.json")
        if scope["method"] != route.described.method:
            raise HttpError(405, "this path takes another method", (b"allow", route.described.method.encode()))
        if route.described.scope:
            self.admit(scope["headers"], route.described.scope)
        return await route.serve(scope["headers"], receive)

    def _surface(self, question: Question) -> Route:
        name, told = question.name, (REQUESTS[question.name].__doc__ or "").split("\n")[0]

        async def serve(headers: Headers, receive: Receive) -> Reply:
            return self.reply(question, headers, await read_body(receive, question.largest))

        words = name == "recommend"
        described = Described(f"/v1/{name}", "POST", told, f"guard:{name}", REQUESTS[name], ANSWERS[name], words)
        return Route(described, serve)

    def _others(self) -> list[Route]:
        return [
            Route(_APPEAL, self._appeal),
            Route(_OVERLAY, self._overlay),
            Route(_HEALTHZ, self._healthz),
            Route(_READYZ, self._readyz),
            Route(_METRICS, self._metrics),
        ]

    async def _appeal(self, headers: Headers, receive: Receive) -> Reply:
        asked: AppealRequest = decoded(_decode_appeal, await _json(headers, receive, _SMALL))
        try:
            await self.appeals.put(appeal_line(asked, self.key))
        except Unavailable as error:
            self.failed("appeals", error)
            raise HttpError(503, "the appeal could not be written down; send it again") from error
        return Reply(200, _encode(AppealAnswer(received=True, message="appeal.received")))

    async def _overlay(self, headers: Headers, receive: Receive) -> Reply:
        asked: OverlayRequest = decoded(_decode_overlay, await _json(headers, receive, _MANY))
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
        return Reply(200, _encode(OverlayAnswer(applied)))

    async def _healthz(self, _: Headers, __: Receive) -> Reply:
        return Reply(200, _encode(Alive()))

    async def _readyz(self, headers: Headers, _: Receive) -> Reply:
        found = readiness(self.guard, self.media)
        try:
            self.admit(headers, STATUS)
        except HttpError:
            found = Readiness(found.ready)
        return Reply(200 if found.ready else 503, _encode(found))

    async def _metrics(self, _: Headers, __: Receive) -> Reply:
        return Reply(200, self.metrics.text(), TEXT)


_APPEAL = Described(
    "/v1/appeal", "POST", "Queue an appeal for people.", "guard:appeal", AppealRequest, AppealAnswer, queued=True
)
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
_METRICS = Described("/metrics", "GET", "Counters for Prometheus.", STATUS, None, "text/plain")
_OPENAPI = Described("/openapi.json", "GET", "This description.", "", None, "application/json")


async def _json(headers: Headers, receive: Receive, largest: int) -> bytes:
    """The body of a request that sends JSON; raises HttpError."""
    if content_type(headers) != JSON:
        raise HttpError(415, "send application/json")
    return await read_body(receive, largest)
