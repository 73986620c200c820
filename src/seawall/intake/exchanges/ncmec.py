"""NCMEC Hash Sharing v2: XML pages that are not in order of time."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, cast

import msgspec
from threatexchange.exchanges.clients.ncmec import hash_api

from seawall.hashes.entries import HashKind
from seawall.intake.exchanges.base import Page
from seawall.intake.exchanges.session import ExchangeSession
from seawall.records.errors import Unavailable

_KINDS = {
    ("image", "pdq"): HashKind.PDQ,
    ("image", "md5"): HashKind.MD5,
    ("image", "sha1"): HashKind.SHA1,
    ("video", "md5"): HashKind.MD5,
    ("video", "sha1"): HashKind.SHA1,
}
_FINGERPRINTS = {
    HashKind.PDQ: hash_api.FingerprintType.pdq,
    HashKind.MD5: hash_api.FingerprintType.md5,
    HashKind.SHA1: hash_api.FingerprintType.sha1,
}
_PAGE_LIVES = 11 * 3600  # a page's address is good for some 12 hours, and only for its own range
_BEHIND = 5  # seconds: entries of this very moment may still be on their way in


class _Checkpoint(msgspec.Struct, omit_defaults=True):
    """The start of the range to read; its end and the next page where one is under way."""

    start: int
    end: int = 0
    next: str = ""
    at: int = 0


class _Client(hash_api.NCMECHashAPI):
    """The client of threatexchange over our session, with times in UTC as the format says (theirs are local)."""

    def __init__(self, base: str, session: ExchangeSession) -> None:
        self._base_url, self._session = base, session
        self._my_esp = None
        self._feedback_reason_map: dict[Any, Any] = {}

    def _get_session(self) -> Any:
        return self._session

    def get_entries(self, *, start_timestamp: int = 0, end_timestamp: int = 0, next_: str = "") -> Any:
        times = {"from": _utc(start_timestamp), "to": _utc(end_timestamp)}
        try:
            xml = self._get(hash_api.NCMECEndpoint.entries, next_=next_, **times)
            return hash_api.GetEntriesResponse.from_xml(hash_api._XMLWrapper(xml), end_timestamp)
        except (SyntaxError, ValueError, IndexError, AssertionError, AttributeError) as error:
            raise Unavailable(
                f"a page of the exchange cannot be read ({error}); what was read before stands."
            ) from error


class Ncmec:
    """One environment of the hash sharing service, by its base address."""

    def __init__(
        self, base: str, session: ExchangeSession, name: str = "ncmec", clock: Callable[[], float] = time.time
    ) -> None:
        self.name = name
        self._client = _Client(base, session)
        self._clock = clock

    def pages(self, checkpoint: str | None) -> Iterator[Page]:
        """Pages of the range since the checkpoint; its start moves on only once the range is exhausted."""
        now = int(self._clock())
        at = msgspec.json.decode(checkpoint, type=_Checkpoint) if checkpoint else _Checkpoint(0)
        if not at.next or now - at.at > _PAGE_LIVES:
            at = _Checkpoint(at.start, now - _BEHIND)
        while True:
            answer = self._client.get_entries(start_timestamp=at.start, end_timestamp=at.end, next_=at.next)
            at = _Checkpoint(at.start, at.end, answer.next, now) if answer.next else _Checkpoint(at.end)
            yield _page(answer.updates, msgspec.json.encode(at).decode())
            if not at.next:
                return

    def stale(self, checkpoint: str) -> bool:
        """Never: deletions stay listed."""
        del checkpoint
        return False

    def vote(self, reference: str, kind: HashKind, value: str, *, agree: bool) -> None:
        """Affirm a fingerprint, or deny it with the exchange's reason where it has just one."""
        del value
        member, _, entry = reference.partition("-")
        feedback = hash_api.FeedbackType.upvote if agree else hash_api.FeedbackType.downvote
        self._client.submit_feedback(int(member), entry, _FINGERPRINTS[kind], feedback)


def _page(updates: list[Any], checkpoint: str) -> Page:
    entries, withdrawn = [], []
    for update in updates:
        reference = f"{update.member_id}-{update.id}"
        if update.deleted:
            withdrawn.append(reference)
            continue
        for name, value in update.fingerprints.items():
            kind = _KINDS.get((update.entry_type.value, name.lower()))
            if kind is not None:
                row = {
                    "kind": str(kind),
                    "value": value,
                    "category": update.classification or "",
                    "reference": reference,
                }
                entries.append(cast(dict[str, str], row))
    return Page(entries, withdrawn, checkpoint)


def _utc(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
