"""The file of machine tokens: names, scopes, rates, digests."""

import hashlib
import os
import secrets
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import msgspec

from seawall.api.rates import Rate
from seawall.api.tokens import Token
from seawall.records.errors import BadConfiguration, Refused, UnknownVersion

SCHEMA_VERSION = 1
A_SECOND = 5_000.0
"""Requests a second that a token may send unless its line says otherwise."""

GUARD_SCOPES = tuple(
    f"guard:{name}"
    for name in ("search", "suggest", "tag", "recommend", "profile", "contact", "upload", "appeal", "overlay", "status")
)
"""One a surface; `appeal` and `overlay` for what changes something; `status` sees metrics and the state of parts."""


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A token as the file holds it; `digest` is the SHA-256 of its secret."""

    name: Annotated[str, msgspec.Meta(pattern="^[a-z0-9][a-z0-9._-]{0,63}$")]
    digest: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    scopes: tuple[str, ...]
    a_second: Annotated[float, msgspec.Meta(gt=0)] = A_SECOND


class TokenFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    schema_version: int = SCHEMA_VERSION
    tokens: tuple[Line, ...] = ()


@dataclass(slots=True)
class Client:
    """A token and what it has spent."""

    token: Token
    rate: Rate


@dataclass(slots=True)
class Clients:
    """Who may ask, by the digest of the secret; reading the file again keeps what each has spent."""

    known: dict[str, Client] = field(default_factory=dict)

    def bearer(self, header: str) -> Client | None:
        """Whose secret an Authorization header holds, or None: found by digest, nothing is compared byte by byte."""
        kind, _, secret = header.partition(" ")
        return self.known.get(hashlib.sha256(secret.strip().encode()).hexdigest()) if kind.lower() == "bearer" else None

    def take(self, lines: Iterable[Line]) -> None:
        """Know these tokens, and no others any more."""
        self.known = {line.digest: self._client(line) for line in lines}

    def _client(self, line: Line) -> Client:
        before = self.known.get(line.digest)
        rate = before.rate if before and before.rate.a_second == line.a_second else Rate(line.a_second)
        return Client(Token(line.name, line.digest, frozenset(line.scopes)), rate)


def read_tokens(path: Path) -> TokenFile:
    """The tokens in a file; raises BadConfiguration where it cannot be used or others can write or read it."""
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise BadConfiguration(f"The token file {path} is open to others. Run `chmod 600 {path}`.")
        read = msgspec.json.decode(path.read_bytes(), type=TokenFile)
    except OSError as error:
        raise BadConfiguration(
            f"The token file {path} cannot be read ({error.strerror}). Make one with `seawall token NAME --scope …`."
        ) from error
    except msgspec.DecodeError as error:
        raise BadConfiguration(f"{path} is no token file: {error}. Make one with `seawall token`.") from error
    if read.schema_version != SCHEMA_VERSION:
        raise UnknownVersion.of(str(path), read.schema_version, SCHEMA_VERSION)
    return read


def add_token(path: Path, name: str, scopes: Iterable[str], a_second: float = A_SECOND) -> str:
    """Add a token; returns its secret, which nothing keeps."""
    before = read_tokens(path) if path.exists() else TokenFile()
    if any(line.name == name for line in before.tokens):
        raise Refused(f"{path} has a token {name!r}. Revoke it first, or choose another name.")
    secret = secrets.token_urlsafe(32)
    token = Token.of(name, secret, scopes)
    try:
        line = msgspec.convert(
            {"name": name, "digest": token.digest, "scopes": sorted(token.scopes), "a_second": a_second}, Line
        )
    except msgspec.ValidationError as error:
        raise BadConfiguration(f"this token cannot be made: {error}. A name has a-z, 0-9, dot, dash, _.") from error
    _write(path, TokenFile(tokens=(*before.tokens, line)))
    return secret


def revoke_token(path: Path, name: str) -> None:
    """Remove a token; a running server forgets it within a second."""
    before = read_tokens(path)
    stay = tuple(line for line in before.tokens if line.name != name)
    if len(stay) == len(before.tokens):
        known = ", ".join(line.name for line in before.tokens) or "none"
        raise Refused(f"{path} has no token {name!r}; it has: {known}.")
    _write(path, TokenFile(tokens=stay))


def _write(path: Path, file: TokenFile) -> None:
    new = path.with_name(f"{path.name}.new")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(msgspec.json.format(msgspec.json.encode(file), indent=1) + b"\n")
        out.flush()
        os.fsync(out.fileno())
    new.replace(path)
