"""Hashing, looking up and comparing."""

import hashlib
import random
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from seawall.api.hma.request import SIGNAL_TYPES, Holdings, HttpError, Request, checked
from seawall.api.tokens import INVESTIGATE
from seawall.hashes.entries import HashKind, Opinion
from seawall.hashes.reading import Match


def hash_upload(_: Holdings, request: Request) -> Mapping[str, str]:
    """GET and POST /h/hash."""
    return request.signals()


def raw_lookup(holdings: Holdings, request: Request) -> dict[str, Any]:
    """GET /m/raw_lookup: whatever matches, paused entries and banks that are off included."""
    kind, value = asked(request)
    found = holdings.store.lookup([(kind, value)], paused=True)[0]
    matches = [match for match in found if request.banks is None or match.bank in request.banks]
    if not request.flag("include_distance"):
        return {"matches": [match.entry for match in matches]}
    return {"matches": [_shown(request, match) for match in matches]}


def lookup(holdings: Holdings, request: Request) -> dict[str, Any]:
    """GET /m/lookup."""
    return _by_bank(holdings, request, *asked(request))


def lookup_upload(holdings: Holdings, request: Request) -> dict[str, Any]:
    """POST /m/lookup."""
    return {name: _by_bank(holdings, request, *checked(name, value)) for name, value in request.signals().items()}


def compare(holdings: Holdings, request: Request) -> dict[str, Any]:
    """POST /m/compare."""
    told = {}
    for kind, pair in request.json().items():
        if kind != HashKind.PDQ or not isinstance(pair, list) or len(pair) != 2:
            raise HttpError(400, "compare takes two pdq hashes, as {'pdq': [one, other]}")
        one, other = (int(checked(kind, value)[1], 16) for value in pair)
        distance = (one ^ other).bit_count()
        told[kind] = [distance <= holdings.store.writer.index.threshold, {"distance": distance}]
    return told


def index_status(holdings: Holdings, request: Request) -> dict[str, Any]:
    """GET /m/index/status: the newest entry that matches (Unix seconds) and how many do, by signal type."""
    told = {}
    for name in asked_types(request):
        size, newest = holdings.store.extent(SIGNAL_TYPES[name])
        told[name] = {"present": size > 0, "built_to": newest, "size": size}
    return told


def asked(request: Request) -> tuple[HashKind, str]:
    """The hash that a query asks about."""
    if "url" in request.query:
        raise HttpError(400, "addresses are not fetched; send the file")
    if "signal" not in request.query:
        raise HttpError(400, f"give signal and signal_type; known types: {', '.join(SIGNAL_TYPES)}")
    return checked(request.query.get("signal_type", ""), request.query["signal"])


def asked_types(request: Request) -> list[str]:
    """The signal type that a query is limited to, or all."""
    limited = request.query.get("signal_type")
    if limited is None:
        return list(SIGNAL_TYPES)
    if limited not in SIGNAL_TYPES:
        raise HttpError(400, f"no such signal type; known types: {', '.join(SIGNAL_TYPES)}")
    return [limited]


def _by_bank(holdings: Holdings, request: Request, kind: HashKind, value: str) -> dict[str, Any]:
    """The matches of each bank that takes part: HMA's coin is seeded, so that one upload always has one answer."""
    if not holdings.curation.kinds()[kind]:
        raise HttpError(400, f"{kind} is not enabled")
    coin = 0.0 if request.flag("bypass_coinflip") else random.Random(request.query.get("seed")).random()
    taking_part = {bank for bank, share in holdings.curation.matching().items() if share > 0 and share >= coin}
    told: dict[str, list[dict[str, Any]]] = {}
    for match in holdings.store.lookup([(kind, value)])[0]:
        if match.bank in taking_part and (request.banks is None or match.bank in request.banks):
            told.setdefault(match.bank, []).append(_shown(request, match))
            _watch_for_floods(holdings, request, match)
    return told


def _watch_for_floods(holdings: Holdings, request: Request, match: Match) -> None:
    """Count the account that uploads, where the lookup names it; what protects the innocent is never set aside."""
    account = request.query.get("account")
    if account and match.opinion != Opinion.NEGATIVE:
        digest = hashlib.blake2b(account.encode(), digest_size=8).digest()
        holdings.flood.observe(match.entry, int.from_bytes(digest), datetime.now(UTC))


def _shown(request: Request, match: Match) -> dict[str, Any]:
    """A match as the token may see it: a distance is a ladder for evasion. HMA writes distances as text."""
    told: dict[str, Any] = {"bank_content_id": match.entry}
    may_see = request.token is not None and INVESTIGATE in request.token.scopes
    return {**told, "distance": str(match.distance)} if may_see else told
