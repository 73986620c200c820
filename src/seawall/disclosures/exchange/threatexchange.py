"""Signals as ThreatExchange descriptors, within one privacy group.

The token goes in the body, never in an address: addresses stand in logs. The format's own client opens connections
itself, so that its words are used here and its transport is not.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from seawall.disclosures.exchange.signal import KEYED, Kind, Opinion, Shared
from seawall.disclosures.pace import Pace
from seawall.effects.outbound import Answer, Outbound
from seawall.records.errors import BadInput, Refused, Unavailable

_TYPES = {Kind.PDQ: "HASH_PDQ", Kind.MD5: "HASH_MD5", Kind.SHA256: "HASH_SHA256"}
_STATUS = {Opinion.NEGATIVE: "NON_MALICIOUS", Opinion.SEED: "UNKNOWN", Opinion.POSITIVE: "MALICIOUS"}


def descriptor(signal: Shared, group: str) -> dict[str, str]:
    """The fields of one descriptor; a keyed hash is a string that only partners with the key can read."""
    if signal.kind not in KEYED and signal.kind not in _TYPES:
        raise BadInput(f"{signal.kind} has no type in ThreatExchange; share it in another format.")
    return {
        "indicator": signal.value,
        "type": _TYPES.get(signal.kind, "DEBUG_STRING"),
        "description": f"seawall:{signal.reference}",
        "status": _STATUS[signal.opinion],
        "severity": "INFO" if signal.opinion is not Opinion.POSITIVE else "SEVERE",
        "share_level": "RED",
        "privacy_type": "HAS_PRIVACY_GROUP",
        "privacy_members": group,
        "review_status": "REVIEWED_MANUALLY",
        "tags": ",".join((*signal.tags, f"keyed:{signal.kind}") if signal.kind in KEYED else signal.tags),
        "expired_on": str(int(signal.expires_at.timestamp())),
    }


@dataclass(slots=True)
class ThreatExchange:
    """One privacy group at a base address, as https://graph.facebook.com/v26.0."""

    outbound: Outbound
    base: str
    group: str
    token: str = field(repr=False)
    pace: Pace = field(default_factory=Pace)

    def share(self, signals: Iterable[Shared]) -> int:
        """Upload descriptors, or take back those that are withdrawn; returns how many calls were answered with success.

        Uploading the same descriptor again changes nothing there.
        """
        count = 0
        for signal in signals:
            fields = descriptor(signal, self.group)
            if signal.withdrawn:
                fields |= {"status": "NON_MALICIOUS", "expired_on": "1"}
            self._require(self._post("threat_descriptors", fields))
            count += 1
        return count

    def _post(self, path: str, fields: dict[str, str]) -> Answer:
        self.pace.take()
        return self.outbound.request(
            "POST",
            f"{self.base}/{path}",
            purpose="share signals",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode({**fields, "access_token": self.token}).encode(),
        )

    def _require(self, answer: Answer) -> None:
        if answer.status in {401, 403}:
            raise Refused(f"ThreatExchange does not take the token ({answer.status}); check it.")
        if answer.status == 429 or answer.status >= 500:
            raise Unavailable(f"ThreatExchange answered {answer.status}; share again later.")
        if answer.status >= 400:
            raise BadInput(f"ThreatExchange refused a descriptor ({answer.status}): {answer.body[:200]!r}")
