"""Signals as a STIX 2.1 bundle (OASIS Standard, 10 June 2021).

Media hashes are patterns on files. Keyed hashes are patterns on an object of our own, because in no standard field
would a reader know that they are keyed.
"""

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec

from seawall.disclosures.exchange.signal import KEYED, Kind, Opinion, Shared

_SPACE = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
"""The namespace that STIX 2.1 (section 2.9) gives for ids made from content."""
_HASHES = {Kind.MD5: "MD5", Kind.SHA256: "SHA-256", Kind.PDQ: "x_pdq"}
_CONFIDENCE = {Opinion.NEGATIVE: 0, Opinion.SEED: 30, Opinion.POSITIVE: 80}


def bundle(signals: Iterable[Shared], origin: str, now: datetime) -> bytes:
    """The bundle as JSON; the same signals give the same ids."""
    author = _id("identity", origin)
    identity = {
        "type": "identity",
        "spec_version": "2.1",
        "id": author,
        "created": _time(now),
        "modified": _time(now),
        "name": origin,
        "identity_class": "organization",
    }
    objects = [identity, *(_indicator(one, author, origin, now) for one in signals)]
    made = "|".join(sorted(str(one["id"]) for one in objects)) + _time(now)
    return msgspec.json.encode({"type": "bundle", "id": _id("bundle", made), "objects": objects})


def _indicator(signal: Shared, author: str, origin: str, now: datetime) -> dict[str, Any]:
    until = max(signal.expires_at, now.replace(microsecond=0))
    whole: dict[str, Any] = {
        "type": "indicator",
        "spec_version": "2.1",
        "id": _id("indicator", f"{origin}:{signal.reference}"),
        "created_by_ref": author,
        "created": _time(now),
        "modified": _time(now),
        "name": f"{signal.kind} signal",
        "description": "A seed for an investigation of your own, not a verdict.",
        "indicator_types": ["benign" if signal.opinion is Opinion.NEGATIVE else "anomalous-activity"],
        "pattern": _pattern(signal),
        "pattern_type": "stix",
        "valid_from": _time(now),
        "confidence": _CONFIDENCE[signal.opinion],
        "revoked": signal.withdrawn,
        "labels": list(signal.tags) or ["child-safety"],
    }
    if until > now:
        whole["valid_until"] = _time(until)
    return whole


def _pattern(signal: Shared) -> str:
    if signal.kind in KEYED:
        return f"[x-seawall-keyed:{signal.kind.value} = '{signal.value}']"
    return f"[file:hashes.'{_HASHES[signal.kind]}' = '{signal.value}']"


def _id(kind: str, made_from: str) -> str:
    return f"{kind}--{uuid.uuid5(_SPACE, f'{kind}:{made_from}')}"


def _time(value: datetime) -> str:
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
