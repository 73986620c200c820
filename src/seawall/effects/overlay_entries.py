"""Overlay entries: what people decide between runs, signed.

The effects' executor signs one entry for each approved effect that must change the guard's answers at once. A guard
takes only entries that this key has signed, each effect once, in the order of their numbers.
"""

from enum import StrEnum
from typing import Annotated, Self

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Meta, Struct

from seawall.records.errors import Refused


class OverlayAction(StrEnum):
    """What a guard does with the subject from now on."""

    REMOVE = "remove"  # an account: as one that sells, on every surface
    PROTECT = "protect"  # an account: as a child at risk, whom no stranger is led to
    CLEAR = "clear"  # an account: as any other, whatever the run says
    BLOCK_TERM = "block_term"
    UNBLOCK_TERM = "unblock_term"
    CLOSE_TAG = "close_tag"
    OPEN_TAG = "open_tag"
    BLOCK_LINK = "block_link"
    UNBLOCK_LINK = "unblock_link"
    BLOCK_HASH = "block_hash"
    UNBLOCK_HASH = "unblock_hash"


class OverlayEntry(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One change. `subject` is 16 hex digits of a keyed id; a term's or a PDQ hash's is sealed text (`records.seal`).

    `sequence` numbers the entries of one executor from 1, without a gap; `at` is in UTC, as ISO 8601; `approved_by`
    names the people who approved the effect, as the audit log does.
    """

    effect_id: Annotated[str, Meta(min_length=1, max_length=128)]
    action: OverlayAction
    subject: Annotated[str, Meta(min_length=1, max_length=2_000)]
    at: str
    sequence: Annotated[int, Meta(ge=1)]
    approved_by: tuple[str, ...]
    signature: bytes = b""

    def signed(self, key: Ed25519PrivateKey) -> Self:
        """The same entry, signed."""
        return msgspec.structs.replace(self, signature=key.sign(_said(self)))

    def verify(self, trusted: Ed25519PublicKey) -> None:
        """Errors: `Refused` where the entry is not signed by this key or approved by nobody."""
        try:
            trusted.verify(self.signature, _said(self))
        except InvalidSignature as error:
            raise Refused(
                f"overlay entry {self.sequence} is not signed by the effects' executor; nothing of it was applied."
            ) from error
        if not self.effect_id.strip() or not any(name.strip() for name in self.approved_by):
            raise Refused(f"overlay entry {self.sequence} names no approved effect; nothing of it was applied.")

    def line(self) -> bytes:
        """The entry as one line of an overlay file."""
        return msgspec.json.encode(self) + b"\n"

    @classmethod
    def parse(cls, line: bytes) -> Self:
        """The entry of a line. Errors: `Refused` where it is none."""
        try:
            return msgspec.json.decode(line, type=cls)
        except (msgspec.DecodeError, ValueError) as error:
            raise Refused(f"a line of the overlay is no entry ({error}); nothing of it was applied.") from error


def _said(entry: OverlayEntry) -> bytes:
    """What a signature covers: every field but the signature itself, in a fixed order."""
    bare = msgspec.structs.replace(entry, signature=b"")
    return b"seawall overlay 1\n" + msgspec.json.encode(bare, order="deterministic")
