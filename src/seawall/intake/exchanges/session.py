"""What exchange clients take for a session, over our connections."""

import base64
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlencode

import msgspec

from seawall.effects.outbound import Answer, Outbound
from seawall.records.errors import Refused, Unavailable

_RETRIED = frozenset({429, 500, 502, 503, 504})
_TRIES = 5
_LONGEST_WAIT = 60.0


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with the few members that the clients use."""

    answer: Answer

    @property
    def content(self) -> bytes:
        """The body; XML that declares a document type is refused, for entities can be made to grow without end."""
        if b"<!DOCTYPE" in self.answer.body[:4096]:
            raise Unavailable("the exchange answered XML with a document type, which is not read.")
        return self.answer.body

    def json(self, object_hook: Any = None) -> Any:
        """The body as JSON; `object_hook` is None wherever the clients call this."""
        del object_hook
        try:
            return msgspec.json.decode(self.answer.body)
        except msgspec.DecodeError as error:
            raise Unavailable(f"the exchange answered something that is not JSON: {error}.") from error

    def raise_for_status(self) -> None:
        """Nothing where all is well, else our own errors."""
        if self.answer.status in {401, 403}:
            raise Refused(f"the exchange refused the credentials ({self.answer.status}); look at their configuration.")
        if self.answer.status >= 400:
            raise Unavailable(f"the exchange answered {self.answer.status}; what was read before stands.")


@dataclass(slots=True)
class ExchangeSession:
    """A session of one exchange. Reads are tried again after 429 and 5xx, as long as asked to wait; writes are not."""

    outbound: Outbound
    purpose: str
    headers: dict[str, str] = field(default_factory=dict)
    sleep: Callable[[float], None] = time.sleep

    @classmethod
    def basic(cls, outbound: Outbound, purpose: str, user: str, password: str) -> Self:
        """A session with HTTP Basic authentication."""
        token = base64.b64encode(f"{user}:{password}".encode()).decode()
        return cls(outbound, purpose, {"Authorization": f"Basic {token}"})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held open between requests."""

    def get(self, url: str, params: Mapping[str, Any] | None = None) -> Reply:
        """Read, with up to five tries."""
        given = {key: value for key, value in (params or {}).items() if value is not None}
        address = f"{url}{'&' if '?' in url else '?'}{urlencode(given)}" if given else url
        for attempt in range(_TRIES):
            answer = self.outbound.request("GET", address, purpose=self.purpose, headers=self.headers)
            if answer.status not in _RETRIED or attempt == _TRIES - 1:
                break
            self.sleep(_wait(answer, attempt))
        return Reply(answer)

    def post(
        self, url: str, data: bytes | str | None = None, json: Any = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Write once."""
        body = msgspec.json.encode(json) if json is not None else data.encode() if isinstance(data, str) else data
        kind = {"Content-Type": "application/json"} if json is not None else {}
        given = {**self.headers, **kind, **(headers or {})}
        return Reply(self.outbound.request("POST", url, purpose=self.purpose, headers=given, body=body or b""))

    def put(self, url: str, headers: Mapping[str, str] | None = None, data: bytes | None = None) -> Reply:
        """Write once."""
        given = {**self.headers, **(headers or {})}
        return Reply(self.outbound.request("PUT", url, purpose=self.purpose, headers=given, body=data or b""))


def _wait(answer: Answer, attempt: int) -> float:
    told = answer.headers.get("retry-after", "")
    return min(float(told), _LONGEST_WAIT) if told.isdigit() else 0.2 * 2**attempt
