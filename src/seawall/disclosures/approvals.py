"""Approvals of two people, taken from a proposal into the ledger."""

from django.db import transaction

from seawall.cases.models import Proposal
from seawall.disclosures.ledger import Ledger
from seawall.disclosures.models import Approval, Disclosure, State
from seawall.records.errors import Refused


def subject_of(disclosures: list[Disclosure]) -> dict[str, dict[str, str]]:
    """What a proposal says of disclosures: their numbers and the digests of exactly these drafts."""
    return {"disclosures": {str(one.pk): one.draft_digest for one in disclosures}}


@transaction.atomic
def take_approvals(ledger: Ledger, proposal: Proposal) -> list[Disclosure]:
    """Bring a proposal's two people into the ledger; raises Refused where it is not approved or a draft has changed.

    In an emergency one person approved, and another reviews it within a day: the ledger then says so.
    """
    if proposal.state != Proposal.State.APPROVED or proposal.decided_by is None or proposal.decided_at is None:
        raise Refused(f"{proposal} is {proposal.state}; only what two people approved is disclosed.")
    taken = []
    for number, digest in sorted(proposal.subject.get("disclosures", {}).items(), key=lambda pair: int(pair[0])):
        disclosure = ledger.find(int(number))
        if disclosure.draft_digest != digest:
            raise Refused(f"disclosure {number} is not what was proposed in {proposal}; propose it again.")
        if disclosure.state in {State.DRAFT, State.CHECKED}:
            _record(ledger, disclosure, proposal)
        taken.append(disclosure)
    return taken


def _record(ledger: Ledger, disclosure: Disclosure, proposal: Proposal) -> None:
    assert proposal.decided_by is not None
    assert proposal.decided_at is not None
    if proposal.emergency:
        Approval.objects.create(
            disclosure=disclosure,
            person=proposal.decided_by.pseudonym,
            session=f"{proposal}",
            draft_digest=disclosure.draft_digest,
            at=proposal.decided_at,
            emergency=True,
        )
        ledger.move(disclosure, State.APPROVED)
        return
    first, second = proposal.proposed_by.pseudonym, proposal.decided_by.pseudonym
    ledger.approve(disclosure, first, f"{proposal} first", proposal.proposed_at)
    ledger.approve(disclosure, second, f"{proposal} second", proposal.decided_at)
