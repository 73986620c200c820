"""The guard's questions without a server: bytes in, bytes out.

No question waits for anything, so a server may answer where the request arrives. Whatever goes wrong inside, a
question is answered with the safe default of its surface, and counted.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from seawall.api.http import BINARY, JSON, Header, HttpError, Reply
from seawall.api.journal import Journal
from seawall.api.metrics import Metrics
from seawall.api.surfaces import SURFACES, recommend_words, safe
from seawall.api.token_file import Clients
from seawall.guard.answers import REQUESTS, Answer
from seawall.guard.library import Guard

Headers = list[Header]
_LARGEST = {"recommend": 1 << 20, "upload": 1 << 20, "search": 1 << 19, "suggest": 1 << 18}
_SMALL = 1 << 15
_encode = msgspec.json.Encoder().encode


@dataclass(slots=True)
class Question:
    """One surface: how it is decoded, asked and counted, and the bytes that its body may have."""

    name: str
    decode: Callable[[bytes], Any]
    ask: Callable[[Guard, Any], Answer]
    observe: Callable[[float], None]
    largest: int
    counts: dict[str, Callable[[], None]] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Questions:
    """Answers every surface. `overloaded` is set by whoever watches the load; then answers are the safe defaults."""

    guard: Guard
    clients: Clients
    journal: Journal = field(default_factory=Journal)
    metrics: Metrics = field(default_factory=Metrics)
    overloaded: bool = False
    questions: dict[str, Question] = field(init=False)
    """By path."""

    def __post_init__(self) -> None:
        self.questions = {f"/v1/{name}": self._question(name) for name in SURFACES}

    def admit(self, headers: Headers, scope: str) -> None:
        """Let a request pass whose token may do this and has not spent its rate; raises HttpError."""
        kind, _, secret = header(headers, b"authorization").partition(b" ")
        client = self.clients.known.get(hashlib.sha256(secret.strip()).hexdigest())
        if client is None or kind.lower() != b"bearer":
            raise HttpError(401, "send a known token, as Authorization: Bearer …", (b"www-authenticate", b"Bearer"))
        if scope not in client.token.scopes:
            raise HttpError(403, f"this token lacks the scope {scope}")
        wait = client.rate.wait(time.monotonic())
        if wait > 0:
            raise HttpError(429, "this token has spent its rate", (b"retry-after", str(int(wait) + 1).encode()))

    def reply(self, question: Question, headers: Headers, body: bytes) -> Reply:
        """The answer to a question whose token was let pass; raises HttpError."""
        begun, kind = time.perf_counter(), content_type(headers)
        if kind == JSON:
            told = Reply(200, _encode(self._decided(question, body)))
        elif kind == BINARY and question.name == "recommend":
            told = self._in_words(question, body)
        else:
            raise HttpError(415, "send application/json")
        question.observe(time.perf_counter() - begun)
        return told

    def turned_away(self, error: HttpError) -> Reply:
        """Count a request that gets no decision; returns what it gets."""
        self.metrics.turned_away.labels(str(error.status)).inc()
        self.journal.count("turned away", str(error.status))
        return error.reply()

    def failed(self, part: str, error: BaseException) -> None:
        """Count and tell that a part failed."""
        self.metrics.failures.labels(part).inc()
        self.journal.failure(part, error)

    def _question(self, name: str) -> Question:
        decode = msgspec.json.Decoder(REQUESTS[name]).decode
        observe = self.metrics.seconds.labels(name).observe
        return Question(name, decode, SURFACES[name], observe, _LARGEST.get(name, _SMALL))

    def _decided(self, question: Question, body: bytes) -> Answer:
        asked = decoded(question.decode, body)
        found = self._asked(question.name, question.ask, asked)
        told: Answer = found or safe(self.guard, question.name, asked)
        self._count(question, told.decision)
        return told

    def _in_words(self, question: Question, body: bytes) -> Reply:
        found = self._asked(question.name, recommend_words, body)
        ids, kept = found or (b"", self.guard.shed(question.name))
        self._count(question, kept.decision)
        more = (
            (b"seawall-decision", kept.decision.encode()),
            (b"seawall-decision-id", kept.decision_id.encode()),
            (b"seawall-index-version", kept.index_version.encode()),
            (b"seawall-lowered", str(getattr(kept, "lowered", 0)).encode()),
        )
        return Reply(200, ids, BINARY, more)

    def _asked(self, name: str, ask: Callable[[Guard, Any], Any], asked: Any) -> Any:
        """What the library says, or None where it cannot be asked or fails: then the safe default is due."""
        if self.overloaded:
            self.metrics.shed.labels(name, "overloaded").inc()
            return None
        try:
            return ask(self.guard, asked)
        except HttpError:
            raise
        except Exception as error:  # noqa: BLE001  whatever fails inside, the answer is the safe one
            self.metrics.shed.labels(name, "failed").inc()
            self.failed(name, error)
            return None

    def _count(self, question: Question, decision: str) -> None:
        count = question.counts.get(decision)
        if count is None:
            count = question.counts[decision] = self.metrics.decisions.labels(question.name, decision).inc
        count()


def decoded(decode: Callable[[bytes], Any], body: bytes) -> Any:
    """A body by its type; raises HttpError 400 with what is wrong and where."""
    try:
        return decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise HttpError(400, f"the body is not what this path takes: {error}") from error


def header(headers: Headers, wanted: bytes, missing: bytes = b"") -> bytes:
    """The first header of a name (names come in lower case)."""
    for name, value in headers:
        if name == wanted:
            return value
    return missing


def content_type(headers: Headers) -> bytes:
    """The content type without its parameters; JSON where none is given."""
    given = header(headers, b"content-type", JSON)
    return given if given == JSON else given.partition(b";")[0].strip().lower()
