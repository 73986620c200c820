"""The canary: a benign picture that must match, or matching is broken."""

import io
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Self

import msgspec
import numpy as np
from PIL import Image

from seawall.hashes.entries import HashKind, hash_list
from seawall.hashes.hashing import hash_file
from seawall.hashes.store import BankStore

BANK = "seawall-canary"
"""Matches of this bank are counted and never acted upon."""

EVERY = timedelta(minutes=5)
"""How often the canary is sent; three missed turns are an alarm as well."""

_STATE = "canary.json"
UploadPath = Callable[[BinaryIO], Collection[str]]
"""What becomes of an upload: the names of the banks that it matches."""


class CanaryState(msgspec.Struct, frozen=True):
    """What became of the canary when it was last sent."""

    at: datetime
    alive: bool
    reason: str
    sent: int = 0
    missed: int = 0
    passed_at: datetime | None = None

    def alarm(self, now: datetime) -> str:
        """What is wrong, or nothing: the canary was missed, or was not sent for three turns."""
        if not self.alive:
            return f"the canary was missed at {self.at:%Y-%m-%d %H:%M} UTC: {self.reason}. Matching is broken."
        if now - self.at > 3 * EVERY:
            return f"the canary was last sent {now - self.at} ago, it is due every {EVERY}: is the worker running?"
        return ""


@dataclass(frozen=True, slots=True)
class Canary:
    """Sends the canary through the path that uploads take and writes the outcome into the banks' folder."""

    folder: Path
    path: UploadPath

    @classmethod
    def of(cls, store: BankStore) -> Self:
        """A canary for the shortest path: hashing, and lookup in a store that this process holds."""
        return cls(store.folder, lambda file: _banks_of(store, file))

    def send(self, at: datetime | None = None) -> CanaryState:
        """Send an altered copy once; whatever breaks on its way is a miss."""
        before = read_state(self.folder)
        try:
            found = self.path(canary_file("JPEG"))
            alive = BANK in found
            reason = "" if alive else f"the canary went through and did not match; {len(found)} other banks did"
        except Exception as error:  # noqa: BLE001  whatever breaks the path is what the canary is there to tell
            alive, reason = False, f"the path failed: {type(error).__name__}: {error}"
        at = at or datetime.now(UTC)
        sent, missed, passed = (before.sent, before.missed, before.passed_at) if before else (0, 0, None)
        state = CanaryState(at, alive, reason, sent + 1, missed + (not alive), at if alive else passed)
        _write_state(self.folder, state)
        return state

    def keep_sending(self, stop: threading.Event, every: timedelta = EVERY) -> None:
        """Send again and again until told to stop; meant for a thread of the process that serves lookups."""
        while True:
            self.send()
            if stop.wait(every.total_seconds()):
                return


def install(store: BankStore) -> None:
    """List the canary in a bank of its own."""
    row = {"kind": str(HashKind.PDQ), "value": hash_file(canary_file("PNG")).pdq or "", "opinion": "seed"}
    store.add(BANK, hash_list([{**row, "source": "seawall", "category": "canary", "reference": "canary"}]))


def canary_file(kind: str) -> BinaryIO:
    """The canary picture, drawn from sums of waves; as JPEG it is an altered copy of the PNG."""
    y, x = np.mgrid[0:256, 0:320] / 256.0
    channels = [
        sum(np.sin(2 * np.pi * ((3 * k + c) * x * 0.7 + (2 * k - c) * y) + k * k) / k**0.5 for k in range(1, 9))
        for c in (1, 2, 3)
    ]
    pixels = np.stack([(c - c.min()) / np.ptp(c) * 255 for c in channels], axis=2).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind)
    out.seek(0)
    return out


def read_state(folder: Path) -> CanaryState | None:
    """What became of the canary when it was last sent, or None before."""
    path = Path(folder) / _STATE
    return msgspec.json.decode(path.read_bytes(), type=CanaryState) if path.exists() else None


def _banks_of(store: BankStore, file: BinaryIO) -> set[str]:
    pdq = hash_file(file).pdq
    return {match.bank for match in store.lookup([(HashKind.PDQ, pdq)])[0]} if pdq else set()


def _write_state(folder: Path, state: CanaryState) -> None:
    new = folder / f"{_STATE}.new"
    new.write_bytes(msgspec.json.encode(state))
    new.replace(folder / _STATE)
