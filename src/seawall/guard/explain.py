"""Explains decisions to whoever holds the key."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from seawall.guard.answers import Age
from seawall.guard.policy import ALLOWED, RANK, SURFACES, Policy, Subject, Viewer
from seawall.guard.search import tag_subject
from seawall.guard.standing import AGES, CLEARED, HOOD, ROLE, SEEKS, suggested_as
from seawall.guard.trace import Trace
from seawall.guard.view import View
from seawall.guard.viewer import row, standing, viewer
from seawall.guard.wording import Found

_AGE = {code: age for age, code in AGES.items()}
_SEVERITY = {1: "weak: counts together with other evidence", 2: "strong", 3: "blocks a search"}


@dataclass(frozen=True, slots=True)
class Explanation:
    """`known` says what the guard holds of a subject; `lines` are (surface, viewer, decision, line of the policy)."""

    known: tuple[str, ...]
    lines: tuple[tuple[str, str, str, str], ...]

    def text(self) -> Iterator[str]:
        """The explanation for a terminal; viewers with the same answer by the same line stand together."""
        yield from self.known
        told: dict[tuple[str, str, str], list[str]] = {}
        for surface, who, decision, line in self.lines:
            told.setdefault((surface, decision, line), []).append(who)
        for (surface, decision, line), viewers in told.items():
            yield f"  {surface:16} {decision:11} to {', '.join(viewers)}  ({line})"


def explain_account(view: View, keyed: int) -> Explanation:
    """What is known of an account by keyed id, and what every surface answers about it."""
    held = row(view, keyed)
    subject, _ = standing(view, keyed, Age.UNKNOWN)
    known = [f"account {keyed:016x}: {Subject(held & ROLE).name.lower()}, age {_AGE[held >> 3 & 3]}"]
    if subject == Subject.WATCHED and held & SEEKS:
        known.append("suspected of buying: in recommendations, seeks")
    if held & CLEARED:
        known.append("cleared by a person since the run")
    if held >> HOOD:
        known.append(f"belongs to the risky neighbourhood {held >> HOOD}, or borders on it")
    if not held:
        known.append("nothing is known of it: answered as any other")
    who = Viewer(viewer(view, keyed, Age.UNKNOWN)).name.lower()
    known.append(f"where it asks, or another account reaches for it, it is: {who}")
    known.append("answers about it, to who asks; for contact, where it reaches for them:")
    lines = _lines(view.policy, [Subject(subject)])
    shown = _lines(view.policy, [Subject(suggested_as(np.uint64(held), subject))], ("recommend",))
    return Explanation(tuple(known), tuple(line for line in lines if line[0] != "recommend") + shown)


def explain_query(view: View, text: str) -> Explanation:
    """What is found in a query, and what search and suggestions answer."""
    return _worded(view, view.query(text), text, ("search", "suggest"))


def explain_tag(view: View, tag: str) -> Explanation:
    """What is found in a hashtag, and what its page and others' suggestions answer."""
    return _worded(view, view.text(tag.lstrip("#"), hashtag=True), tag, ("tag", "suggest", "recommend", "upload"))


def explain_trace(policy: Policy, trace: Trace) -> tuple[str, ...]:
    """What is behind a decision id; the line is named where the policy is still the one that decided."""
    surface, subject, who = SURFACES[trace.surface], Subject(trace.subject), Viewer(trace.viewer)
    line = policy.line(surface, subject, who).name if policy.digest == trace.policy else "of another policy"
    return (
        f"{surface}: {RANK[trace.decision]} about {subject.name.lower()} to {who.name.lower()}",
        f"line: {line} (policy {trace.policy})",
        f"index: {trace.version}",
        f"evidence: {trace.evidence:016x}",
        f"at: {trace.at} seconds since 1970, serial {trace.serial:016x}",
    )


def _worded(view: View, found: Found | None, text: str, surfaces: Sequence[str]) -> Explanation:
    known, subjects = [], []
    if found is not None:
        known.append(f"holds term {found.term} of the lexicon ({_SEVERITY[found.severity]})")
        subjects.append(Subject(Subject.TERM_WEAK + found.severity - 1))
    if tag_subject(view, text):
        known.append("holds a hashtag that is closed")
        subjects.append(Subject.TAG_CLOSED)
    if not known:
        return Explanation(("no term and no closed hashtag is found in it: answered",), ())
    return Explanation(tuple(known), _lines(view.policy, subjects, surfaces))


def _lines(
    policy: Policy, subjects: Sequence[Subject], surfaces: Sequence[str] = SURFACES
) -> tuple[tuple[str, str, str, str], ...]:
    """Of these subjects, the strictest line for each surface and viewer."""
    lines = []
    for surface in surfaces:
        mine = [subject for subject in subjects if subject in ALLOWED[surface]]
        for who in Viewer if mine else ():
            line = max((policy.line(surface, one, who) for one in mine), key=lambda one: RANK.index(one.decision))
            lines.append((surface, who.name.lower(), str(line.decision), line.name))
    return tuple(lines)
