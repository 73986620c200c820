"""A case as one file that whoever receives it can verify.

The file is sealed under a key of its own, which goes another way. The manifest comes last, so that the pack is written
in one pass; a pack that is cut off has none and does not open.
"""

import hashlib
import io
import os
import secrets
import tarfile
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from seawall.disclosures.vault.keys import OperatorKey
from seawall.disclosures.vault.vault import VaultCase
from seawall.records.errors import Damaged, Refused
from seawall.records.sealed_stream import SealedReader, SealedWriter

MANIFEST, CUSTODY, SIGNATURE = "manifest.json", "custody.jsonl", "signature"


class PackedItem(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a pack."""

    file: str
    name: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a pack holds, who made it and why."""

    version: int = 1
    case: str
    made_at: datetime
    made_by: str
    purpose: str
    items: tuple[PackedItem, ...]
    custody_sha256: str
    signer: str


class Entry(NamedTuple):
    """One file that goes into a pack: its name, its size in bytes, its pieces."""

    name: str
    size: int
    pieces: Iterator[bytes]


class Told(NamedTuple):
    """What a manifest says of the whole: the case, who made the pack, what for."""

    case: str
    by: str
    purpose: str


def export_pack(case: VaultCase, key: OperatorKey, to: Path) -> str:
    """Write a case of the vault as a pack; returns the key that opens it, as 64 hex digits, to be told another way."""
    entries = (Entry(item.name, item.size, case.read(item.name)) for item in case.items())

    def custody() -> bytes:
        return b"".join(msgspec.json.encode(line) + b"\n" for line in case.log.lines())

    return write_pack(to, key, Told(case.folder.name, case.by.who, case.by.purpose), entries, custody)


def write_pack(
    to: Path, key: OperatorKey, told: Told, entries: Iterable[Entry], custody: Callable[[], bytes] = bytes
) -> str:
    """Write a pack into a new file, in one pass; `custody` is asked once all entries have passed."""
    pack_key = secrets.token_bytes(32)
    try:
        handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise Refused(f"{to} is there already; a pack overwrites nothing. Choose a new name.") from error
    try:
        with os.fdopen(handle, "wb") as file:
            sealed = SealedWriter(file, pack_key)
            with tarfile.open(fileobj=sealed, mode="w|") as tar:  # type: ignore[call-overload]  # it only writes
                packed = tuple(_add_entry(tar, number, entry) for number, entry in enumerate(entries, 1))
                _close(tar, key, told, packed, custody())
            sealed.close()
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        to.unlink(missing_ok=True)
        raise
    return pack_key.hex()


def _close(tar: tarfile.TarFile, key: OperatorKey, told: Told, packed: tuple[PackedItem, ...], custody: bytes) -> None:
    _add_bytes(tar, CUSTODY, custody)
    manifest = Manifest(
        case=told.case,
        made_at=datetime.now(UTC),
        made_by=told.by,
        purpose=told.purpose,
        items=packed,
        custody_sha256=hashlib.sha256(custody).hexdigest(),
        signer=key.public,
    )
    said = msgspec.json.encode(manifest)
    _add_bytes(tar, MANIFEST, said)
    _add_bytes(tar, SIGNATURE, key.signer.sign(said))


def _add_entry(tar: tarfile.TarFile, number: int, entry: Entry) -> PackedItem:
    file = f"items/{number:06d}"
    member = tarfile.TarInfo(file)
    member.size, member.mode = entry.size, 0o600
    passing = _Passing(entry.pieces)
    tar.addfile(member, passing)  # type: ignore[arg-type]  # it only reads
    return PackedItem(file=file, name=entry.name, size=entry.size, sha256=passing.digest.hexdigest())


def _add_bytes(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    tar.addfile(member, io.BytesIO(content))


class _Passing:
    """Pieces as a file to read from, digested on their way."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._held, self.digest = pieces, bytearray(), hashlib.sha256()

    def read(self, size: int) -> bytes:
        while len(self._held) < size and (piece := next(self._pieces, None)) is not None:
            self._held += piece
        part = bytes(self._held[:size])
        del self._held[:size]
        self.digest.update(part)
        return part


def verify_pack(
    path: Path, pack_key: str, signer: str, take: Callable[[str, Iterator[bytes]], None] | None = None
) -> Manifest:
    """Check a pack against its manifest and its signer; `take` gets each item as it passes.

    What `take` was given counts only once this returns. Raises Damaged for anything that is not what was packed.
    """
    found: dict[str, tuple[int, str]] = {}
    kept: dict[str, bytes] = {}
    with path.open("rb") as file:
        try:
            sealed = SealedReader(file, bytes.fromhex(pack_key))
            with tarfile.open(fileobj=sealed, mode="r|") as tar:  # type: ignore[call-overload]  # it only reads
                for member in tar:
                    _take_member(tar, member, found, kept, take)
        except (tarfile.TarError, EOFError, ValueError) as error:
            raise Damaged(f"{path} is no whole pack ({error}); ask for it again.") from error
        except Damaged as error:
            raise Damaged(f"{path} is cut off or changed, or this is not its key; ask for it again.") from error
    return _judge(path, found, kept, signer)


def _take_member(
    tar: tarfile.TarFile,
    member: tarfile.TarInfo,
    found: dict[str, tuple[int, str]],
    kept: dict[str, bytes],
    take: Callable[[str, Iterator[bytes]], None] | None,
) -> None:
    source = tar.extractfile(member)
    assert source is not None
    if member.name in {MANIFEST, CUSTODY, SIGNATURE}:
        kept[member.name] = source.read()
        return
    digest, size = hashlib.sha256(), 0

    def passing() -> Iterator[bytes]:
        nonlocal size
        while piece := source.read(1 << 20):
            digest.update(piece)
            size += len(piece)
            yield piece

    if take is not None:
        take(member.name, passing())
    for _ in passing():  # what `take` has left
        pass
    found[member.name] = (size, digest.hexdigest())


def _judge(path: Path, found: dict[str, tuple[int, str]], kept: dict[str, bytes], signer: str) -> Manifest:
    if set(kept) != {MANIFEST, CUSTODY, SIGNATURE}:
        raise Damaged(f"{path} has no manifest; it is cut off. Ask for it again.")
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(signer)).verify(kept[SIGNATURE], kept[MANIFEST])
    except (InvalidSignature, ValueError) as error:
        raise Damaged(f"{path} is not signed by {signer[:16]}; ask its sender for the public key again.") from error
    manifest = msgspec.json.decode(kept[MANIFEST], type=Manifest)
    wanted = {item.file: (item.size, item.sha256) for item in manifest.items}
    if wanted != found or hashlib.sha256(kept[CUSTODY]).hexdigest() != manifest.custody_sha256:
        raise Damaged(f"{path} does not hold what its manifest lists; ask for it again.")
    return manifest
