"""Decision ids: opaque outside, the reason for who holds the key.

An id is a fixed-size note of what decided (index version, policy, surface, subject, viewer, evidence, time), sealed
with AES-SIV (RFC 5297). So no store of decisions is needed: the id itself is the record, and all ids look alike.
"""

import base64
import struct
from dataclasses import dataclass
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from seawall.records.errors import Damaged
from seawall.records.ids import IdKey

_NOTE = struct.Struct("<8s4sBBBBIQQ")


class Trace(NamedTuple):
    """What decided: codes of `policy`, evidence (a keyed id, or a term's number), seconds since 1970, a serial number.

    `version` is the index's, 16 hex digits; `policy` the policy's, 8.
    """

    version: str
    policy: str
    surface: int
    subject: int
    viewer: int
    decision: int
    at: int
    evidence: int
    serial: int


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals and opens decision ids under a deployment's key."""

    cipher: AESSIV

    @classmethod
    def of(cls, key: IdKey) -> "Sealer":
        """The sealer of a deployment's key."""
        return cls(AESSIV(key.subkey("guard-decision")))

    def seal(self, trace: Trace) -> str:
        """The opaque id of a decision, 70 characters."""
        version, policy, *codes, at, evidence, serial = trace
        note = _NOTE.pack(bytes.fromhex(version), bytes.fromhex(policy), *codes, at, evidence, serial)
        return base64.urlsafe_b64encode(self.cipher.encrypt(note, None)).decode().rstrip("=")

    def open(self, decision_id: str) -> Trace:
        """What is behind an id. Errors: `Damaged` where it is none of ours, or of another key."""
        try:
            padded = decision_id + "=" * (-len(decision_id) % 4)
            note = self.cipher.decrypt(base64.urlsafe_b64decode(padded), None)
        except (InvalidTag, ValueError) as error:
            raise Damaged("this is no decision id of this deployment: copy it whole, and use its key file") from error
        version, policy, *rest = _NOTE.unpack(note)
        return Trace(version.hex(), policy.hex(), *rest)
