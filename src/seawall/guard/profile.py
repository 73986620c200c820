"""Profiles: what of a page a viewer sees, first of all of a child's."""

from seawall.guard.answers import Age, Decision
from seawall.guard.contact import are_connected
from seawall.guard.policy import CODE, Subject, Viewer
from seawall.guard.verdict import ALLOWED, Verdict, nothing, stricter, verdict
from seawall.guard.view import View
from seawall.guard.viewer import standing
from seawall.guard.viewer import viewer as viewer_of

PARTS = {
    "connections": "connections_visible",
    "listing": "listed_in_connections",
    "location": "location_visible",
}
"""The parts of a child's page that may be hidden, and the default that hides each; `listing`: in others' lists."""


def page(
    view: View, viewer: int, account: int, age: Age, account_age: Age, connected: bool | None
) -> tuple[Verdict, tuple[str, ...]]:
    """The verdict on an account's page, and its hidden parts; one's own page is never hidden."""
    who = viewer_of(view, viewer, age)
    if viewer and viewer == account:
        return nothing("profile", who), ()
    subject, young = standing(view, account, account_age)
    decided = nothing("profile", who)
    if view.blind:
        decided = verdict(view.policy, "profile", Subject.UNSEEN, who)
    flagged = subject >= Subject.BUYS or who == Viewer.RISKY
    if flagged or not (are_connected(view, viewer, account) if connected is None else connected):
        decided = stricter(decided, verdict(view.policy, "profile", subject, who, account))
    if not (young or view.blind):
        return decided, ()
    hidden = tuple(part for part, default in PARTS.items() if not getattr(view.policy.children, default))
    if hidden and decided.code == ALLOWED:
        decided = decided._replace(code=CODE[Decision.RESTRICT], subject=int(Subject.CHILD))
    return decided, hidden
