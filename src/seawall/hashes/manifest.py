"""Which files make up an index now, and which did one generation ago."""

import contextlib
import hashlib
import os
from pathlib import Path

import msgspec

from seawall.records.errors import BadInput, Damaged, Unavailable, UnknownVersion

CURRENT, PREVIOUS = "CURRENT", "PREVIOUS"
VERSION = 1


class Manifest(msgspec.Struct, frozen=True):
    """One generation: sealed segments, oldest first, and the log that came after them."""

    version: int
    generation: int
    threshold: int
    segments: list[str]
    log: str


def read_manifest(folder: Path, name: str = CURRENT) -> Manifest:
    """The manifest by that name; its digest is checked."""
    path = folder / name
    try:
        digest, _, text = path.read_bytes().partition(b"\n")
    except FileNotFoundError as error:
        raise BadInput(f"{folder} holds no hash index; make one with `seawall hashes build`.") from error
    if hashlib.blake2b(text, digest_size=32).hexdigest().encode() != digest:
        raise Damaged(f"{path} is damaged; make the index again with `seawall hashes build`.")
    manifest = msgspec.json.decode(text, type=Manifest)
    if manifest.version != VERSION:
        raise UnknownVersion.of(f"{path}", manifest.version, VERSION)
    return manifest


def publish(folder: Path, manifest: Manifest) -> None:
    """Make a generation the current one, in one step; the one before it is kept as the previous."""
    text = msgspec.json.encode(manifest)
    new = folder / f"{CURRENT}.new"
    try:
        with new.open("wb") as file:
            file.write(hashlib.blake2b(text, digest_size=32).hexdigest().encode() + b"\n" + text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        new.unlink(missing_ok=True)
        raise Unavailable(f"{new} cannot be written ({error.strerror}); the index before it stays in use.") from error
    if (folder / CURRENT).exists():
        keep = folder / f"{PREVIOUS}.new"
        keep.unlink(missing_ok=True)
        keep.hardlink_to(folder / CURRENT)
        keep.replace(folder / PREVIOUS)
    new.replace(folder / CURRENT)
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Make renames and new files in a folder outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def discard_unused(folder: Path) -> None:
    """Delete segments and logs that neither generation names; readers that map them keep them until they close."""
    used: set[str] = set()
    for name in (CURRENT, PREVIOUS):
        with contextlib.suppress(BadInput, Damaged):
            manifest = read_manifest(folder, name)
            used |= {*manifest.segments, manifest.log}
    for path in folder.glob("*-*"):
        if path.name not in used:
            path.unlink(missing_ok=True)
