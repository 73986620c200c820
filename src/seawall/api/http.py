"""Reading a request and writing an answer, on bare ASGI."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

JSON, BINARY, TEXT = b"application/json", b"application/octet-stream", b"text/plain; version=0.0.4; charset=utf-8"

_LENGTHS = [str(length).encode() for length in range(4096)]  # a table: the same few bytes are asked for all day


class ClientGone(Exception):
    """The client went away before its request was whole: there is nobody to answer."""


class HttpError(Exception):
    """An answer that is no decision: its status, a sentence, and headers that go with it."""

    def __init__(self, status: int, message: str, *headers: tuple[bytes, bytes]) -> None:
        super().__init__(message)
        self.status, self.headers = status, headers


class Problem(msgspec.Struct, frozen=True):
    """Why a request was not answered with a decision."""

    message: str


async def read_body(receive: Receive, largest: int) -> bytes:
    """The whole body; raises HttpError 413 where it is larger than `largest` bytes."""
    message = await receive()
    if message["type"] == "http.disconnect":
        raise ClientGone
    body: bytes = message.get("body", b"")
    if message.get("more_body", False):
        body = await _read_rest(receive, body, largest)
    if len(body) > largest:
        raise _too_large(largest)
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
            raise _too_large(largest)
        more = message.get("more_body", False)
    return b"".join(pieces)


def _too_large(largest: int) -> HttpError:
    return HttpError(413, f"the body is larger than {largest} bytes", (b"connection", b"close"))


async def answer(send: Send, body: bytes, kind: bytes = JSON, status: int = 200, *more: tuple[bytes, bytes]) -> None:
    """Send one whole answer; answers to POST are kept by no cache that is not told to."""
    size = len(body)
    length = _LENGTHS[size] if size < len(_LENGTHS) else str(size).encode()
    headers = [(b"content-type", kind), (b"content-length", length), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def answer_problem(send: Send, error: HttpError) -> None:
    """Send an HttpError as JSON."""
    await answer(send, msgspec.json.encode(Problem(str(error))), JSON, error.status, *error.headers)
