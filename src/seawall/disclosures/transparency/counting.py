"""Records of a transparency report, from cases and the ledger."""

from datetime import datetime
from typing import Any

import msgspec

from seawall.cases.models import AccountDecision, Appeal
from seawall.disclosures.models import Disclosure, State
from seawall.disclosures.transparency.records import Complaint, Measure, Records, Report

_OUTCOMES = {
    Appeal.State.OPEN: "open",
    Appeal.State.UPHELD: "upheld",
    Appeal.State.OVERTURNED: "reversed",
    Appeal.State.UNMATCHED: "unmatched",
}
_KINDS = frozenset({"remove", "restrict", "protect", "clear"})


def counted(added: Records) -> Records:
    """What the database tells, joined with what the platform's people add (notices, orders, exposure, …)."""
    measures = AccountDecision.objects.filter(action__in=_KINDS).select_related("decision__case")
    return msgspec.structs.replace(
        added,
        measures=(*added.measures, *(_measure(one) for one in measures)),
        complaints=(*added.complaints, *(_complaint(one) for one in Appeal.objects.all())),
        reports=(*added.reports, *(_report(one) for one in _sent())),
    )


def _measure(decided: AccountDecision) -> Measure:
    decision = decided.decision
    told: dict[str, Any] = {"kind": decided.action, "language": decision.case.language}
    return Measure(
        at=decision.at,
        hours=(decision.at - decision.case.opened_at).total_seconds() / 3600,
        overturned=decided.overturned,
        automation="not",
        **told,
    )


def _complaint(appeal: Appeal) -> Complaint:
    told: dict[str, Any] = {"outcome": _OUTCOMES[Appeal.State(appeal.state)]}
    return Complaint(at=appeal.received_at, decided_at=appeal.decided_at, **told)


def _sent() -> Any:
    return Disclosure.objects.filter(kind="cybertip", environment="production", state=State.ACKNOWLEDGED)


def _report(disclosure: Disclosure) -> Report:
    at: datetime = disclosure.finished_at or disclosure.created_at
    return Report(at=at, authority=disclosure.authority)
