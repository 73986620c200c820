"""Sealed text: what an analyst must read later and a run must not show.

AES-256-GCM with a nonce derived from the text under a key of its own, so that the same run gives the same bytes and no
nonce ever serves two texts. Equal texts have equal seals; nothing else can be told from one without the key.
"""

import base64
import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from seawall.records.errors import Damaged
from seawall.records.ids import IdKey

PREFIX = "sealed:"


def seal(key: IdKey, text: str) -> str:
    """The text, readable only with the key, as `sealed:` and base64."""
    plain = text.encode()
    nonce = hashlib.blake2b(plain, digest_size=12, key=key.subkey("seal-nonce")).digest()
    sealed = AESGCM(key.subkey("seal")).encrypt(nonce, plain, None)
    return PREFIX + base64.urlsafe_b64encode(nonce + sealed).decode()


def unseal(key: IdKey, sealed: str) -> str:
    """The text behind a seal; `Damaged` when it was changed or sealed under another key."""
    try:
        blob = base64.urlsafe_b64decode(sealed.removeprefix(PREFIX))
        return AESGCM(key.subkey("seal")).decrypt(blob[:12], blob[12:], None).decode()
    except (InvalidTag, ValueError) as error:
        raise Damaged("a sealed text does not open: it was changed, or sealed under another key file") from error
