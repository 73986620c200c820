"""A plain file of signals: JSON lines, a header, a signature."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from seawall.disclosures.exchange.signal import Shared
from seawall.disclosures.vault.keys import OperatorKey
from seawall.records.errors import Damaged, Refused, UnknownVersion

VERSION = 1


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """Whose signals these are, for whom, and their number in the order of files."""

    version: int = VERSION
    origin: str
    partner: str
    sequence: int
    made_at: datetime
    count: int


def write_signals(
    signals: Iterable[Shared], key: OperatorKey, *, origin: str, partner: str, sequence: int, now: datetime
) -> bytes:
    """The whole file, signed; equal signals give equal bytes."""
    rows = [msgspec.json.encode(one) for one in sorted(signals, key=lambda one: one.reference)]
    header = Header(origin=origin, partner=partner, sequence=sequence, made_at=now, count=len(rows))
    said = b"\n".join((msgspec.json.encode(header), *rows)) + b"\n"
    return said + key.signer.sign(said).hex().encode() + b"\n"


def read_signals(content: bytes, signer: str, *, partner: str) -> tuple[Header, list[Shared]]:
    """The signals of a file for `partner`; raises Damaged or Refused for one that is cut, changed or for another."""
    said, _, signature = content.rstrip(b"\n").rpartition(b"\n")
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signer))
        key.verify(bytes.fromhex(signature.decode("ascii")), said + b"\n")
        head, *rows = said.split(b"\n")
        header = msgspec.json.decode(head, type=Header)
        signals = [msgspec.json.decode(row, type=Shared) for row in rows]
    except (InvalidSignature, ValueError, msgspec.ValidationError) as error:
        raise Damaged(
            f"the file of signals is cut, changed or not signed by {signer[:16]}; ask for it again."
        ) from error
    if header.version != VERSION:
        raise UnknownVersion.of("the file of signals", header.version, VERSION)
    if header.partner != partner:
        raise Refused(f"the file is for {header.partner}, not for {partner}; its hashes mean nothing here.")
    if header.count != len(signals):
        raise Damaged(f"the file says {header.count} signals and holds {len(signals)}; ask for it again.")
    return header, signals


def digest_of(content: bytes) -> str:
    """SHA-256 of what leaves: two people approve this."""
    return hashlib.sha256(content).hexdigest()
