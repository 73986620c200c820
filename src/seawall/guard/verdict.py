"""What a surface concludes, before it is told."""

from typing import NamedTuple

from seawall.guard.answers import Decision
from seawall.guard.policy import CODE, SURFACE, Policy, Subject

ALLOWED = CODE[Decision.ALLOW]


class Verdict(NamedTuple):
    """A decision's code, the cell of the policy that gave it, and the evidence (a keyed id or a term's number)."""

    code: int
    surface: int
    subject: int
    viewer: int
    evidence: int


def verdict(policy: Policy, surface: str, subject: int, viewer: int, evidence: int = 0) -> Verdict:
    """The verdict of one line of the policy."""
    number = SURFACE[surface]
    return Verdict(int(policy.table[number, subject, viewer]), number, subject, viewer, evidence)


def stricter(one: Verdict, other: Verdict) -> Verdict:
    """The stricter of two verdicts, the first of equal ones."""
    return other if other.code > one.code else one


def nothing(surface: str, viewer: int) -> Verdict:
    """Nothing speaks against it."""
    return Verdict(ALLOWED, SURFACE[surface], int(Subject.OTHER), viewer, 0)
