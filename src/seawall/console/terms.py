"""Terms: proposed, and whom a block would touch."""

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from seawall.cases.actor import Permission
from seawall.cases.audit import record
from seawall.cases.commands.proposals import propose
from seawall.cases.commands.queue import required
from seawall.cases.models import Proposal
from seawall.console.access import PersonRequest
from seawall.console.acting import act
from seawall.console.run_place import latest_run, proposed_terms, run_key
from seawall.records.errors import BadInput, SeawallError
from seawall.records.seal import PREFIX, unseal
from seawall.terms.store import LexiconStore

ROWS = 50
BLOCKED = "hashtag"
"""The kind of term that a block closes at once; the others belong into the lexicon."""
TOUCHED = ("accounts", "flagged_accounts", "innocent_accounts")


@require_safe
def show(request: PersonRequest) -> HttpResponse:
    """Proposed terms, masked, with what a block of each would touch."""
    waiting = _waiting()
    rows = [row | {"waiting": waiting.get(row["term_id"])} for row in _rows()]
    blocks = Proposal.objects.filter(kind=Proposal.Kind.LEXICON_BLOCK).select_related("proposed_by", "decided_by")
    shown = {
        "page": Paginator(rows, ROWS).get_page(request.GET.get("page")),
        "has_run": latest_run() is not None,
        "blocks": blocks[:ROWS],
        "lexicon": _lexicon(),
    }
    return render(request, "console/terms.html", shown)


@require_POST
def reveal(request: PersonRequest) -> HttpResponse:
    """Show one proposed term for a purpose."""
    try:
        return JsonResponse(
            {"id": 0, "text": _read(request), "told": _("Shown for your purpose; it hides when you let go.")}
        )
    except SeawallError as error:
        return JsonResponse({"refused": str(error)}, status=403)


@require_POST
def propose_block(request: PersonRequest) -> HttpResponse:
    """Propose to block the chosen terms; a second person decides."""
    chosen, opinion = request.POST.getlist("term"), request.POST.get("opinion", "")
    told = _("Proposed: another person looks at the terms and decides.")

    def command() -> object:
        return propose(request.actor, Proposal.Kind.LEXICON_BLOCK, _subject(chosen), opinion)

    return act(request, command, told, reverse("terms"))


@transaction.atomic
def _read(request: PersonRequest) -> str:
    """A term in clear, once the reading is written down."""
    request.actor.require(Permission.TERMS)
    purpose = required(request.POST.get("purpose", ""), _("State the purpose of reading this term."))
    row = next((row for row in _rows() if row["term_id"] == request.POST.get("term")), None)
    if row is None:
        raise BadInput(_("The last run proposes no such term; load the page again."))
    record(request.actor, "revealed term", row["term_id"], purpose=purpose[:300])
    return unseal(run_key(), row["term"]) if row["term"].startswith(PREFIX) else str(row["term"])


def _subject(chosen: list[str]) -> dict[str, Any]:
    """What a second person approves: the terms by id, and whom their block touches."""
    rows = [row for row in _rows() if row["term_id"] in set(chosen)]
    if not rows or len(rows) != len(set(chosen)):
        raise BadInput(_("Choose terms that the last run proposes; load the page again."))
    if any(row["kind"] != BLOCKED for row in rows):
        raise BadInput(_("A block closes hashtags; words and emoji take effect through the lexicon."))
    touched = {name: sum(row[name] for row in rows) for name in TOUCHED}
    return {"terms": sorted(row["term_id"] for row in rows), **touched}


def _rows() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = proposed_terms().to_pylist()
    return rows


def _waiting() -> dict[str, Proposal]:
    """The block that stands or waits on each term."""
    live = (Proposal.State.OPEN, Proposal.State.APPROVED)
    blocks = Proposal.objects.filter(kind=Proposal.Kind.LEXICON_BLOCK, state__in=live)
    return {term: block for block in blocks for term in block.subject.get("terms", [])}


def _lexicon() -> dict[str, int] | None:
    """How many terms of each status the lexicon beside the database holds; None where there is none."""
    folder = settings.HOME / "lexicon"
    if not folder.is_dir():
        return None
    counts: dict[str, int] = {}
    for term in LexiconStore(folder).load().terms:
        counts[str(term.status)] = counts.get(str(term.status), 0) + 1
    return counts
