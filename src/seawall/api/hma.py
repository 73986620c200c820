"""The door of Hasher-Matcher-Actioner: its JSON, behind tokens.

A client of HMA 2 changes its address and sends a bearer token. What differs: every call needs a token; distances are
told only to tokens with `hashes:investigate`; addresses are not fetched (send the file); a bank's content is one
signal. A bare ASGI application: any server runs it.
"""

import asyncio
import email.parser
import email.policy
import io
import random
import re
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import msgspec
import pyarrow as pa

from seawall.api.tokens import CURATE, HASH, INVESTIGATE, MATCH, ProbeWatch, Token, Tokens
from seawall.hashes.entries import DIGITS, HashKind, hash_list
from seawall.hashes.hashing import Hashed, hash_file
from seawall.hashes.hexadecimal import decode, words
from seawall.hashes.store import BankStore, Match
from seawall.records.errors import SeawallError

_LARGEST = 64 << 20
_BANK_NAME = re.compile(r"[A-Z0-9_]{1,255}")


class HttpError(Exception):
    """An answer that is not 200, with HMA's message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Request:
    """What a handler sees of a request."""

    token: Token | None
    path: str
    query: Mapping[str, str]
    kind: str
    body: bytes

    def json(self) -> dict[str, Any]:
        """The body as a JSON object."""
        try:
            return msgspec.json.decode(self.body, type=dict[str, Any])
        except msgspec.DecodeError as error:
            raise HttpError(400, f"the body is no JSON object: {error}") from error

    def file(self) -> bytes:
        """The one file of a multipart body, under the name of its content type."""
        head = f"Content-Type: {self.kind}\r\n\r\n".encode()
        parsed = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + self.body)
        parts = list(parsed.iter_parts()) if parsed.is_multipart() else []
        if len(parts) != 1 or parts[0].get_param("name", header="content-disposition") != "photo":
            raise HttpError(400, "send exactly one file, as multipart field photo")
        return bytes(parts[0].get_payload(decode=True) or b"")

    @property
    def banks(self) -> set[str] | None:
        """The banks that are asked, or None for all."""
        return set(self.query["banks"].split(",")) if self.query.get("banks") else None


@dataclass(slots=True)
class HmaDoor:
    """The application; `alarm` is called with a sentence where a token probes."""

    store: BankStore
    tokens: Tokens
    alarm: Callable[[str], None]
    watch: ProbeWatch = field(default_factory=ProbeWatch)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    async def __call__(
        self,
        scope: Mapping[str, Any],
        receive: Callable[[], Awaitable[dict[str, Any]]],
        send: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        """Answer one HTTP request."""
        if scope["type"] != "http":
            return
        try:
            body = await _body(receive)
            status, told = await asyncio.to_thread(self._answer, scope, body)
        except HttpError as error:
            status, told = error.status, {"message": str(error)}
        data = told.encode() if isinstance(told, str) else msgspec.json.encode(told)
        kind = b"text/plain" if isinstance(told, str) else b"application/json"
        headers = [
            (b"content-type", kind),
            (b"content-length", str(len(data)).encode()),
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": data})

    def _answer(self, scope: Mapping[str, Any], body: bytes) -> tuple[int, Any]:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        query = {key: value[-1] for key, value in parse_qs(scope["query_string"].decode("latin-1")).items()}
        token = self.tokens.bearer(headers.get("authorization", ""))
        request = Request(token, scope["path"], query, headers.get("content-type", ""), body)
        for method, pattern, needed, handler in _ROUTES:
            found = re.fullmatch(pattern, scope["path"])
            if found and method == scope["method"]:
                _require(token, needed)
                try:
                    with self._lock:
                        return 200, handler(self, request, *found.groups())
                except SeawallError as error:
                    raise HttpError(400, str(error)) from error
        raise HttpError(404, "no such endpoint")

    def status(self, _: Request) -> str:
        state = self.store.writer.index.state
        if state != "current":
            raise HttpError(503, "INDEX-STALE")
        return "I-AM-ALIVE"

    def live(self, _: Request) -> str:
        return "I-AM-ALIVE"

    def hash(self, request: Request) -> dict[str, str]:
        return {"pdq": _pdq(hash_file(io.BytesIO(request.file())))}

    def raw_lookup(self, request: Request) -> dict[str, Any]:
        kind, value = _signal(request.query)
        matches = [m for m in self._matches(request, kind, value) if request.banks is None or m.bank in request.banks]
        if request.query.get("include_distance", "").lower() != "true":
            return {"matches": [match.entry for match in matches]}
        return {"matches": [_shown(request, match) for match in matches]}

    def lookup(self, request: Request) -> dict[str, Any]:
        return self._by_bank(request, *_signal(request.query))

    def lookup_file(self, request: Request) -> dict[str, Any]:
        return {"pdq": self._by_bank(request, HashKind.PDQ, _pdq(hash_file(io.BytesIO(request.file()))))}

    def compare(self, request: Request) -> dict[str, Any]:
        told = {}
        for kind, pair in request.json().items():
            if kind != HashKind.PDQ or not isinstance(pair, list) or len(pair) != 2:
                raise HttpError(400, "compare takes two pdq hashes, as {'pdq': [one, other]}")
            one, other = (int(_checked(HashKind.PDQ, str(value)), 16) for value in pair)
            distance = (one ^ other).bit_count()
            told[kind] = [distance <= self.store.writer.index.threshold, {"distance": distance}]
        return told

    def index_status(self, _: Request) -> dict[str, Any]:
        index = self.store.writer.index
        return {"pdq": {"present": True, "built_to": index.manifest.generation, "size": len(index)}}

    def list_banks(self, _: Request) -> list[dict[str, Any]]:
        return [{"name": name, "matching_enabled_ratio": share} for name, share in self.store.matching().items()]

    def make_bank(self, request: Request) -> dict[str, Any]:
        given = request.json()
        name = str(given.get("name", ""))
        if not _BANK_NAME.fullmatch(name):
            raise HttpError(400, "a bank's name is of A-Z, 0-9 and _")
        if name in self.store.matching():
            raise HttpError(403, "there is such a bank already")
        self.store.set_matching(name, _share(given))
        return {"name": name, "matching_enabled_ratio": self.store.matching()[name]}

    def bank(self, _: Request, name: str) -> dict[str, Any]:
        return {"name": name, "matching_enabled_ratio": self._known(name)}

    def change_bank(self, request: Request, name: str) -> dict[str, Any]:
        self._known(name)
        self.store.set_matching(name, _share(request.json()))
        return self.bank(request, name)

    def drop_bank(self, _: Request, name: str) -> dict[str, str]:
        self._known(name)
        self.store.drop_bank(name)
        return {"message": "Done"}

    def add_signal(self, request: Request, name: str) -> dict[str, Any]:
        signals = {str(k): str(v) for k, v in request.json().items() if k in set(HashKind)}
        return self._add(name, {kind: _checked(HashKind(kind), value) for kind, value in signals.items()})

    def add_content(self, request: Request, name: str) -> dict[str, Any]:
        return self._add(name, {"pdq": _pdq(hash_file(io.BytesIO(request.file())))})

    def content(self, request: Request, name: str, entry: str) -> dict[str, Any]:
        found = self.store.entry(int(entry))
        if found is None or found[0] != name:
            raise HttpError(404, "no such content in this bank")
        told = {"id": int(entry), "disable_until_ts": 0, "original_media_uri": None, "bank": self.bank(request, name)}
        return {**told, "signals": {found[1]: found[2]}} if request.query.get("include_signals") else told

    def drop_content(self, request: Request, name: str, entry: str) -> dict[str, int]:
        self.content(request, name, entry)
        return {"deleted": self.store.withdraw_entries([int(entry)])}

    def _add(self, name: str, signals: dict[str, str]) -> dict[str, Any]:
        self._known(name)
        if len(signals) != 1:
            raise HttpError(400, f"send one signal of {', '.join(HashKind)}")
        ((kind, value),) = signals.items()
        (entry,) = self.store.add(name, _one(kind, value)) or [self._entry_of(name, kind, value)]
        return {"id": entry, "signals": signals}

    def _entry_of(self, name: str, kind: str, value: str) -> int:
        matches = self.store.lookup([(HashKind(kind), value)], threshold=0)[0]
        return next(match.entry for match in matches if match.bank == name)

    def _known(self, name: str) -> float:
        if name not in self.store.matching():
            raise HttpError(404, "no such bank")
        return self.store.matching()[name]

    def _by_bank(self, request: Request, kind: HashKind, value: str) -> dict[str, Any]:
        told: dict[str, list[dict[str, Any]]] = {}
        seed = request.query.get("seed")
        coin = random.Random(seed).random() if request.query.get("bypass_coinflip", "").lower() != "true" else 0.0
        taking_part = {bank for bank, share in self.store.matching().items() if share > 0 and share >= coin}
        for match in self._matches(request, kind, value):
            if match.bank in taking_part and (request.banks is None or match.bank in request.banks):
                told.setdefault(match.bank, []).append(_shown(request, match))
        return told

    def _matches(self, request: Request, kind: HashKind, value: str) -> list[Match]:
        if kind is HashKind.PDQ and request.token:
            asked = words(decode(pa.array([value]), DIGITS[kind])[0])
            if self.watch.observe(request.token.name, asked):
                self.alarm(f"token {request.token.name} asks for hashes a few bits apart: it may be probing.")
        return self.store.lookup([(kind, value)])[0]


async def _body(receive: Callable[[], Awaitable[dict[str, Any]]]) -> bytes:
    pieces, size, more = [], 0, True
    while more:
        message = await receive()
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > _LARGEST:
            raise HttpError(413, "the body is too large")
        more = message.get("more_body", False)
    return b"".join(pieces)


def _require(token: Token | None, needed: str) -> None:
    if not needed:
        return
    if token is None:
        raise HttpError(401, "send a token, as Authorization: Bearer …")
    if needed not in token.scopes:
        raise HttpError(403, f"this token lacks the scope {needed}")


def _signal(query: Mapping[str, str]) -> tuple[HashKind, str]:
    if "url" in query:
        raise HttpError(400, "addresses are not fetched; send the file")
    kind = query.get("signal_type", "")
    if kind not in set(HashKind) or "signal" not in query:
        raise HttpError(400, f"give signal and signal_type; known types: {', '.join(HashKind)}")
    return HashKind(kind), _checked(HashKind(kind), query["signal"])


def _checked(kind: HashKind, value: str) -> str:
    if not decode(pa.array([value]), DIGITS[kind])[1][0]:
        raise HttpError(400, f"a {kind} is {DIGITS[kind]} hexadecimal digits")
    return value.lower()


def _pdq(hashed: Hashed) -> str:
    if hashed.pdq is None:
        raise HttpError(400, f"this file has no pdq: {hashed.outcome}")
    return hashed.pdq


def _shown(request: Request, match: Match) -> dict[str, Any]:
    """A match as the token may see it: a distance is a ladder for evasion. HMA writes distances as text."""
    told: dict[str, Any] = {"bank_content_id": match.entry}
    may_see = request.token is not None and INVESTIGATE in request.token.scopes
    return {**told, "distance": str(match.distance)} if may_see else told


def _share(given: Mapping[str, Any]) -> float:
    if "enabled_ratio" in given:
        return float(given["enabled_ratio"])
    return 1.0 if given.get("enabled", True) else 0.0


def _one(kind: str, value: str) -> pa.Table:
    return hash_list([{"kind": kind, "value": value, "source": "hma", "reference": value}])


_BANK = "/c/bank/([A-Z0-9_]+)"
_ROUTES: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("GET", "/status", "", HmaDoor.status),
    ("GET", "/status/live", "", HmaDoor.live),
    ("POST", "/h/hash", HASH, HmaDoor.hash),
    ("GET", "/m/raw_lookup", MATCH, HmaDoor.raw_lookup),
    ("GET", "/m/lookup", MATCH, HmaDoor.lookup),
    ("POST", "/m/lookup", MATCH, HmaDoor.lookup_file),
    ("POST", "/m/compare", INVESTIGATE, HmaDoor.compare),
    ("GET", "/m/index/status", MATCH, HmaDoor.index_status),
    ("GET", "/c/banks", CURATE, HmaDoor.list_banks),
    ("POST", "/c/banks", CURATE, HmaDoor.make_bank),
    ("GET", _BANK, CURATE, HmaDoor.bank),
    ("PUT", _BANK, CURATE, HmaDoor.change_bank),
    ("DELETE", _BANK, CURATE, HmaDoor.drop_bank),
    ("POST", f"{_BANK}/signal", CURATE, HmaDoor.add_signal),
    ("POST", f"{_BANK}/content", CURATE, HmaDoor.add_content),
    ("GET", f"{_BANK}/content/([0-9]+)", CURATE, HmaDoor.content),
    ("DELETE", f"{_BANK}/content/([0-9]+)", CURATE, HmaDoor.drop_content),
)
