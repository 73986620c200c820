"""What the affected user is told: never a term, hash or score."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from seawall.disclosures.dsa.statement import Statement
from seawall.disclosures.dsa.values import Automation, Ground, YesNo
from seawall.records.errors import BadInput, Refused

_DONE = {
    "REMOVED": "some of your content was removed",
    "DISABLED": "access to some of your content was disabled",
    "DEMOTED": "some of your content is shown to fewer people",
    "AGE_RESTRICTED": "some of your content is shown to adults only",
    "INTERACTION_RESTRICTED": "interaction with some of your content was restricted",
    "LABELLED": "some of your content was labelled",
    "OTHER": "some of your content was restricted",
    "SUSPENDED": "your account was suspended",
    "TERMINATED": "your account was closed",
}
_AUTOMATION = {
    Automation.FULLY: "The decision was taken by automated means.",
    Automation.PARTIALLY: "The decision was prepared by automated means and taken by people.",
    Automation.NOT: "The decision was taken by people.",
}


@dataclass(frozen=True, slots=True)
class Delay:
    """Why somebody is not told yet, who said so, and when it is looked at again."""

    why: Literal["suspect would be warned", "authority asked", "child would be endangered"]
    by: str
    until: datetime


def notice_of(
    statement: Statement, complain_at: str, now: datetime, *, delay: Delay | None = None, secrets: Iterable[str] = ()
) -> str:
    """The text for the user (Article 17); raises Refused while it is delayed.

    `secrets` are terms, hashes and scores of the case: a text that holds one is refused, whoever wrote it.
    """
    if delay is not None and now < delay.until:
        raise Refused(f"the user is not told before {delay.until:%Y-%m-%d} ({delay.why}); {delay.by} decided so.")
    done = [_DONE[one.name] for one in statement.decision_visibility]
    if statement.decision_account is not None:
        done.append(_DONE[statement.decision_account.name])
    if statement.decision_provision is not None or statement.decision_monetary is not None:
        done.append("parts of the service are closed to you")
    text = " ".join(
        (
            f"On {statement.application_date:%d %B %Y} {' and '.join(done)}.",
            _ground(statement),
            "It was found by automated means." if statement.automated_detection is YesNo.YES else "",
            _AUTOMATION[statement.automated_decision],
            f"You can complain for six months, without a fee, at {complain_at}; people will look at it. You can also "
            "turn to a certified out-of-court body or to a court.",
        )
    ).replace("  ", " ")
    folded = text.casefold()
    if any(one.strip() and one.casefold() in folded for one in secrets):
        raise BadInput("the notice would tell which term, hash or score led to it; name the ground only.")
    return text


def _ground(statement: Statement) -> str:
    if statement.decision_ground is Ground.ILLEGAL:
        return f"Legal ground: {statement.illegal_content_legal_ground}."
    return f"Ground in our terms: {statement.incompatible_content_ground}."
