"""Search: refuse, or answer without risky accounts.

A query is refused silently (an empty result) or with a page of help, as the policy says, and never with a way on.
"""

# Kernels are typed by numba when they compile; mypy and ruff read them as plain Python.
# mypy: disable-error-code="operator,arg-type,assignment,type-var"

import numba as nb
import numpy as np
import numpy.typing as npt

from seawall.guard.answers import Decision
from seawall.guard.holdings import accounts_at, answers_at
from seawall.guard.policy import CODE, SURFACE, Subject
from seawall.guard.standing import row_of, subject_of
from seawall.guard.things import spelled_tag, worst_tag
from seawall.guard.verdict import Verdict, nothing, stricter, verdict
from seawall.guard.view import View

_SURFACE = SURFACE["search"]
_REMOVE = np.uint8(CODE[Decision.REMOVE])


def query(view: View, text: str, viewer: int) -> Verdict:
    """The verdict on a query: the worst of its terms, and of its words as closed tags."""
    decided = verdict(view.policy, "search", Subject.UNSEEN, viewer) if view.blind else nothing("search", viewer)
    found = view.query(text)
    if found is not None:
        subject = Subject.TERM_WEAK + found.severity - 1
        decided = stricter(decided, verdict(view.policy, "search", subject, viewer, found.term))
    if tag_subject(view, text):
        decided = stricter(decided, verdict(view.policy, "search", Subject.TAG_CLOSED, viewer))
    return decided


def tag_subject(view: View, text: str) -> int:
    """What the worst word of a text is, as a hashtag, to the policy; 0 for nothing."""
    raw = np.frombuffer(spelled_tag(text) or b" ", np.uint8)
    found: int = worst_tag(raw, view.held.address)
    return found


def removed(view: View, authors: npt.NDArray[np.uint64], viewer: int) -> npt.NDArray[np.int64]:
    """The places of the authors whose results are left out."""
    if view.blind:
        return np.empty(0, np.int64)
    places: npt.NDArray[np.int64] = _removed(authors, viewer, view.held.address)
    return places


@nb.njit(cache=True)
def _removed(authors, viewer, held):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    keys, rows, late_keys, late_rows, words = accounts_at(held)
    codes = answers_at(held)[_SURFACE]
    out = np.empty(len(authors), np.int64)
    count = 0
    for k in range(len(authors)):
        subject = subject_of(row_of(authors[k], keys, rows, late_keys, late_rows, words), 0)
        if codes[subject, viewer] == _REMOVE:
            out[count] = k
            count += 1
    return out[:count]
