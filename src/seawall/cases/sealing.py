"""Sealed texts: read by a person, never by whoever copies the file.

The key comes from Django's secret; whoever loses that loses the sealed texts.
"""

import hashlib
import hmac

from django.conf import settings

from seawall.records.ids import IdKey
from seawall.records.seal import seal, unseal


def seal_text(text: str) -> str:
    """The text, readable only with this deployment's secret."""
    return seal(_key(), text)


def unseal_text(sealed: str) -> str:
    """The text behind a seal; raises Damaged."""
    return unseal(_key(), sealed)


def text_digest(text: str) -> str:
    """Equal for equal texts, 64 hex digits; without the secret nobody can test a guess."""
    return hmac.new(_key().subkey("text-digest"), text.encode(), hashlib.sha256).hexdigest()


def _key() -> IdKey:
    return IdKey(hashlib.blake2b(settings.SECRET_KEY.encode(), digest_size=32, person=b"seawall-cases").digest())
