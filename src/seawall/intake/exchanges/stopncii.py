"""StopNCII v1: people's own pictures, which they may withdraw again."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from dacite.exceptions import DaciteError
from threatexchange.exchanges.clients.stopncii import api

from seawall.hashes.entries import HashKind
from seawall.intake.exchanges.base import Page
from seawall.intake.exchanges.session import ExchangeSession
from seawall.records.errors import Unavailable

_KINDS = {api.StopNCIISignalType.ImagePDQ: HashKind.PDQ, api.StopNCIISignalType.VideoMD5: HashKind.MD5}
_TYPES = {kind: signal for signal, kind in _KINDS.items()}
_GONE = frozenset({api.StopNCIICaseStatus.Withdrawn, api.StopNCIICaseStatus.Deleted})
_STALE_AFTER = 30 * 86_400  # seconds
_FROM_START = 10


class _Client(api.StopNCIIAPI):
    """The client of threatexchange over our session."""

    def __init__(self, base: str, subscription: str, keys: dict[str, str], session: ExchangeSession) -> None:
        functions = {endpoint: keys[endpoint.value] for endpoint in api.StopNCIIEndpoint if endpoint.value in keys}
        super().__init__(subscription, keys.get("FetchHashes", ""), functions, base)
        self._session = session

    def _get_session(self, endpoint: Any) -> ExchangeSession:
        headers = {
            "x-functions-key": self._function_keys[endpoint],
            "Ocp-Apim-Subscription-Key": self._subscription_key,
        }
        return ExchangeSession(self._session.outbound, self._session.purpose, headers, self._session.sleep)


class StopNcii:
    """The exchange by its base address, a subscription key, and one function key an endpoint."""

    name = "stopncii"

    def __init__(
        self,
        base: str,
        subscription: str,
        keys: dict[str, str],
        session: ExchangeSession,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = _Client(base, subscription, keys, session)
        self._clock = clock

    def pages(self, checkpoint: str | None) -> Iterator[Page]:
        """Records since the checkpoint; it moves on after the last page, for page tokens do not live long."""
        start, token = int(checkpoint or _FROM_START), ""
        while True:
            try:
                answer = self._client.fetch_hashes(start_timestamp=start, next_page=token)
            except (TypeError, KeyError, AttributeError, ValueError, DaciteError) as error:
                raise Unavailable(f"a page of the exchange cannot be read ({error}); start again later.") from error
            token = answer.nextPageToken or ""
            more = bool(answer.hasMoreRecords and token)
            refused = [f"{answer.count - len(answer.hashRecords)} records could not be read"]
            yield Page(
                [_row(record) for record in answer.hashRecords if record.signalType in _KINDS and not _gone(record)],
                [_reference(record) for record in answer.hashRecords if _gone(record)],
                None if more else str(answer.nextSetTimestamp),
                refused if answer.count > len(answer.hashRecords) else [],
            )
            if not more:
                return

    def stale(self, checkpoint: str) -> bool:
        """After thirty days withdrawals may have been missed."""
        return self._clock() - int(checkpoint) > _STALE_AFTER

    def vote(self, reference: str, kind: HashKind, value: str, *, agree: bool) -> None:
        """Blocked where a person agreed, not blocked where not."""
        del reference
        values = api.StopNCIICSPFeedbackValue
        self._client.submit_feedback(_TYPES[kind], value, values.Blocked if agree else values.NotBlocked)


def _gone(record: Any) -> bool:
    """Whether the person took it back: the record says so, or every one of its cases does."""
    cases = list(record.caseNumbers.values())
    return record.hashStatus in _GONE or (bool(cases) and all(case in _GONE for case in cases))


def _reference(record: Any) -> str:
    return f"{record.signalType.value}:{record.hashValue.lower()}"


def _row(record: Any) -> dict[str, str]:
    kind = str(_KINDS[record.signalType])
    return {"kind": kind, "value": record.hashValue, "category": "ncii", "reference": _reference(record)}
