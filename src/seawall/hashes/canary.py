"""The canary: a benign picture that must match, or matching is broken."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import msgspec
import numpy as np
from PIL import Image

from seawall.hashes.entries import HashKind, hash_list
from seawall.hashes.hashing import hash_file
from seawall.hashes.store import BankStore, Match
from seawall.records.errors import Unavailable

BANK = "seawall-canary"
"""Matches of this bank are counted and never acted upon."""

EVERY = timedelta(minutes=5)
"""How often the canary is sent; three missed turns are an alarm as well."""

_STATE = "canary.json"
UploadPath = Callable[[BinaryIO], list[Match]]


class CanaryState(msgspec.Struct, frozen=True):
    """What became of the canary when it was last sent."""

    at: datetime
    alive: bool
    reason: str
    sent: int = 0
    missed: int = 0


@dataclass(frozen=True, slots=True)
class Canary:
    """Sends the canary through the path that uploads take."""

    store: BankStore

    def install(self) -> None:
        """List the canary in a bank of its own."""
        row = {"kind": str(HashKind.PDQ), "value": hash_file(canary_file("PNG")).pdq or "", "opinion": "seed"}
        self.store.add(BANK, hash_list([{**row, "source": "seawall", "category": "canary", "reference": "canary"}]))

    def send(self, path: UploadPath | None = None, at: datetime | None = None) -> CanaryState:
        """Send an altered copy through `path` (by default hashing and lookup in the store) and write the outcome."""
        before = read_state(self.store.folder)
        try:
            found = (path or self._own_path)(canary_file("JPEG"))
            alive = any(match.bank == BANK for match in found)
            reason = "" if alive else f"the canary went through and did not match; {len(found)} other entries did"
        except Exception as error:  # noqa: BLE001  whatever breaks the path is what the canary is there to tell
            alive, reason = False, f"the path failed: {type(error).__name__}: {error}"
        sent, missed = (before.sent, before.missed) if before else (0, 0)
        state = CanaryState(at or datetime.now(UTC), alive, reason, sent + 1, missed + (not alive))
        _write_state(self.store.folder, state)
        return state

    def _own_path(self, file: BinaryIO) -> list[Match]:
        pdq = hash_file(file).pdq
        return self.store.lookup([(HashKind.PDQ, pdq)])[0] if pdq else []


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


def require_alive(folder: Path, now: datetime | None = None) -> CanaryState:
    """The last outcome; raises `Unavailable` where the canary was missed, or was not sent for three turns."""
    state = read_state(folder)
    if state is None:
        raise Unavailable(f"no canary was ever sent in {folder}; send one with `seawall hashes canary`.")
    if not state.alive:
        raise Unavailable(
            f"the canary was missed at {state.at:%Y-%m-%d %H:%M} UTC: {state.reason}. Matching is broken."
        )
    age = (now or datetime.now(UTC)) - state.at
    if age > 3 * EVERY:
        raise Unavailable(f"the canary was last sent {age} ago, it is due every {EVERY}: is the worker running?")
    return state


def read_state(folder: Path) -> CanaryState | None:
    """What became of the canary when it was last sent, or None before."""
    path = Path(folder) / _STATE
    return msgspec.json.decode(path.read_bytes(), type=CanaryState) if path.exists() else None


def _write_state(folder: Path, state: CanaryState) -> None:
    new = folder / f"{_STATE}.new"
    new.write_bytes(msgspec.json.encode(state))
    new.replace(folder / _STATE)
