"""Connections that do not wait for ever: slow clients are cut off.

uvicorn closes connections that idle between requests; this one also closes those that send a request, or take an
answer, drop by drop. One sweep a second looks at all of them, so a request pays for two assignments.
"""

from asyncio import Transport
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

PATIENCE = 10.0
"""Seconds from a request's first byte to its answer, and for a client to take its answer."""

LARGEST_HEAD = 16 << 10
"""Bytes of a request line and its headers."""


class TimedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 with a limit on the time and the head of each request."""

    patience = PATIENCE

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """A client that connects is expected to ask."""
        super().connection_made(transport)
        self.begun: float | None = self.loop.time()
        self.stuck: float | None = None
        self._head = 0
        self._in_head = True

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
        """The head is whole."""
        self._in_head, self._head = False, 0
        super().on_headers_complete()

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


def cut_off(state: ServerState, now: float) -> int:
    """Close the connections of slow clients; returns how many there were."""
    slow: list[Any] = [one for one in state.connections if isinstance(one, TimedProtocol) and one.overdue(now)]
    for connection in slow:
        connection.transport.abort()
    return len(slow)
