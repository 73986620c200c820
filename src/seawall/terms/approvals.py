"""Signed approvals: how a term becomes active without a console.

An approval names a lexicon version and terms. Each person signs it with an Ed25519 key; the operator's file of trusted
keys says whose signature counts. A term that blocks a search (severity 3) takes two people, any other one.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from seawall.records.errors import BadConfiguration, Refused
from seawall.terms.lexicon import Term

BLOCKING = 3


@dataclass(frozen=True, slots=True)
class Approval:
    """Terms to activate in one version of a lexicon, and who signed: person -> base64 signature."""

    version: int
    terms: tuple[str, ...]
    signatures: Mapping[str, str]

    @property
    def signed_bytes(self) -> bytes:
        """What every signature is over."""
        body = {"action": "activate", "lexicon_version": self.version, "terms": sorted(self.terms)}
        return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    def signed(self, person: str, key: Ed25519PrivateKey) -> "Approval":
        """The same approval with this person's signature added."""
        signature = base64.b64encode(key.sign(self.signed_bytes)).decode()
        return replace(self, signatures={**self.signatures, person: signature})

    def signers(self, trusted: Mapping[str, Ed25519PublicKey]) -> tuple[str, ...]:
        """The people whose signatures hold, by distinct keys; a signature that does not hold is refused."""
        people: dict[bytes, str] = {}
        for person, signature in sorted(self.signatures.items()):
            if person not in trusted:
                raise Refused(f"{person} signed, but the trusted keys name {', '.join(sorted(trusted)) or 'nobody'}.")
            try:
                trusted[person].verify(base64.b64decode(signature), self.signed_bytes)
            except (InvalidSignature, ValueError):
                raise Refused(
                    f"The signature of {person} is not over this approval. Let {person} sign again."
                ) from None
            people.setdefault(trusted[person].public_bytes_raw(), person)
        return tuple(sorted(people.values()))


def people_needed(term: Term) -> int:
    """How many people must sign for a term to become active."""
    return 2 if term.severity >= BLOCKING else 1


def read_approval(path: Path) -> Approval:
    """The approval in a JSON file."""
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        return Approval(int(body["lexicon_version"]), tuple(body["terms"]), dict(body["signatures"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadConfiguration(
            f"{path} is no approval ({error!r}). Make one: seawall terms approve --sign KEY."
        ) from error


def write_approval(approval: Approval, path: Path) -> None:
    """Write an approval where `read_approval` finds it."""
    body = {
        "lexicon_version": approval.version,
        "terms": list(approval.terms),
        "signatures": dict(approval.signatures),
    }
    path.write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_private_key(path: Path) -> Ed25519PrivateKey:
    """A person's signing key, a PEM file without a password."""
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise BadConfiguration(f"{path} holds no private key ({error}). Give an Ed25519 key in PEM.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BadConfiguration(f"{path} holds a key of another kind. Give an Ed25519 key in PEM.")
    return key


def read_trusted_keys(path: Path) -> dict[str, Ed25519PublicKey]:
    """Whose signatures count: a JSON object of person -> base64 of the 32 bytes of an Ed25519 public key."""
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        return {str(who): Ed25519PublicKey.from_public_bytes(base64.b64decode(key)) for who, key in body.items()}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise BadConfiguration(
            f"{path} holds no trusted keys ({error}). Give {{person: base64 public key}}."
        ) from error
