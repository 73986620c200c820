"""Checks that a webhook's body comes from the server it claims."""

import hashlib
import hmac


def verify_webhook(body: bytes, signature: str, secret: str) -> bool:
    """Whether `signature` (the header X-Hub-Signature, `sha256=` and hex digits) is that of the raw body.

    The body must be the bytes as received: decoding and encoding JSON again changes them. Compared in constant time.
    """
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.strip().encode())
