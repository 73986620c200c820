"""Connections: answered where they arrive, slow clients cut off.

A question waits for nothing, so it needs no task, no event and no second write: it is answered as soon as its body is
whole, which takes less than uvicorn's way through ASGI. Everything else goes that way.

uvicorn closes connections that idle between requests; this one also closes those that send a request, or take an
answer, drop by drop. One sweep a second looks at all of them, so a request pays for two assignments.
"""

from asyncio import Transport
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from seawall.api.http import HttpError, Reply, too_large
from seawall.api.questions import Question, Questions

PATIENCE = 10.0
"""Seconds from a request's first byte to its answer, and for a client to take its answer."""

LARGEST_HEAD = 16 << 10
"""Bytes of a request line and its headers."""


_CLOSE = (b"connection", b"close")


class TimedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 with a limit on the time and the head of each request, and a short way for questions."""

    patience = PATIENCE

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """A client that connects is expected to ask."""
        super().connection_made(transport)
        self.begun: float | None = self.loop.time()
        self.stuck: float | None = None
        self._head = 0
        self._in_head = True
        self._leaving = False
        self._question: Question | None = None
        self._door: Questions | None = self.app if isinstance(self.app, Questions) else None

    def data_received(self, data: bytes) -> None:
        """The clock of a request begins with its first byte."""
        if self.begun is None:
            self.begun = self.loop.time()
        super().data_received(data)
        if self._in_head:
            self._head += len(data)
            if self._head > LARGEST_HEAD:
                self.transport.abort()

    def on_message_begin(self) -> None:
        """A head begins."""
        self._in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is whole: a question is kept until its body is, all else goes on to the application."""
        self._in_head, self._head = False, 0
        busy = self.cycle is not None and not self.cycle.response_complete
        if self._door is None or busy or self.expect_100_continue or self.parser.get_method() != b"POST":
            return super().on_headers_complete()
        self._question = self._door.questions.get(self.url.decode("latin-1"))
        if self._question is None or self.parser.should_upgrade():
            self._question = None
            return super().on_headers_complete()
        self._body, self._refusal = b"", self._refused(self._question.name)
        return None

    def on_body(self, body: bytes) -> None:
        """A piece of a body; of one that is refused nothing is kept."""
        if self._question is None:
            return super().on_body(body)
        if self._refusal is None:
            self._body += body
            if len(self._body) > self._question.largest:
                self._refusal, self._body = too_large(self._question.largest), b""
        return None

    def on_message_complete(self) -> None:
        """The request is whole: answer it."""
        question, self._question = self._question, None
        if question is None:
            if self.cycle is not None and not self.transport.is_closing():
                super().on_message_complete()
            return
        told = self._told(question)
        stays = self.parser.should_keep_alive() and not self._leaving and _CLOSE not in told.more
        self._write(told if stays or _CLOSE in told.more else told._replace(more=(*told.more, _CLOSE)))
        if not stays:
            self.transport.close()
            return
        self.on_response_complete()
        if self.flow.write_paused:  # it asks faster than it takes answers
            self.flow.pause_reading()

    def resume_writing(self) -> None:
        """The client took its answers: it may ask again."""
        super().resume_writing()
        self.flow.resume_reading()

    def shutdown(self) -> None:
        """A question that is under way is answered first."""
        if self._question is None:
            super().shutdown()
        else:
            self._leaving = True

    def on_response_complete(self) -> None:
        """The clock stops, unless the next request came already."""
        self.begun = self.loop.time() if self.pipeline or self._in_head else None
        super().on_response_complete()

    def overdue(self, now: float) -> bool:
        """Whether this client has had its time, for asking or for taking what it was answered."""
        if self.begun is not None:
            return now - self.begun > self.patience
        if self.transport.get_write_buffer_size() == 0:
            self.stuck = None
            return False
        self.stuck = self.stuck or now
        return now - self.stuck > self.patience

    def _refused(self, name: str) -> HttpError | None:
        assert self._door is not None
        try:
            self._door.admit(self.headers, f"guard:{name}")
        except HttpError as error:
            return error
        return None

    def _told(self, question: Question) -> Reply:
        assert self._door is not None
        try:
            if self._refusal is not None:
                raise self._refusal
            return self._door.reply(question, self.headers, self._body)
        except HttpError as error:
            return self._door.turned_away(error)

    def _write(self, reply: Reply) -> None:
        headers = [*self.server_state.default_headers, *reply.more]
        parts = [STATUS_LINE[reply.status], *(b"%b: %b\r\n" % header for header in headers)]
        parts.append(b"content-type: %b\r\ncontent-length: %d\r\n\r\n" % (reply.kind, len(reply.body)))
        self.transport.write(b"".join((*parts, reply.body)))


def cut_off(state: ServerState, now: float) -> int:
    """Close the connections of slow clients; returns how many there were."""
    slow: list[Any] = [one for one in state.connections if isinstance(one, TimedProtocol) and one.overdue(now)]
    for connection in slow:
        connection.transport.abort()
    return len(slow)
