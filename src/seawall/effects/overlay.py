"""Effects for the guard: signed entries at the end of its overlay file.

The guard follows the file and answers differently within a second. Entries are numbered without a gap, so a lock is
held from reading the last number to the end of the write; an effect whose entries are there already adds none.
"""

import fcntl
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from seawall.effects.overlay_entries import OverlayAction, OverlayEntry
from seawall.effects.sink import Order
from seawall.records.errors import BadConfiguration, Damaged, Refused, Unavailable
from seawall.records.ids import IdKey

ACTIONS: Mapping[str, OverlayAction] = {
    "remove": OverlayAction.REMOVE,
    "restrict": OverlayAction.REMOVE,
    "protect": OverlayAction.PROTECT,
    "clear": OverlayAction.CLEAR,
    "restore": OverlayAction.CLEAR,
    "block_term": OverlayAction.CLOSE_TAG,
    "unblock_term": OverlayAction.OPEN_TAG,
}
"""What the guard does for each kind of effect; it has nothing to do for the others."""
_OPTIONS = ("file", "signing_key_file", "id_key_file")
_HEX = frozenset("0123456789abcdef")


class OverlaySink:
    """Appends to one overlay file; `id_key` turns plain ids into the guard's, where a run has plain ones."""

    def __init__(self, file: Path, key: Ed25519PrivateKey, id_key: IdKey | None = None) -> None:
        self.file, self._key, self._id_key = file, key, id_key

    @classmethod
    def make(cls, name: str, options: Mapping[str, Any]) -> "OverlaySink":
        """From seawall.toml: `file` (default: overlay.jsonl in SEAWALL_HOME), `signing_key_file`, `id_key_file`.

        Where there is no signing key one is made, and its public half is written beside the overlay file, as `.pub`.
        """
        if unknown := set(options) - set(_OPTIONS):
            raise BadConfiguration.unknown_key(f"[effects.sinks.{name}.options]", min(unknown), _OPTIONS)
        home: Path = settings.HOME
        file = home / str(options.get("file", "overlay.jsonl"))
        key = _signing_key(home / str(options.get("signing_key_file", "overlay.key")))
        _tell_public(file.with_suffix(".pub"), key)
        id_file = options.get("id_key_file")
        return cls(file, key, IdKey(bytes.fromhex(Path(id_file).read_text("ascii").strip())) if id_file else None)

    def carry_out(self, order: Order) -> str:
        """Append an entry for each subject of the order; raises Unavailable where the file cannot grow."""
        action = ACTIONS.get(order.kind)
        if action is None:
            return "the guard has nothing to do for this"
        subjects = self._subjects(order)
        try:
            with _locked(self.file) as file:
                last, known = _read(file, self.file)
                new = [(f"{order.id}-{n}", subject) for n, subject in enumerate(subjects)]
                lines = [
                    self._entry(order, action, effect, subject, last + number).line()
                    for number, (effect, subject) in enumerate((one for one in new if one[0] not in known), start=1)
                ]
                file.write(b"".join(lines))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise Unavailable(
                f"{self.file} cannot be written ({error.strerror}); the guard knows nothing yet."
            ) from error
        return f"{len(lines)} entries in {self.file}"

    def _subjects(self, order: Order) -> Sequence[str]:
        if order.subject_kind == "account":
            return [self._keyed("account", order.subject_id)]
        terms = order.details.get("terms")
        if not isinstance(terms, list) or not terms:
            raise Refused(f"{order.kind} names no terms; propose it again from the page of terms.")
        return [self._keyed("hashtag", str(term)) for term in terms]

    def _keyed(self, kind: str, subject: str) -> str:
        if len(subject) == 16 and set(subject) <= _HEX:
            return subject
        if self._id_key is None:
            raise BadConfiguration("a run with plain ids needs id_key_file at the overlay sink, in seawall.toml.")
        return f"{self._id_key.one(kind, subject):016x}"

    def _entry(self, order: Order, action: OverlayAction, effect: str, subject: str, sequence: int) -> OverlayEntry:
        people = tuple(name for name in (order.person, order.approved_by) if name)
        at = order.decided_at.isoformat()
        entry = OverlayEntry(
            effect_id=effect, action=action, subject=subject, at=at, sequence=sequence, approved_by=people
        )
        return entry.signed(self._key)


@contextmanager
def _locked(path: Path) -> Iterator[BinaryIO]:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(handle, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def _read(file: BinaryIO, path: Path) -> tuple[int, set[str]]:
    """The last number and all effect ids; what a crash left half written is closed with a line end."""
    data = file.read()
    if data and not data.endswith(b"\n"):
        file.truncate(data.rfind(b"\n") + 1)
    lines = data[: data.rfind(b"\n") + 1].splitlines()
    try:
        entries = [OverlayEntry.parse(line) for line in lines]
    except Refused as error:
        raise Damaged(f"{path} holds a line that is no entry; take it out, then try again.") from error
    return max((entry.sequence for entry in entries), default=0), {entry.effect_id for entry in entries}


def _signing_key(path: Path) -> Ed25519PrivateKey:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        pem = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise BadConfiguration(f"{path} holds no key that signs overlay entries ({error}).") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BadConfiguration(f"{path} holds another kind of key; overlay entries are signed with Ed25519.")
    return key


def _tell_public(path: Path, key: Ed25519PrivateKey) -> None:
    pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    if not path.exists() or path.read_bytes() != pem:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_bytes(pem)
