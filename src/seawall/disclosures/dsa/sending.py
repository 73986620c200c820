"""Statements to the Transparency Database, in batches, each once."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

import msgspec

from seawall.disclosures.dsa.rules import require_clean
from seawall.disclosures.dsa.statement import Statement
from seawall.disclosures.pace import Pace
from seawall.effects.outbound import Answer, Outbound
from seawall.records.errors import BadInput, Refused, Unavailable
from seawall.records.ids import IdKey

BATCH = 100
"""The most statements that one call takes."""


def puid_of(key: IdKey, decision: str, at: datetime) -> str:
    """A statement's own id: the same for the same decision, and nothing of the account can be told from it."""
    return f"sw-{at:%Y%m%d}-{key.one('dsa-statement', decision):016x}"


@dataclass(slots=True)
class TransparencyDatabase:
    """The database at a base address, as https://…/api/v1, with a bearer token."""

    outbound: Outbound
    base: str
    token: str = field(repr=False)
    pace: Pace = field(default_factory=Pace)

    def exists(self, puid: str) -> bool:
        """Whether a statement of this id is there: it answers 302 for yes and 404 for no."""
        answer = self._call("GET", f"statement/existing-puid/{quote(puid, safe='')}", None, redirect=True)
        if answer.status not in {200, 302, 404}:
            raise _problem(answer)
        return answer.status != 404

    def send(self, statements: Sequence[Statement], known: Iterable[str] = ()) -> list[str]:
        """Send what is not there yet, in order; returns the ids sent. Nothing is sent where one is unclean."""
        names = tuple(known)
        for statement in statements:
            require_clean(statement, names)
        puids = [statement.puid for statement in statements]
        if len(set(puids)) < len(puids):
            raise BadInput("two of the statements have the same puid; each decision has its own.")
        return [puid for batch in _batches(statements, BATCH) for puid in self._send_batch(batch)]

    def _send_batch(self, batch: Sequence[Statement]) -> list[str]:
        new = [statement for statement in batch if not self.exists(statement.puid)]
        if not new:
            return []
        answer = self._call("POST", "statements", msgspec.json.encode({"statements": new}))
        if answer.status != 201:
            raise _problem(answer)
        return [statement.puid for statement in new]

    def _call(self, method: str, path: str, body: bytes | None, *, redirect: bool = False) -> Answer:
        self.pace.take()
        return self.outbound.request(
            method,
            f"{self.base}/{path}",
            purpose=f"dsa {path.partition('/')[0]}",
            headers={
                "Authorization": f"Bearer {self.token}",
                "Accept": "application/json",
                "Content-Type": "application/json",
            },
            body=body,
            redirect_answers=redirect,
        )


def _batches(statements: Sequence[Statement], size: int) -> Iterator[Sequence[Statement]]:
    for start in range(0, len(statements), size):
        yield statements[start : start + size]


def _problem(answer: Answer) -> Exception:
    if answer.status in {401, 403}:
        return Refused(f"the database does not take the token ({answer.status}); check it.")
    if answer.status == 429 or answer.status >= 500:
        return Unavailable(f"the database answered {answer.status}; send again later, nothing is sent twice.")
    return BadInput(f"the database refused the statements ({answer.status}): {_told(answer)}")


def _told(answer: Answer) -> str:
    try:
        said: dict[str, Any] = msgspec.json.decode(answer.body, type=dict)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return "no reason given"
    return str(said.get("message", said))[:400]
