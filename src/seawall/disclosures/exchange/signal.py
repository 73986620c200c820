"""A signal: what one platform tells another to look for."""

import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum

import msgspec

from seawall.records.errors import BadInput


class Kind(StrEnum):
    """What a signal names; the first four leave as keyed hashes, media as the hashes that they are."""

    HANDLE = "handle"
    LINK = "link"
    PAYMENT = "payment"
    TERM = "term"
    PDQ = "pdq"
    MD5 = "md5"
    SHA256 = "sha256"


KEYED = frozenset({Kind.HANDLE, Kind.LINK, Kind.PAYMENT, Kind.TERM})
_DIGITS = {Kind.PDQ: 64, Kind.MD5: 32, Kind.SHA256: 64}


class Opinion(IntEnum):
    """What its origin thinks of it (as in ThreatExchange's library)."""

    NEGATIVE = 0
    SEED = 1
    POSITIVE = 2


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """One signal in clear, which never leaves as it is; `reference` is its origin's own id for it."""

    kind: Kind
    value: str
    reference: str
    opinion: Opinion = Opinion.SEED
    tags: tuple[str, ...] = ()
    expires_at: datetime


class Shared(msgspec.Struct, frozen=True, kw_only=True):
    """One signal as it leaves: `value` is a keyed hash, or a media hash."""

    kind: Kind
    value: str
    reference: str
    opinion: Opinion
    tags: tuple[str, ...] = ()
    expires_at: datetime
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Partner:
    """A named partner and the secret that the two share; other partners get other hashes of the same handle."""

    name: str
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) < 32:
            raise BadInput(f"the secret with {self.name} has {len(self.secret)} bytes; agree on 32 random ones.")

    def keyed(self, kind: Kind, value: str) -> str:
        """HMAC-SHA256 of a value in one spelling: without the secret no guess can be tested."""
        said = f"seawall-signal:{kind.value}:{one_spelling(kind, value)}"
        return hmac.new(self.secret, said.encode(), hashlib.sha256).hexdigest()


def one_spelling(kind: Kind, value: str) -> str:
    """How two platforms spell the same handle, link, payment handle or term."""
    plain = unicodedata.normalize("NFKC", value).strip().casefold()
    if kind is Kind.HANDLE:
        return plain.lstrip("@")
    if kind is Kind.LINK:
        bare = re.sub(r"^[a-z]+://(www\.)?|^www\.", "", plain)
        return re.sub(r"[?#].*$", "", bare).rstrip("/")
    if kind is Kind.PAYMENT:
        return re.sub(r"[\s-]", "", plain)
    return " ".join(plain.split())


def shared(signal: Signal, partner: Partner) -> Shared:
    """A signal as it leaves for a partner; raises BadInput for a media hash that is none."""
    value = partner.keyed(signal.kind, signal.value) if signal.kind in KEYED else signal.value.lower()
    if signal.kind not in KEYED and not re.fullmatch(rf"[0-9a-f]{{{_DIGITS[signal.kind]}}}", value):
        raise BadInput(f"{signal.reference}: {signal.kind} is {_DIGITS[signal.kind]} hex digits; this is not.")
    return Shared(
        kind=signal.kind,
        value=value,
        reference=signal.reference,
        opinion=signal.opinion,
        tags=signal.tags,
        expires_at=signal.expires_at,
    )


def withdrawal(signal: Signal, partner: Partner) -> Shared:
    """The same signal, taken back."""
    return msgspec.structs.replace(shared(signal, partner), withdrawn=True)
