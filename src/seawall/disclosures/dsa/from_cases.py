"""The statement of reasons of a decision on one account."""

from typing import Any

import msgspec

from seawall.cases.models import AccountDecision
from seawall.cases.models.case import Action
from seawall.disclosures.dsa.sending import puid_of
from seawall.disclosures.dsa.statement import Statement
from seawall.disclosures.dsa.values import (
    EEA,
    AccountMeasure,
    Automation,
    Category,
    ContentType,
    Ground,
    Keyword,
    Source,
    Visibility,
    YesNo,
)
from seawall.records.errors import BadInput
from seawall.records.ids import IdKey

_DONE: dict[str, dict[str, Any]] = {
    Action.REMOVE: {
        "decision_account": AccountMeasure.TERMINATED,
        "decision_visibility": (Visibility.REMOVED,),
    },
    Action.RESTRICT: {"decision_visibility": (Visibility.DISABLED, Visibility.INTERACTION_RESTRICTED)},
}


class Reasons(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every statement of this platform says: law and words, written once and read by lawyers."""

    legal_ground: str
    explanation: str
    facts: str = (
        "The account belongs to a network of accounts that offered or sought such material; they share terms, links or "
        "followers. Automated means pointed at the network. People reviewed the account and decided."
    )
    territories: tuple[str, ...] = tuple(sorted(EEA))
    source: Source = Source.VOLUNTARY
    content: tuple[ContentType, ...] = (ContentType.TEXT,)


def statement_of(decided: AccountDecision, reasons: Reasons, key: IdKey) -> Statement:
    """The statement; raises BadInput for a decision that restricts nothing, such as a child's protection."""
    if decided.action not in _DONE:
        raise BadInput(f"{decided.action} restricts nobody; there is no statement of reasons for it.")
    decision = decided.decision
    language = decision.case.language.partition("-")[0].upper()
    return Statement(
        **_DONE[decided.action],
        decision_ground=Ground.ILLEGAL,
        illegal_content_legal_ground=reasons.legal_ground,
        illegal_content_explanation=reasons.explanation,
        content_type=reasons.content,
        category=Category.MINORS,
        category_specification=(Keyword.CSAM, Keyword.COORDINATED_HARM),
        content_language=language if len(language) == 2 else None,
        territorial_scope=reasons.territories,
        content_date=(decision.case.first_at or decision.case.opened_at).date(),
        application_date=decision.at.date(),
        decision_facts=reasons.facts,
        source_type=reasons.source,
        automated_detection=YesNo.YES,
        automated_decision=Automation.NOT,
        puid=puid_of(key, f"decision:{decision.pk}:{decided.account_id}", decision.at),
    )
