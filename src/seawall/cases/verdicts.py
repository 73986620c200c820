"""Decisions as verdicts: seeds and labels for the next run."""

from collections.abc import Mapping

import pyarrow as pa

from seawall.cases.commands.erasure import PREFIX as ERASED
from seawall.cases.models import AccountDecision
from seawall.cases.models.case import Action
from seawall.records.activity import VERDICTS_TABLE
from seawall.records.roles import Role

VERDICT: Mapping[str, str] = {
    Action.REMOVE: "confirmed",
    Action.RESTRICT: "confirmed",
    Action.PROTECT: "confirmed",
    Action.CLEAR: "cleared",
    Action.WATCH: "unsure",
}


def verdicts(spellings: Mapping[str, str] | None = None) -> pa.Table:
    """The table `verdicts` of the activity contract: each account's latest decision; an overturned one is cleared.

    Accounts that were erased are left out.

    `spellings` gives the platform's own id for an id of a run; an account without one is left out. None: run ids are
    the platform's own. People appear by pseudonym.
    """
    rows = []
    decided = AccountDecision.objects.select_related("decision__by").order_by("decision__at", "pk")
    decided = decided.filter(decision__case__gold=None).exclude(account_id__startswith=ERASED)
    latest = {one.account_id: one for one in decided}
    for account, one in sorted(latest.items()):
        spelt = account if spellings is None else spellings.get(account)
        if spelt is not None:
            rows.append(_row(spelt, one))
    return pa.Table.from_pylist(rows, schema=VERDICTS_TABLE.raw_schema)


def _row(account: str, one: AccountDecision) -> dict[str, object]:
    verdict = "cleared" if one.overturned else VERDICT[one.action]
    return {
        "subject_kind": "account",
        "subject_id": account,
        "verdict": verdict,
        "role": Role.BYSTANDER if verdict == "cleared" else one.role,
        "decided_at": one.decision.at,
        "decided_by": one.decision.by.pseudonym,
    }
