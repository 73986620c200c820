"""Suggestions: nothing is completed towards a risky term."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from seawall.guard.policy import Subject
from seawall.guard.search import tag_subject
from seawall.guard.verdict import ALLOWED, Verdict, nothing, stricter, verdict
from seawall.guard.view import View


def suggestions(
    view: View, typed: str, completions: Sequence[str], viewer: int
) -> tuple[Verdict, npt.NDArray[np.int64]]:
    """The verdict, and the places of the completions that may be shown."""
    decided = one(view, typed, viewer) if typed else nothing("suggest", viewer)
    if view.blind:
        decided = stricter(decided, verdict(view.policy, "suggest", Subject.UNSEEN, viewer))
    if decided.code != ALLOWED:
        return decided, np.empty(0, np.int64)
    found = [one(view, text, viewer) for text in completions]
    for other in found:
        decided = stricter(decided, other)
    kept = [place for place, other in enumerate(found) if other.code == ALLOWED]
    return decided, np.array(kept, np.int64)


def one(view: View, text: str, viewer: int) -> Verdict:
    """The verdict on one text that would be suggested."""
    decided = nothing("suggest", viewer)
    found = view.query(text)
    if found is not None:
        subject = Subject.TERM_WEAK + found.severity - 1
        decided = stricter(decided, verdict(view.policy, "suggest", subject, viewer, found.term))
    if tag_subject(view, text):
        decided = stricter(decided, verdict(view.policy, "suggest", Subject.TAG_CLOSED, viewer))
    return decided
