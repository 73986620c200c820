"""The numbers of a network's earlier reports, from the ledger."""

from typing import TypeVar

import msgspec

from seawall.disclosures.cybertip.report import Report
from seawall.disclosures.models import Disclosure, State


def finished_before(disclosure: Disclosure) -> tuple[int, ...]:
    """Reports of the same case that are finished, in the same environment: a test's number never goes to production."""
    found = Disclosure.objects.filter(
        kind=disclosure.kind,
        environment=disclosure.environment,
        case_id=disclosure.case_id,
        state=State.ACKNOWLEDGED,
    ).exclude(pk=disclosure.pk)
    return tuple(sorted(int(one) for one in found.values_list("reference", flat=True)))


def with_priors(report: Report, disclosure: Disclosure) -> Report:
    """The report as it is sent: with the numbers of the network's finished reports added."""
    earlier = finished_before(disclosure)
    suspect = report.person_or_user_reported
    return msgspec.structs.replace(
        report,
        person_or_user_reported=_add(suspect, earlier) if suspect else None,
        victim=tuple(_add(victim, earlier) for victim in report.victim),
    )


_Reported = TypeVar("_Reported", bound=msgspec.Struct)


def _add(part: _Reported, earlier: tuple[int, ...]) -> _Reported:
    known: tuple[int, ...] = part.prior_reports  # type: ignore[attr-defined]  # both structs have it
    return msgspec.structs.replace(part, prior_reports=tuple(sorted({*known, *earlier})))
