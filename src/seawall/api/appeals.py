"""The queue of appeals: a file of lines that outlives a power cut."""

import asyncio
import hashlib
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from seawall.guard.answers import AppealRequest
from seawall.records.errors import Unavailable
from seawall.records.ids import IdKey
from seawall.records.run import SCHEMA_VERSION
from seawall.records.seal import seal

_MODE = os.O_RDWR | os.O_APPEND | os.O_CREAT


@dataclass(slots=True)
class AppealQueue:
    """Appends lines to a file; `put` returns when the line is on the disk. Lines that wait together share one sync."""

    path: Path
    _waiting: list[tuple[bytes, asyncio.Future[None]]] = field(default_factory=list)
    _writer: asyncio.Task[None] | None = None

    async def put(self, line: bytes) -> None:
        """Append one line (without its end); raises Unavailable where the disk does not take it."""
        written = asyncio.get_running_loop().create_future()
        self._waiting.append((line, written))
        if self._writer is None:
            self._writer = asyncio.create_task(self._drain())
        await written

    async def _drain(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                await asyncio.to_thread(append, self.path, [line for line, _ in batch])
                failure = None
            except OSError as error:
                failure = Unavailable(f"{self.path} cannot grow ({error.strerror}); the appeal was not taken.")
            for _, written in batch:
                if not written.done():
                    written.set_exception(failure) if failure else written.set_result(None)
        self._writer = None


def append(path: Path, lines: list[bytes]) -> None:
    """Append whole lines and sync them; a line that a crash left torn is closed first, so that none is glued to it."""
    handle = os.open(path, _MODE, 0o600)
    try:
        end = os.lseek(handle, 0, os.SEEK_END)
        torn = end > 0 and os.pread(handle, 1, end - 1) != b"\n"
        data = b"\n" * torn + b"".join(line + b"\n" for line in lines)
        if os.write(handle, data) < len(data):
            os.ftruncate(handle, end)
            raise OSError(28, "no space is left")
        os.fsync(handle)
    finally:
        os.close(handle)


class AppealLine(msgspec.Struct, frozen=True):
    """An appeal as it waits for people; the statement is sealed with the deployment's key.

    `reference` is the same for the same appeal: a client that sends twice is heard once. `account_id` is keyed.
    """

    reference: str
    received_at: datetime
    decision_id: str
    account_id: str | None
    statement: str
    language: str
    schema_version: int = SCHEMA_VERSION


def appeal_line(asked: AppealRequest, key: IdKey) -> bytes:
    """The line of an appeal."""
    said = msgspec.json.encode(asked)
    reference = hashlib.blake2b(said, digest_size=16, key=key.subkey("appeal")).hexdigest()
    account = f"{key.one('account', asked.account):016x}" if asked.account else None
    statement = seal(key, asked.statement)
    line = AppealLine(reference, datetime.now(UTC), asked.decision_id, account, statement, asked.language)
    return msgspec.json.encode(line)
