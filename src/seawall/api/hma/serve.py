"""Runs the door to the banks, and what keeps the banks well beside it.

One process holds a store: it answers lookups, sends the canary the whole way of an upload, reads the exchanges that
were listed, and follows the token file.
"""

import asyncio
import logging
import secrets
import signal
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import uvicorn
import uvloop

from seawall.api.connections import TimedProtocol, cut_off
from seawall.api.hma.door import HmaDoor
from seawall.api.journal import Journal, ServerLog
from seawall.api.serve import configured, tell_port
from seawall.api.token_file import Clients, Line, read_tokens
from seawall.api.tokens import MATCH, Token
from seawall.api.watch import Watched
from seawall.hashes.canary import EVERY, Canary, install
from seawall.hashes.store import BankStore
from seawall.intake.canary_door import CanaryDoor
from seawall.intake.exchanges.book import ExchangeBook
from seawall.records.errors import SeawallError

READING = timedelta(minutes=15)
"""How often the listed exchanges are read."""

AT_ONCE = 64
"""Requests that are answered at once; each may hold a file of 64 MiB. More are answered 503."""

_OWN = "seawall-canary"


class FileProtocol(TimedProtocol):
    """A limit on the time of each request, for files of 64 MiB: a client that drips must not hold one of the places."""

    patience = 60.0


@dataclass(slots=True)
class Banks:
    """A store behind its door; `tokens` is the file of who may ask."""

    store: BankStore
    tokens: Path
    journal: Journal = field(default_factory=Journal)
    clients: Clients = field(default_factory=Clients)
    door: HmaDoor = field(init=False)
    _secret: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    _watched: Watched = field(init=False)
    _stop: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.door = HmaDoor.of(self.store, self.clients, self._alarm, ExchangeBook.of(self.store))
        self._watched = Watched(self.tokens)
        install(self.store)

    def run(self, host: str, port: int) -> None:
        """Serve in this process until a signal ends it; afterwards nothing here changes the store."""
        self.take_tokens()
        logging.getLogger("uvicorn").handlers = [ServerLog(self.journal)]
        logging.getLogger("uvicorn").setLevel(logging.WARNING)
        for ending in (signal.SIGTERM, signal.SIGINT):
            signal.signal(ending, lambda *_: None)  # uvicorn raises the signal again once all is done: the end is ours
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(self._serve(host, port))
        self.door.holdings.lock.acquire()  # for good: a thread that still reads an exchange comes no further
        self.journal.tell("stopped")

    def take_tokens(self) -> None:
        """Know the tokens of the file, and the canary's own; where the file cannot be read, those before stay."""
        if not self._watched.changed():
            return
        try:
            own = Token.of(_OWN, self._secret, [MATCH])
            self.clients.take([*read_tokens(self.tokens).tokens, Line(own.name, own.digest, (MATCH,))])
        except SeawallError as error:
            self.journal.failure("tokens", error)

    def read_exchanges(self) -> None:
        """Read what is new at every listed exchange; one that fails is told, and the others are read all the same."""
        book, lock = self.door.holdings.book, self.door.holdings.lock
        with lock:
            names = [one.name for one in book.list() if one.enabled and book.has_secrets(one.kind)]
        for name in names:
            try:
                told = book.read(name, lock)
                self.journal.tell("exchange read", entries=told.entries, withdrawn=told.withdrawn)
            except Exception as error:  # noqa: BLE001  whatever one exchange answers, the next one is read
                self.journal.failure("exchange", error)

    async def _serve(self, host: str, port: int) -> None:
        server = uvicorn.Server(configured(self.door, host, port, http=FileProtocol, limit_concurrency=AT_ONCE))
        tasks = [
            asyncio.create_task(self._look_after(server)),
            asyncio.create_task(tell_port(server, lambda port: self._started(host, port))),
        ]
        try:
            await server.serve()
        finally:
            self._stop.set()
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def _look_after(self, server: uvicorn.Server) -> None:
        """Once a second take the tokens that changed, and cut slow clients off."""
        while True:
            await asyncio.sleep(1.0)
            self.take_tokens()
            slow = cut_off(server.server_state, asyncio.get_running_loop().time())
            if slow:
                self.journal.tell("slow clients cut off", "warning", times=slow)

    def _started(self, host: str, port: int) -> None:
        self.journal.tell("serving", host=host, port=port)
        own = "127.0.0.1" if host in {"0.0.0.0", "::", "localhost"} else host  # noqa: S104  compared, not listened on
        address = f"http://[{own}]:{port}" if ":" in own else f"http://{own}:{port}"
        path = CanaryDoor.of(address, self._secret, self.store.folder / "outbound.jsonl", private=True)
        canary = Canary(self.store.folder, path)
        for work in (lambda: canary.keep_sending(self._stop, EVERY), self._keep_reading, self._verify):
            threading.Thread(target=work, daemon=True).start()

    def _verify(self) -> None:
        """Read every block once, as a reader of the index does in the background."""
        index = self.store.writer.index
        index.verify_all()
        if index.state != "current":
            self._alarm(f"the index is degraded: {index.state}. Make it again with `seawall hashes build`.")

    def _keep_reading(self) -> None:
        while not self._stop.is_set():
            self.read_exchanges()
            self._stop.wait(READING.total_seconds())

    def _alarm(self, told: str) -> None:
        with self.door.holdings.lock:
            self.store.tell(told)
        self.journal.tell("alarm", "warning", says=told)
