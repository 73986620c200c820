"""A key for each case, wrapped by the operator's key.

The operator's key seals no evidence itself, so that changing it rewrites a few bytes a case, and destroying a case's
wrapped key destroys the case, backups of its files included.
"""

import hashlib
import os
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from seawall.records.errors import BadConfiguration, Refused


@dataclass(frozen=True, slots=True)
class OperatorKey:
    """32 secret bytes, kept apart from the vault."""

    secret: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """Which key this is; tells nothing of the key itself."""
        return hashlib.blake2b(self.secret, digest_size=6, person=b"seawall-keyname").hexdigest()

    def wrap(self, key: bytes, case: str) -> str:
        """A case's key, opened only by this key and only for this case."""
        nonce = secrets.token_bytes(12)
        return (nonce + AESGCM(self._part(b"wrap")).encrypt(nonce, key, case.encode())).hex()

    def unwrap(self, wrapped: str, case: str, under: str) -> bytes:
        """The case's key; raises Refused where it is wrapped under another key, or was changed."""
        blob = bytes.fromhex(wrapped)
        try:
            return AESGCM(self._part(b"wrap")).decrypt(blob[:12], blob[12:], case.encode())
        except InvalidTag as error:
            raise Refused(
                f"the key of case {case} does not open: it is wrapped under operator key {under}, and {self.name} was "
                "given. Give that key, or restore the case's key file from a backup."
            ) from error

    @property
    def signer(self) -> Ed25519PrivateKey:
        """What signs packs; its public half is told to whoever receives them."""
        return Ed25519PrivateKey.from_private_bytes(self._part(b"sign"))

    @property
    def public(self) -> str:
        """The public half of the signer, as 64 hex digits."""
        return self.signer.public_key().public_bytes_raw().hex()

    def _part(self, purpose: bytes) -> bytes:
        return hashlib.blake2b(purpose, digest_size=32, key=self.secret, person=b"seawall-vaultkey").digest()


def read_operator_key(path: Path) -> OperatorKey:
    """The key in a file of 64 hex digits, readable by its owner only; raises BadConfiguration for any other."""
    try:
        text, mode = path.read_text("ascii").strip(), path.stat().st_mode & 0o077
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfiguration(
            f"the operator key {path} cannot be read ({error}); make one with `vault key`."
        ) from error
    if mode:
        raise BadConfiguration(f"the operator key {path} can be read by others; run chmod 600 on it.")
    if not re.fullmatch("[0-9a-f]{64}", text):
        raise BadConfiguration(f"the operator key {path} is not 64 hex digits; give the file that `vault key` made.")
    return OperatorKey(bytes.fromhex(text))


def make_operator_key(path: Path) -> OperatorKey:
    """A new key in a new file; an existing one is never overwritten."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise Refused(f"{path} is there already; a key is never overwritten. Choose a new name.") from error
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")
    return read_operator_key(path)
