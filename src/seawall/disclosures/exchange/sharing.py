"""A share: what exactly leaves is shown, approved by two, and leaves."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from seawall.disclosures.exchange.signal import KEYED, Partner, Signal, shared, withdrawal
from seawall.disclosures.exchange.signed_file import digest_of, write_signals
from seawall.disclosures.ledger import Identity, Ledger
from seawall.disclosures.models import Disclosure, State
from seawall.disclosures.vault.keys import OperatorKey
from seawall.records.errors import BadInput

KIND = "signals"


@dataclass(frozen=True, slots=True)
class Preview:
    """What two people are asked to let go: the bytes, and lines that say in words what they are."""

    content: bytes
    lines: tuple[str, ...]

    @property
    def digest(self) -> str:
        return digest_of(self.content)


@dataclass(frozen=True, slots=True)
class Sharer:
    """Shares signals of this platform; `origin` is its name to its partners."""

    ledger: Ledger
    key: OperatorKey
    origin: str

    def preview(
        self, signals: Sequence[Signal], partner: Partner, now: datetime, *, withdrawn: Sequence[Signal] = ()
    ) -> Preview:
        """Exactly what would leave; raises BadInput where it is nothing or expired already."""
        if not signals and not withdrawn:
            raise BadInput("nothing is shared; choose signals, or ones to withdraw.")
        if late := [one.reference for one in signals if one.expires_at <= now]:
            raise BadInput(f"{len(late)} signals have expired, the first is {late[0]}; leave them out.")
        rows = [*(shared(one, partner) for one in signals), *(withdrawal(one, partner) for one in withdrawn)]
        sequence = Disclosure.objects.filter(kind=KIND, authority=partner.name).count() + 1
        content = write_signals(rows, self.key, origin=self.origin, partner=partner.name, sequence=sequence, now=now)
        return Preview(content, _said(signals, withdrawn, partner))

    def propose(self, preview: Preview, partner: Partner, now: datetime) -> Disclosure:
        """Put the bytes into the ledger, for two people."""
        identity = Identity(KIND, partner.name, "production", f"share:{preview.digest[:16]}", preview.digest)
        disclosure = self.ledger.draft(identity, 1, preview.content, now)
        self.ledger.checked(disclosure, ())
        return disclosure

    def release(self, disclosure: Disclosure, by: str, now: datetime) -> bytes:
        """The approved bytes, to hand over; the ledger says that they left. Raises Refused without two people."""
        self.ledger.require_approval(disclosure)
        content = self.ledger.content(disclosure)
        if disclosure.state == State.APPROVED:
            step = self.ledger.begin(disclosure, "release", content, by, now)
            self.ledger.end(step, b"", now, code=0)
            self.ledger.move(disclosure, State.SENT)
        return content


def _said(signals: Sequence[Signal], withdrawn: Sequence[Signal], partner: Partner) -> tuple[str, ...]:
    lines = [f"to {partner.name}:"]
    for kind, count in sorted(Counter(one.kind for one in signals).items()):
        how = "as hashes under the key shared with it" if kind in KEYED else "as they are"
        lines.append(f"  {count} of kind {kind}, {how}")
    if withdrawn:
        lines.append(f"  {len(withdrawn)} taken back")
    lines += [
        f"  {one.kind}\t{one.value}\topinion {one.opinion.name.lower()}\tuntil {one.expires_at:%Y-%m-%d}"
        for one in signals
    ]
    return tuple(lines)
