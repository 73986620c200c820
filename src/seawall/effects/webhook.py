"""A signed webhook: effects told to a server of the platform's own.

The signature is HMAC-SHA256 over the time stamp, a full stop and the body, as hex behind `v1=`; the receiver checks it
with `verified`, refuses old time stamps, and does each `Seawall-Effect` id once.
"""

import hashlib
import hmac
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.utils import timezone

from seawall.effects.outbound import Destination, Outbound
from seawall.effects.sink import Order
from seawall.records.errors import BadConfiguration, Refused, Unavailable

OLDEST = 300
"""Seconds after which a receiver refuses a time stamp: a copied request cannot be sent again later."""
_OPTIONS = ("url", "secret_file", "private", "timeout")
_AGAIN = frozenset({408, 425, 429})
_DONE_BEFORE = 409


def signature(secret: bytes, stamp: str, body: bytes) -> str:
    """The value of the header `Seawall-Signature`."""
    return "v1=" + hmac.new(secret, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def verified(secret: bytes, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Whether a request is from this Seawall and fresh; header names are lower-case, `now` in Unix seconds."""
    stamp = headers.get("seawall-timestamp", "")
    fresh = stamp.isdigit() and abs(now - int(stamp)) <= OLDEST
    return fresh and hmac.compare_digest(headers.get("seawall-signature", ""), signature(secret, stamp, body))


class WebhookSink:
    """Posts each effect as JSON; what fails for a while is tried again by the executor."""

    def __init__(self, url: str, secret: bytes, outbound: Outbound) -> None:
        self.url, self._secret, self._outbound = url, secret, outbound

    @classmethod
    def make(cls, name: str, options: Mapping[str, Any]) -> "WebhookSink":
        """From seawall.toml: `url`, `secret_file`; `private = true` for an address in one's own network."""
        where = f"[effects.sinks.{name}.options]"
        if unknown := set(options) - set(_OPTIONS):
            raise BadConfiguration.unknown_key(where, min(unknown), _OPTIONS)
        try:
            url, secret = str(options["url"]), Path(options["secret_file"]).read_bytes().strip()
        except (KeyError, OSError) as error:
            raise BadConfiguration(f"{where} needs url and a readable secret_file ({error}).") from error
        if len(secret) < 32:
            raise BadConfiguration(f"{where}: the secret has {len(secret)} bytes; give at least 32 random ones.")
        origin = "/".join(url.split("/", 3)[:3])
        ledger: Path = settings.HOME / "outbound.jsonl"
        destination = Destination(origin, private=bool(options.get("private", False)))
        return cls(url, secret, Outbound([destination], ledger, timeout=float(options.get("timeout", 20))))

    def carry_out(self, order: Order) -> str:
        """Post it; 2xx and 409 (known already) are done, 408, 425, 429 and 5xx are tried again, others failed."""
        body = msgspec.json.encode(order)
        stamp = str(int(timezone.now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "Seawall-Effect": order.id,
            "Seawall-Timestamp": stamp,
            "Seawall-Signature": signature(self._secret, stamp, body),
        }
        answer = self._outbound.request("POST", self.url, purpose=f"effect {order.kind}", headers=headers, body=body)
        if 200 <= answer.status < 300 or answer.status == _DONE_BEFORE:
            return f"{answer.status} {answer.body[:200].decode('utf-8', 'replace')}".strip()
        if answer.status in _AGAIN or answer.status >= 500:
            raise Unavailable(f"the webhook answered {answer.status}; it is tried again.")
        raise Refused(f"the webhook answered {answer.status} to {order.kind}; look there, then try again.")
