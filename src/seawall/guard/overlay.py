"""The overlay: a file of signed entries that a serving guard follows.

Entries are only ever appended, one a line. Each is checked on its own: signed by the effects' executor, of an approved
effect, its number larger than all before. What is refused is counted and told, and changes nothing; a file that is
gone or was cut leaves in force what was applied, under a name.
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from seawall.effects.overlay_entries import OverlayEntry
from seawall.records.errors import BadConfiguration, Refused

GONE = "overlay gone"
CUT = "overlay cut"
REFUSING = "overlay entries refused"
GAP = "overlay entries missing"


@dataclass(slots=True)
class Overlay:
    """Follows one overlay file; `state` names what is wrong with it, empty where nothing is."""

    path: Path
    trusted: Ed25519PublicKey
    refused: int = 0
    states: set[str] = field(default_factory=set)
    last: int = 0
    _read: int = 0
    _standing: dict[tuple[str, str], OverlayEntry] = field(default_factory=dict)
    _applied: dict[str, bytes] = field(default_factory=dict)

    @property
    def entries(self) -> Sequence[OverlayEntry]:
        """The entries that stand, in order: of each subject the last, whatever was decided of it before."""
        return tuple(self._standing.values())

    @property
    def applied(self) -> int:
        """How many entries were applied."""
        return len(self._applied)

    def has(self, entry: OverlayEntry) -> bool:
        """Whether this very entry was applied."""
        return self._applied.get(entry.effect_id) == _digest(entry)

    def follow(self) -> bool:
        """Take in what was appended since; whether anything of it counts."""
        try:
            with self.path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                self.states.discard(GONE)
                if size < self._read:
                    self.states.add(CUT)
                    return False
                self.states.discard(CUT)
                file.seek(self._read)
                new = file.read(size - self._read)
        except OSError:
            self.states.add(GONE)
            return False
        whole = new[: new.rfind(b"\n") + 1]  # a line that is still being written waits for its end
        self._read += len(whole)
        taken = [self._take(line) for line in whole.splitlines() if line.strip()]
        return any(taken)

    def _take(self, line: bytes) -> bool:
        try:
            entry = self.checked(line)
        except Refused:
            self.refused += 1
            self.states.add(REFUSING)
            return False
        if entry.sequence > self.last + 1:
            self.states.add(GAP)
        self.last = entry.sequence
        self._applied[entry.effect_id] = _digest(entry)
        subject = entry.action.partition("_")[2], entry.subject  # block_term and unblock_term speak of one thing
        self._standing.pop(subject, None)
        self._standing[subject] = entry
        return True

    def checked(self, line: bytes) -> OverlayEntry:
        """The entry of a line that may be applied next. Errors: `Refused` says why it may not."""
        entry = OverlayEntry.parse(line)
        entry.verify(self.trusted)
        if entry.sequence <= self.last or entry.effect_id in self._applied:
            raise Refused(f"overlay entry {entry.sequence} was applied before, or comes too late; it changes nothing.")
        return entry


def _digest(entry: OverlayEntry) -> bytes:
    return hashlib.blake2b(entry.line(), digest_size=16).digest()


def append(path: Path, entry: OverlayEntry) -> None:
    """Append an entry and let it outlive a power cut."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, entry.line())
        os.fsync(handle)
    finally:
        os.close(handle)


def read_trusted(path: Path) -> Ed25519PublicKey:
    """The executor's public key, a PEM file."""
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError) as error:
        raise BadConfiguration(f"{path} holds no public key of the effects' executor ({error}).") from error
    if not isinstance(key, Ed25519PublicKey):
        raise BadConfiguration(f"{path} holds another kind of key; the effects' executor signs with Ed25519.")
    return key
