"""Reading a request and writing an answer, on bare ASGI."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

import msgspec

Header = tuple[bytes, bytes]
Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

JSON, BINARY, TEXT = b"application/json", b"application/octet-stream", b"text/plain; version=0.0.4; charset=utf-8"


class ClientGone(Exception):
    """The client went away before its request was whole: there is nobody to answer."""


class Reply(NamedTuple):
    """A whole answer."""

    status: int
    body: bytes
    kind: bytes = JSON
    more: tuple[Header, ...] = ()


class Problem(msgspec.Struct, frozen=True):
    """Why a request was not answered with a decision."""

    message: str


class HttpError(Exception):
    """An answer that is no decision: its status, a sentence, and headers that go with it."""

    def __init__(self, status: int, message: str, *headers: Header) -> None:
        super().__init__(message)
        self.status, self.headers = status, headers

    def reply(self) -> Reply:
        """What is answered, as JSON."""
        return Reply(self.status, msgspec.json.encode(Problem(str(self))), JSON, self.headers)


async def read_body(receive: Receive, largest: int) -> bytes:
    """The whole body; raises HttpError 413 where it is larger than `largest` bytes."""
    message = await receive()
    if message["type"] == "http.disconnect":
        raise ClientGone
    body: bytes = message.get("body", b"")
    if message.get("more_body", False):
        body = await _read_rest(receive, body, largest)
    if len(body) > largest:
        raise too_large(largest)
    return body


async def _read_rest(receive: Receive, first: bytes, largest: int) -> bytes:
    pieces, size, more = [first], len(first), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > largest:
            raise too_large(largest)
        more = message.get("more_body", False)
    return b"".join(pieces)


def too_large(largest: int) -> HttpError:
    """The answer to a body of more than `largest` bytes; the rest of it is not read."""
    return HttpError(413, f"the body is larger than {largest} bytes", (b"connection", b"close"))


async def send_reply(send: Send, reply: Reply) -> None:
    """Send a whole answer; answers to POST are kept by no cache that is not told to."""
    length = str(len(reply.body)).encode()
    headers = [(b"content-type", reply.kind), (b"content-length", length), *reply.more]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})
