"""The one place that opens outgoing connections, listed ones only.

Nothing is reached that the operator has not listed by origin; redirects are not followed; an address that is not
public is refused unless its origin is listed as private; the address that was checked is the one that is connected
to, so that a name cannot change its mind in between. Queries are kept out of the ledger: some hold tokens.
"""

import http.client
import ipaddress
import json
import os
import socket
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from seawall.records.errors import BadConfiguration, Refused, Unavailable

_METHODS = frozenset({"GET", "POST", "PUT", "DELETE"})


@dataclass(frozen=True, slots=True)
class Destination:
    """An origin that may be reached, as https://host or http://host:port; plain http only where it is private."""

    origin: str
    private: bool = False

    def __post_init__(self) -> None:
        parts = urlsplit(self.origin)
        plain = parts.scheme == "http" and self.private
        if (parts.scheme != "https" and not plain) or not parts.hostname or parts.path.strip("/") or parts.query:
            raise BadConfiguration(
                f"destination {self.origin!r} is no origin; write https://host[:port], or http:// for a private one."
            )


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered; header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Outbound:
    """Reaches the listed destinations and writes every attempt to the ledger."""

    destinations: Iterable[Destination]
    ledger: Path | None = None
    timeout: float = 60.0
    largest: int = 64 << 20  # bytes of an answer that are read
    _listed: dict[tuple[str, str, int], Destination] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._listed = {_origin(destination.origin): destination for destination in self.destinations}

    def request(
        self,
        method: str,
        url: str,
        *,
        purpose: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | Iterable[bytes] | None = None,
        redirect_answers: bool = False,
    ) -> Answer:
        """One request and its answer; `purpose` is for the ledger.

        A body in pieces is sent as they come; its Content-Length must be among the headers. Where a redirect is
        itself the answer, `redirect_answers` returns it; it is never followed.
        Raises `Refused` for an origin that is not listed, an address that is not public or a redirect, and
        `Unavailable` where there is no whole answer in time.
        """
        started, status, note = time.monotonic(), 0, ""
        try:
            destination = self._allowed(method, url)
            answer = self._exchange(destination, method, url, dict(headers or {}), body)
            status = answer.status
            if 300 <= status < 400 and not redirect_answers:
                raise Refused(f"{_shown(url)} answered with a redirect ({status}); redirects are not followed.")
            return answer
        except (OSError, http.client.HTTPException) as error:
            note = f"{type(error).__name__}: {error}"
            raise Unavailable(f"{_shown(url)} gave no whole answer ({note}); try again later.") from error
        except (Refused, Unavailable) as error:
            note = str(error)
            raise
        finally:
            self._write(method, url, purpose, status, time.monotonic() - started, note)

    @contextmanager
    def stream(
        self, url: str, *, purpose: str, headers: Mapping[str, str] | None = None
    ) -> Iterator[tuple[int, Iterator[bytes]]]:
        """GET something large: its length in bytes and its pieces, none of which is kept.

        Raises as `request` does, and `Unavailable` also for an answer other than 200 or one without a length.
        """
        started, status, note = time.monotonic(), 0, ""
        try:
            destination = self._allowed("GET", url)
            with self._opened(destination, "GET", url, dict(headers or {}), None) as response:
                status = response.status
                if status != 200 or response.length is None:
                    raise Unavailable(f"{_shown(url)} answered {status} without a body of known length.")
                yield response.length, _pieces(response)
        except (OSError, http.client.HTTPException) as error:
            note = f"{type(error).__name__}: {error}"
            raise Unavailable(f"{_shown(url)} gave no whole answer ({note}); try again later.") from error
        except (Refused, Unavailable) as error:
            note = str(error)
            raise
        finally:
            self._write("GET", url, purpose, status, time.monotonic() - started, note)

    def _allowed(self, method: str, url: str) -> Destination:
        destination = self._listed.get(_origin(url))
        if destination is None or method not in _METHODS:
            known = ", ".join(sorted(d.origin for d in self._listed.values())) or "none"
            raise Refused(
                f"{method} {_shown(url)} is not allowed; listed destinations: {known}. List it, or do without."
            )
        return destination

    def _exchange(
        self,
        destination: Destination,
        method: str,
        url: str,
        headers: dict[str, str],
        body: bytes | Iterable[bytes] | None,
    ) -> Answer:
        deadline = time.monotonic() + self.timeout
        with self._opened(destination, method, url, headers, body) as response:
            told = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, told, self._read(response, deadline))

    @contextmanager
    def _opened(
        self,
        destination: Destination,
        method: str,
        url: str,
        headers: dict[str, str],
        body: bytes | Iterable[bytes] | None,
    ) -> Iterator[http.client.HTTPResponse]:
        scheme, host, port = _origin(url)
        connection = http.client.HTTPConnection(host, port, timeout=self.timeout)
        connection.sock = self._connected(destination, scheme, host, port)
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            connection.request(method, target, body, {"Connection": "close", "User-Agent": "seawall", **headers})
            yield connection.getresponse()
        finally:
            connection.close()

    def _read(self, response: http.client.HTTPResponse, deadline: float) -> bytes:
        pieces, size = [], 0
        while piece := response.read1(1 << 16):
            pieces.append(piece)
            size += len(piece)
            if size > self.largest:
                raise Unavailable(f"the answer is larger than {self.largest} bytes; ask for a smaller page.")
            if time.monotonic() > deadline:
                raise TimeoutError("the answer came too slowly")
        if response.length:
            raise http.client.IncompleteRead(b"", response.length)
        return b"".join(pieces)

    def _connected(self, destination: Destination, scheme: str, host: str, port: int) -> socket.socket:
        """A socket to the first address of a host, once every address of it is found to be allowed."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [ipaddress.ip_address(each[4][0]) for each in found]
        if not destination.private and not all(address.is_global for address in addresses):
            raise Refused(f"{host} has an address that is not public; list its origin as private if that is meant.")
        plain = socket.create_connection((str(addresses[0]), port), self.timeout)
        if scheme == "http":
            return plain
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)

    def _write(self, method: str, url: str, purpose: str, status: int, seconds: float, note: str) -> None:
        if self.ledger is None:
            return
        row = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "method": method,
            "to": _shown(url),
            "purpose": purpose,
            "status": status,
            "ms": round(seconds * 1000),
            "note": note,
        }
        handle = os.open(self.ledger, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


def _pieces(response: http.client.HTTPResponse) -> Iterator[bytes]:
    while piece := response.read1(1 << 16):
        yield piece
    if response.length:
        raise http.client.IncompleteRead(b"", response.length)


def _origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    if parts.username or parts.password:
        raise Refused("an address with a name or password in it is not reached; send them as a header.")
    return parts.scheme, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _shown(url: str) -> str:
    """The address without its query, which may hold a token."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}{parts.path}"
