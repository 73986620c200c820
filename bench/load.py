"""A load generator for HTTP/1.1: kept-alive connections that ask at given moments."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import uvloop

Check = Callable[[bytes, bytes], bool]
"""Whether an answer's body is right, given the request."""
PATIENCE = 5.0


@dataclass(slots=True)
class Outcome:
    """What became of a load: seconds from the moment that each request was due, statuses, and what went wrong."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    lost: int = 0
    wrong: int = 0

    def quantile(self, q: float) -> float:
        """A quantile of the times, in seconds."""
        times: npt.NDArray[np.float64] = np.array(self.seconds)
        return float(np.quantile(times, q)) if len(times) else float("nan")


@dataclass(frozen=True, slots=True)
class Load:
    """Who is asked, by how many connections, for how long, and how often each asks (0: as fast as it is answered)."""

    port: int
    connections: int
    seconds: float
    every: float = 0.0
    host: str = "127.0.0.1"


def post(path: str, body: bytes, secret: str, kind: str = "application/json") -> bytes:
    """The bytes of one request."""
    head = f"POST {path} HTTP/1.1\r\nHost: guard\r\nAuthorization: Bearer {secret}\r\nContent-Type: {kind}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


class Asker(asyncio.Protocol):
    """One connection; a request that is due while another is under way waits, and its time counts."""

    def __init__(self, load: Load, requests: Iterator[bytes], check: Check, outcome: Outcome, first: float) -> None:
        self.load, self.requests, self.check, self.outcome = load, requests, check, outcome
        self.loop = asyncio.get_running_loop()
        self.due, self.end = first, first + load.seconds
        self.asked, self.answer, self.asking = b"", b"", False
        self.done = self.loop.create_future()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first moment."""
        self.transport = transport
        self.loop.call_later(self.due - time.monotonic(), self.ask)

    def ask(self) -> None:
        """Send the next request, or stop when the time is over."""
        if self.due >= self.end or self.done.done():
            self.transport.close()
            return
        self.asking = True
        self.asked = next(self.requests)
        self.transport.write(self.asked)

    def data_received(self, data: bytes) -> None:
        """Take an answer, then wait for the next moment."""
        self.answer += data
        head = self.answer.find(b"\r\n\r\n")
        if head < 0 or len(self.answer) < head + 4 + _length(self.answer[:head]):
            return
        self._note(int(self.answer[9:12]), self.answer[head + 4 :])
        now = time.monotonic()
        self.due = self.due + self.load.every if self.load.every else now
        self.answer, self.asking = b"", False
        self.loop.call_later(self.due - now, self.ask) if self.due > now else self.ask()

    def _note(self, status: int, body: bytes) -> None:
        self.outcome.seconds.append(time.monotonic() - self.due)
        self.outcome.statuses[status] += 1
        self.outcome.wrong += status != 200 or not self.check(self.asked, body)

    def connection_lost(self, _: Exception | None) -> None:
        """A request that was under way is lost."""
        self.outcome.lost += self.asking
        if not self.done.done():
            self.done.set_result(None)


def _length(head: bytes) -> int:
    start = head.lower().find(b"content-length:") + 15
    return int(head[start : head.find(b"\r\n", start) if head.find(b"\r\n", start) > 0 else None])


async def _drive(load: Load, requests: Iterator[bytes], check: Check) -> Outcome:
    loop, outcome = asyncio.get_running_loop(), Outcome()
    begin, spread = time.monotonic() + 0.1, (load.every or 0.001) / load.connections
    askers = [Asker(load, requests, check, outcome, begin + i * spread) for i in range(load.connections)]
    for asker in askers:
        await loop.create_connection(lambda asker=asker: asker, load.host, load.port)  # type: ignore[misc]
    done = [asker.done for asker in askers]
    _, late = await asyncio.wait(done, timeout=load.seconds + PATIENCE)
    outcome.lost += len(late)
    return outcome


def drive(load: Load, requests: Iterator[bytes], check: Check = lambda *_: True) -> Outcome:
    """Put a load on a server; every answer must be 200 and pass `check`, or it counts as wrong."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_drive(load, requests, check))
