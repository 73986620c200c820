"""What comes first, and why: children, imminent harm, hot spread."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from seawall.cases.models.people import Stream
from seawall.cases.run_reading import SeenMember
from seawall.records.roles import Role

CHILD, IMMINENT, SPREAD, RETURNED, ESCALATED = (
    "child at risk",
    "imminent harm",
    "hot spread",
    "returned",
    "escalated",
)
POINTS: Mapping[str, int] = {ESCALATED: 90, IMMINENT: 80, CHILD: 60, SPREAD: 40, RETURNED: 20}
"""The most urgent reason counts, not their sum: many small reasons never pass a child at risk."""

RECENT = timedelta(days=7)
CHILD_FROM = 0.5
SPREAD_FROM, SPREAD_SHARE = 8, 0.2
"""So many members, and such a share of all, that were first seen within `RECENT`, are a hot spread."""


@dataclass(frozen=True, slots=True)
class Priority:
    """Where a case stands in the queue; `reasons` most urgent first."""

    points: int
    reasons: tuple[str, ...]
    stream: str
    severe: bool


def prioritise(members: Sequence[SeenMember], until: datetime | None, kept: Iterable[str] = ()) -> Priority:
    """The priority of a network; `kept` are reasons that people or earlier runs gave and that stay."""
    child = any(_child(member) for member in members)
    recent = [member for member in members if until and member.last_at and until - member.last_at <= RECENT]
    new = [member for member in recent if until and member.first_at and until - member.first_at <= RECENT]
    spreads = len(new) >= max(SPREAD_FROM, SPREAD_SHARE * len(members))
    buying = any(member.role == Role.BUYER for member in recent)
    found = {CHILD: child, IMMINENT: child and buying, SPREAD: spreads}
    reasons = {name for name, holds in found.items() if holds} | {
        name for name in kept if name in {RETURNED, ESCALATED}
    }
    ordered = tuple(sorted(reasons, key=lambda name: -POINTS[name]))
    stream = Stream.CHILDREN if child else Stream.SPREAD if spreads else Stream.NETWORKS
    return Priority(max((POINTS[name] for name in reasons), default=0), ordered, stream, child)


def counted(members: Iterable[SeenMember]) -> dict[str, Any]:
    """How many members have each role."""
    roles: dict[str, Any] = {}
    for member in members:
        roles[member.role] = roles.get(member.role, 0) + 1
    return dict(sorted(roles.items()))


def _child(member: SeenMember) -> bool:
    return member.role == Role.AT_RISK_CHILD or member.probabilities.get(Role.AT_RISK_CHILD, 0.0) >= CHILD_FROM
