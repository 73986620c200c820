"""ThreatExchange: a group's signals, which are leads, not verdicts."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from threatexchange.exchanges.clients.fb_threatexchange import api

from seawall.hashes.entries import HashKind, Opinion
from seawall.intake.exchanges.base import Page
from seawall.intake.exchanges.session import ExchangeSession
from seawall.records.errors import Unavailable

_KINDS = {
    "HASH_PDQ": HashKind.PDQ,
    "HASH_MD5": HashKind.MD5,
    "HASH_SHA1": HashKind.SHA1,
    "HASH_SHA256": HashKind.SHA256,
}
_OPINIONS = {"MALICIOUS": Opinion.POSITIVE, "NON_MALICIOUS": Opinion.NEGATIVE}
_FIELDS = ("id", "indicator", "type", "last_updated", "should_delete", "descriptors{id,owner{id},tags,status}")
_STALE_AFTER = 85 * 86_400  # seconds; deletions are kept for 90 days


class _Client(api.ThreatExchangeAPI):
    """The client of threatexchange over our session."""

    def __init__(self, base: str, token: str, session: ExchangeSession) -> None:
        super().__init__(token, endpoint_override=base)
        self._session = session

    def _get_session(self) -> ExchangeSession:
        return self._session

    def get_json_from_url(self, url: str, params: Any = None, *, json_obj_hook: Any = None) -> Any:
        reply = self._session.get(url, params)
        reply.raise_for_status()
        return reply.json(json_obj_hook)


class ThreatExchange:
    """One privacy group, by number."""

    def __init__(
        self, base: str, token: str, group: int, session: ExchangeSession, clock: Callable[[], float] = time.time
    ) -> None:
        self.name = f"threatexchange-{group}"
        self._client, self._group, self._clock = _Client(base, token, session), group, clock

    def pages(self, checkpoint: str | None) -> Iterator[Page]:
        """Updates since the checkpoint; it moves on after the last page."""
        latest = int(checkpoint or 0)
        cursor: Any = self._client.get_threat_updates(
            self._group, start_time=latest or None, types=list(_KINDS), page_size=500, fields=_FIELDS
        )
        while not cursor.done:
            try:
                rows = [_read(update) for update in cursor.next()]
                latest = max([latest, *(int(update["last_updated"]) for update in cursor.data)])
            except (TypeError, KeyError, AttributeError, ValueError) as error:
                raise Unavailable(f"a page of the exchange cannot be read ({error!r}); start again later.") from error
            standing = [row for row in rows if row.get("kind")]
            gone = [row["reference"] for row in rows if not row.get("kind")]
            yield Page(standing, gone, str(latest) if cursor.done else None)

    def stale(self, checkpoint: str) -> bool:
        """After 85 days deletions may have been missed."""
        return self._clock() - int(checkpoint) > _STALE_AFTER

    def vote(self, reference: str, kind: HashKind, value: str, *, agree: bool) -> None:
        """React to every descriptor of the indicator: helpful, or not."""
        del kind, value
        client: Any = self._client
        for descriptor in client.get_threat_descriptors_from_indicator(int(reference)):
            client.react_to_threat_descriptor(descriptor["id"], "HELPFUL" if agree else "NOT_HELPFUL")


def _read(update: dict[str, Any]) -> dict[str, str]:
    """An update as an entry, or with its reference alone where it takes one back."""
    reference, kind = str(update["id"]), _KINDS.get(update["type"])
    descriptors = update.get("descriptors", {}).get("data", [])
    if update["should_delete"] or not descriptors or kind is None:
        return {"reference": reference}
    opinions = {_OPINIONS.get(descriptor.get("status", ""), Opinion.SEED) for descriptor in descriptors}
    opinion = next(iter(opinions)) if len(opinions) == 1 else Opinion.SEED  # members disagree: worth a look
    return {"kind": str(kind), "value": update["indicator"], "opinion": str(opinion), "reference": reference}
