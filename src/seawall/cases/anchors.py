"""Anchors: the audit log's head, told to files outside the database.

`anchors.jsonl` gets a line a minute and is never rewritten; `head.json` holds the head of the last commit. Whoever can
change the database but not this folder cannot hide that rows are gone.
"""

import fcntl
import json
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from seawall.records.errors import Damaged, SeawallWarning

HEAD, ANCHORS = "head.json", "anchors.jsonl"
_WIDTH = 192  # bytes of the head: always as many, so that one write replaces all of the last


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where the head was once; `place` says which file and line tells so."""

    sequence: int
    digest: str
    place: str


def keep_head(sequence: int, digest: str) -> None:
    """Tell the head of a commit; an earlier commit that comes late changes nothing."""
    try:
        with _locked(_folder() / HEAD) as file:
            known = _read(os.pread(file, 4096, 0), str(_folder() / HEAD))
            if known is None or known.sequence < sequence:
                os.pwrite(file, _line(sequence, digest).rstrip().ljust(_WIDTH - 1) + b"\n", 0)
    except OSError as error:
        warnings.warn(SeawallWarning(f"the audit log's head cannot be told to a file ({error})"), stacklevel=2)


def write_anchor(sequence: int, digest: str) -> None:
    """Append one anchor and see it on the disk."""
    with _locked(_folder() / ANCHORS) as file:
        os.lseek(file, 0, os.SEEK_END)
        os.write(file, _line(sequence, digest))
        os.fsync(file)


def known_anchors() -> Iterator[Anchor]:
    """Every anchor, and the head of the last commit."""
    for name in (ANCHORS, HEAD):
        path = _folder() / name
        for number, line in enumerate(path.read_bytes().splitlines() if path.exists() else [], start=1):
            found = _read(line, f"{path}, line {number}")
            if found:
                yield found


def _folder() -> Path:
    folder: Path = settings.AUDIT_FOLDER
    return folder


def _line(sequence: int, digest: str) -> bytes:
    at = timezone.now().isoformat(timespec="seconds")
    return json.dumps({"at": at, "sequence": sequence, "digest": digest}).encode() + b"\n"


def _read(line: bytes, place: str) -> Anchor | None:
    if not line.strip():
        return None
    try:
        told = json.loads(line)
        return Anchor(int(told["sequence"]), str(told["digest"]), place)
    except (ValueError, KeyError, TypeError) as error:
        raise Damaged(f"{place} is no anchor of the audit log: it was changed by hand or cut off.") from error


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
    finally:
        os.close(file)
