"""Reports: drafted for the authorities, proposed to a second person.

A draft is made where the platform's tables are (`seawall disclose`); here somebody proposes exactly these drafts, by
their digests, and another person approves them. The executor sends what two people approved.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from seawall.cases.actor import Permission
from seawall.cases.commands.proposals import digest_of
from seawall.cases.commands.queue import cases_of
from seawall.cases.models import Case, Proposal
from seawall.console.access import PersonRequest
from seawall.console.acting import Asked, ask
from seawall.console.gravest import may_ask
from seawall.disclosures.approvals import subject_of
from seawall.disclosures.exchange.sharing import KIND as SIGNALS
from seawall.disclosures.models import Disclosure, State
from seawall.records.errors import BadInput

SENT_SHOWN = 25
_LIVE = (Proposal.State.OPEN, Proposal.State.APPROVED)


@dataclass(frozen=True, slots=True)
class Batch:
    """Drafts that are proposed together: those of one case, of one kind, for one environment."""

    kind: str
    environment: str
    case: Case | None
    drafts: tuple[Disclosure, ...]
    waiting: Proposal | None

    @property
    def subject(self) -> Mapping[str, Any]:
        """What a proposal on them says."""
        return subject_of(list(self.drafts))

    @property
    def digest(self) -> str:
        """Names exactly these drafts."""
        return digest_of(self.subject)


@require_safe
def show(request: PersonRequest) -> HttpResponse:
    """Drafts that hold to their format, and what became of the others."""
    numbers = {str(case) for case in cases_of(request.actor)}
    others = Disclosure.objects.exclude(state=State.CHECKED).defer("draft").order_by("-created_at")[: 4 * SENT_SHOWN]
    shown = {
        "batches": list(_batches(request)),
        "others": [one for one in others if one.kind == SIGNALS or one.case_id in numbers][:SENT_SHOWN],
        "may_act_alone": request.actor.may(Permission.ACT_ALONE),
        "may_purge": may_ask(request, Proposal.Kind.PURGE),
    }
    return render(request, "console/reports.html", shown)


@require_POST
def propose_drafts(request: PersonRequest) -> HttpResponse:
    """Propose a batch as it was shown; in an emergency, approve it alone."""

    def what() -> Asked:
        batch = _as_shown(request)
        kind = Proposal.Kind.SIGNAL_SHARE if batch.kind == SIGNALS else Proposal.Kind.REPORT
        return Asked(kind, batch.subject, batch.case)

    return ask(request, what, reverse("reports"))


def _as_shown(request: PersonRequest) -> Batch:
    """The batch that the page showed; raises BadInput where a draft has changed or somebody has proposed it."""
    wanted = request.POST.get("batch", "")
    found = next((one for one in _batches(request) if one.digest == wanted and one.waiting is None), None)
    if found is None:
        raise BadInput(_("These drafts have changed, or are proposed already; load the page again."))
    return found


def _batches(request: PersonRequest) -> Iterator[Batch]:
    cases = {str(case): case for case in cases_of(request.actor)}
    grouped: dict[tuple[str, str, str], list[Disclosure]] = {}
    for draft in Disclosure.objects.filter(state=State.CHECKED).defer("draft"):
        if draft.kind == SIGNALS or draft.case_id in cases:
            grouped.setdefault((draft.kind, draft.environment, draft.case_id), []).append(draft)
    proposed = _proposed()
    for (kind, environment, case), drafts in sorted(grouped.items()):
        waiting = next((proposed[key] for one in drafts if (key := (str(one.pk), one.draft_digest)) in proposed), None)
        yield Batch(kind, environment, cases.get(case), tuple(drafts), waiting)


def _proposed() -> dict[tuple[str, str], Proposal]:
    """The live proposal on each draft, by its number and digest."""
    kinds = (Proposal.Kind.REPORT, Proposal.Kind.SIGNAL_SHARE)
    live = Proposal.objects.filter(kind__in=kinds, state__in=_LIVE)
    return {pair: proposal for proposal in live for pair in proposal.subject.get("disclosures", {}).items()}
