"""Runs the door: one process, one loop, one keeper."""

import asyncio
import gc
import logging
import signal
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
import uvloop

from seawall.api.connections import TimedProtocol, cut_off
from seawall.api.guard import GuardDoor
from seawall.api.health import readiness
from seawall.api.journal import ServerLog
from seawall.api.media import MediaWatch
from seawall.api.token_file import read_tokens
from seawall.api.watch import Watched
from seawall.guard.index import MANIFEST
from seawall.records.errors import SeawallError

BEAT = 0.05
"""Seconds between two looks at the clock of the loop."""

MOST_LAG = 0.25
"""Seconds that the loop may be late; beyond, answers are the safe defaults until it has caught up."""

GOODBYE = 10
"""Seconds that requests under way have after SIGTERM."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where to listen, and what to watch: the folder of the published index, and the token file."""

    index: Path
    tokens: Path
    host: str = "127.0.0.1"
    port: int = 8080


@dataclass(slots=True)
class Keeper:
    """Looks after a running door: its lag, slow clients, the index, the tokens, and the journal."""

    door: GuardDoor
    place: Place
    server: uvicorn.Server
    most_lag: float = MOST_LAG
    _late: bool = False
    _matching: bool = True
    _failed: Counter[str] = field(default_factory=Counter)
    _index: Watched = field(init=False)
    _tokens: Watched = field(init=False)

    def __post_init__(self) -> None:
        self._index, self._tokens = Watched(self.place.index / MANIFEST), Watched(self.place.tokens)
        self._index.changed()  # the one that was opened
        self.read_tokens()

    async def beat(self) -> None:
        """Feel the pulse of the loop for ever; once a second look at the rest."""
        loop = asyncio.get_running_loop()
        looked = loop.time()
        while True:
            due = loop.time() + BEAT
            await asyncio.sleep(BEAT)
            lag = loop.time() - due
            self.door.metrics.lag.set(lag)
            self.feel(lag > self.most_lag)
            if due - looked >= 1.0:
                looked = due
                await self.look()

    async def look(self) -> None:
        """Take what changed on the disk, cut slow clients off, tell what was counted."""
        slow = cut_off(self.server.server_state, asyncio.get_running_loop().time())
        if slow:
            self.door.metrics.slow_clients.inc(slow)
            self.door.journal.tell("slow clients cut off", "warning", times=slow)
        if self._tokens.changed():
            self.read_tokens()
        if self._index.changed():
            await self.swap()
        if self.door.media and await self.door.media.look(asyncio.get_running_loop().time()):
            self.tell_media(self.door.media)
        self.tell_failures()
        state = readiness(self.door.guard, self.door.media)
        self.door.metrics.index_age.set(state.index_age_s or 0.0)
        self.door.metrics.degraded.set(len(state.degraded or ()))
        self.door.journal.flush()

    def tell_failures(self) -> None:
        """Count and tell what failed inside the guard since the look before: it answered safely, and must be mended."""
        failed = Counter({part: times for part, times in self.door.guard.failed.items() if not part.endswith(" shed")})
        for part, times in (failed - self._failed).items():
            self.door.metrics.failures.labels(part).inc(times)
            self.door.journal.tell("failed inside", "error", part=part, times=times)
        self._failed = failed

    def tell_media(self, media: MediaWatch) -> None:
        """Count how the banks are, and tell what went wrong since the look before."""
        assert media.told is not None
        self.door.metrics.media(media.told.gauges())
        if media.told.ready != self._matching:
            self._matching = media.told.ready
            how = "known media are matched again" if self._matching else "known media may not be matched"
            self.door.journal.tell(how, "info" if self._matching else "error")

    async def swap(self) -> None:
        """Open the index that was published, beside the loop; the old one answers until the new one is whole."""
        self._index.changed()  # seen: a signal and the next look must not open it twice
        try:
            version = await asyncio.to_thread(self.door.guard.swap, self.place.index)
        except (SeawallError, OSError) as error:
            self.door.metrics.swaps.labels("failed").inc()
            self.door.failed("swap", error)
            return
        self.door.metrics.swaps.labels("done").inc()
        self.door.journal.tell("index swapped", version=version)

    def read_tokens(self) -> None:
        """Know the tokens of the file; where it cannot be read, those known before stay."""
        try:
            self.door.clients.take(read_tokens(self.place.tokens).tokens)
        except SeawallError as error:
            self.door.failed("tokens", error)

    def feel(self, late: bool) -> None:
        """Two late beats in a row are load; one alone is a hiccup of the machine."""
        overloaded, self._late = late and self._late, late
        if overloaded != self.door.overloaded:
            self.door.overloaded = overloaded
            self.door.journal.tell("overloaded" if overloaded else "caught up", "warning")


def configured(door: Callable[..., Any], host: str, port: int, **more: Any) -> uvicorn.Config:
    """The web server as a door needs it: nothing in between, no access log, no name of the server."""
    return uvicorn.Config(
        door,
        host=host,
        port=port,
        loop="uvloop",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GOODBYE,
        **more,
    )


async def keep(door: GuardDoor, place: Place, started: Callable[[int], None]) -> None:
    """Serve until SIGTERM or SIGINT; `started` is told the port. SIGHUP takes the index again."""
    server = uvicorn.Server(configured(door, place.host, place.port, http=TimedProtocol))
    keeper = Keeper(door, place, server)
    loop = asyncio.get_running_loop()
    swaps: set[asyncio.Task[None]] = set()
    loop.add_signal_handler(signal.SIGHUP, lambda: swaps.add(loop.create_task(keeper.swap())))
    beating = asyncio.create_task(keeper.beat())
    telling = asyncio.create_task(tell_port(server, started))
    try:
        await server.serve()
    finally:
        for task in (beating, telling, *swaps):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        door.journal.tell("stopped")
        door.journal.flush()


async def tell_port(server: uvicorn.Server, started: Callable[[int], None]) -> None:
    """Wait until a server listens, and tell the port."""
    while not server.started:
        await asyncio.sleep(0.01)
    started(server.servers[0].sockets[0].getsockname()[1])


def run_door(door: GuardDoor, place: Place) -> None:
    """Serve in this process until a signal ends it."""
    logging.getLogger("uvicorn").handlers = [ServerLog(door.journal)]
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: None)  # uvicorn raises the signal again once all is done: the end is ours
    gc.collect()
    gc.freeze()  # what was loaded stays: later collections need not walk it
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(keep(door, place, lambda port: door.journal.tell("serving", host=place.host, port=port)))
