"""What a handler sees of a request, and what it may answer with."""

import email.parser
import email.policy
import io
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
import pyarrow as pa

from seawall.api.tokens import Token
from seawall.hashes.curation import Curation
from seawall.hashes.entries import DIGITS, HashKind
from seawall.hashes.flood import FloodGuard
from seawall.hashes.hashing import hash_file
from seawall.hashes.hexadecimal import decode
from seawall.hashes.store import BankStore
from seawall.hashes.video_file import hash_video
from seawall.intake.exchanges.book import ExchangeBook

SIGNAL_TYPES: Mapping[str, HashKind] = {
    "pdq": HashKind.PDQ,
    "video_md5": HashKind.MD5,
    "md5": HashKind.MD5,
    "sha1": HashKind.SHA1,
    "sha256": HashKind.SHA256,
}
"""What HMA calls a kind of hash; `video_md5` is its name for the MD5 of a video."""

CONTENT_TYPES = ("photo", "video")


class HttpError(Exception):
    """An answer that is not 200, with HMA's message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with a status or headers of its own."""

    status: int
    told: Any
    headers: tuple[tuple[bytes, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Holdings:
    """What handlers work on, one at a time: the banks, their settings and their exchanges."""

    store: BankStore
    curation: Curation
    book: ExchangeBook
    flood: FloodGuard
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True, slots=True)
class Upload:
    """The one file of a request as its signals, and the text fields beside it."""

    signals: Mapping[str, str]
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Request:
    """A request by a token; `upload` is there where the body is a file."""

    token: Token | None
    path: str
    query: Mapping[str, str]
    kind: str
    body: bytes
    upload: Upload | None = None

    def json(self) -> dict[str, Any]:
        """The body as a JSON object."""
        try:
            return msgspec.json.decode(self.body, type=dict[str, Any])
        except msgspec.DecodeError as error:
            raise HttpError(400, f"the body is no JSON object: {error}") from error

    def hashed(self) -> "Request":
        """The same request with its file hashed, where it has one: this takes long and needs no lock."""
        multipart = self.kind.startswith("multipart/form-data")
        return replace(self, upload=_upload(self.kind, self.body)) if multipart else self

    def signals(self) -> Mapping[str, str]:
        """The hashes of the file that was sent, by signal type."""
        if "url" in self.query:
            raise HttpError(400, "addresses are not fetched; send the file")
        if self.upload is None:
            raise HttpError(400, "send exactly one file, as multipart field photo or video")
        return self.upload.signals

    def flag(self, name: str) -> bool:
        """Whether a query parameter says yes."""
        return self.query.get(name, "").lower() in {"true", "1", "yes"}

    @property
    def banks(self) -> set[str] | None:
        """The banks that are asked, or None for all."""
        return set(self.query["banks"].split(",")) if self.query.get("banks") else None


def _upload(kind: str, body: bytes) -> Upload:
    """One file under the name of its content type, and text fields."""
    head = f"Content-Type: {kind}\r\n\r\n".encode()
    parsed = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
    files: list[tuple[str, bytes]] = []
    fields = {}
    for part in parsed.iter_parts() if parsed.is_multipart() else ():
        name, data = str(part.get_param("name", header="content-disposition")), part.get_payload(decode=True) or b""
        if part.get_filename() is None and name not in CONTENT_TYPES:
            fields[name] = bytes(data).decode("utf-8", "replace")
        else:
            files.append((name, bytes(data)))
    if len(files) != 1 or files[0][0] not in CONTENT_TYPES:
        raise HttpError(400, "send exactly one file, as multipart field photo or video")
    return Upload(_signals(*files[0]), fields)


def _signals(content_type: str, data: bytes) -> dict[str, str]:
    if content_type == "video":
        video = hash_video(io.BytesIO(data))
        if not video.md5 or video.outcome == "not_a_video":
            raise HttpError(400, f"this file has no video_md5: {video.outcome}")
        return {"video_md5": video.md5}
    image = hash_file(io.BytesIO(data))
    if image.pdq is None:
        raise HttpError(400, f"this file has no pdq: {image.outcome}")
    return {"pdq": image.pdq}


def checked(signal_type: str, value: object) -> tuple[HashKind, str]:
    """A kind and a value as they are kept, or an answer that says what is wrong."""
    if signal_type not in SIGNAL_TYPES:
        raise HttpError(400, f"no such signal type; known types: {', '.join(SIGNAL_TYPES)}")
    kind, text = SIGNAL_TYPES[signal_type], str(value)
    if not decode(pa.array([text]), DIGITS[kind])[1][0]:
        raise HttpError(400, f"a {signal_type} is {DIGITS[kind]} hexadecimal digits")
    return kind, text.lower()


def number(given: Mapping[str, Any], name: str) -> float:
    """A number of a JSON body."""
    value = given.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise HttpError(400, f"{name} must be a number")
    return float(value)


def share(given: Mapping[str, Any]) -> float:
    """The share of lookups that a body asks for: `enabled_ratio`, else `enabled`, else all."""
    if "enabled_ratio" in given:
        return number(given, "enabled_ratio")
    return 1.0 if given.get("enabled", True) else 0.0
