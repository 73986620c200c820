"""Recommendations: who is left out, and what is moved down.

No risky account to anyone; no child to a risky adult; nobody across a risky neighbourhood that viewer and candidate
share; and to a viewer beside such a neighbourhood no more of a look-alike community than its share of a batch.
"""

# Kernels are typed by numba when they compile; mypy and ruff read them as plain Python.
# mypy: disable-error-code="operator,arg-type,assignment,type-var"

import numba as nb
import numpy as np
import numpy.typing as npt

from seawall.guard.answers import Age, Decision, ItemKind
from seawall.guard.holdings import accounts_at, answers_at
from seawall.guard.policy import CODE, SURFACE, Subject, Viewer
from seawall.guard.secrets import again
from seawall.guard.standing import AGES, HOOD, row_at, row_of, subject_of, suggested_as, viewer_of
from seawall.guard.table import home_of, words_type
from seawall.guard.things import look_up
from seawall.guard.verdict import Verdict, nothing, verdict
from seawall.guard.view import View
from seawall.guard.viewer import viewer as viewer_of_one
from seawall.hashes.bits import prefetch

_SURFACE = SURFACE["recommend"]
_ALLOW, _LOWER, _REMOVE = (np.uint8(CODE[one]) for one in (Decision.ALLOW, Decision.LOWER, Decision.REMOVE))
_WATCHED, _BRIDGE, _AMPLIFY = (np.int64(one) for one in (Subject.WATCHED, Subject.BRIDGE, Subject.AMPLIFY))
Places = npt.NDArray[np.int64]


def accounts(
    view: View, viewer: int, candidates: npt.NDArray[np.uint64], age: Age, kind: ItemKind
) -> tuple[Verdict, Places, int]:
    """The verdict, the places of the candidates to show in their order, and how many at the end were moved down."""
    if view.blind:
        return _unseen(view)
    if kind is ItemKind.ACCOUNT and not view.policy.children.gets_suggestions:
        who = viewer_of_one(view, viewer, age)
        if who == Viewer.CHILD:
            return Verdict(int(_REMOVE), _SURFACE, int(Subject.OTHER), who, viewer), np.empty(0, np.int64), 0
    kept, lowered, what, who, spoke = _ranked(
        viewer,
        AGES[age],
        np.ascontiguousarray(candidates),
        view.policy.most_alike,
        view.held.address,
    )
    decided = verdict(view.policy, "recommend", what, who, int(spoke)) if what else nothing("recommend", who)
    return decided, kept, lowered


def tags(view: View, candidates: npt.NDArray[np.uint64], who: int) -> tuple[Verdict, Places, int]:
    """The same for candidates that are hashtags, by keyed id."""
    if view.blind:
        return _unseen(view)
    subjects = look_up(candidates, view.secrets.words["hashtag"], view.held.address)
    codes = view.policy.table[_SURFACE][subjects, who]
    codes[subjects == 0] = _ALLOW
    shown, down = np.flatnonzero(codes == _ALLOW), np.flatnonzero(codes == _LOWER)
    worst = int(codes.argmax()) if len(codes) else 0
    decided = nothing("recommend", who)
    if len(codes) and codes[worst]:
        decided = verdict(view.policy, "recommend", int(subjects[worst]), who, int(candidates[worst]))
    return decided, np.concatenate([shown, down]), len(down)


def _unseen(view: View) -> tuple[Verdict, Places, int]:
    return verdict(view.policy, "recommend", Subject.UNSEEN, Viewer.ANYONE), np.empty(0, np.int64), 0


_SHOWN = nb.types.Tuple((nb.int64[::1], nb.int64, nb.int64, nb.int64, nb.uint64))  # type: ignore[no-untyped-call]


@nb.njit(_SHOWN(nb.uint64, nb.int64, words_type, nb.float64, nb.uint64), cache=True)
def _ranked(viewer, age, candidates, most_alike, held):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Places kept, how many of them lowered, and the strictest cell with who spoke for it.

    All candidates are hashed before any is looked up, so that memory brings their places while others are hashed.
    """
    keys, rows, late_keys, late_rows, words = accounts_at(held)
    codes, n = answers_at(held)[_SURFACE], len(candidates)
    hashed = np.empty(n, np.uint64)
    for k in range(n):
        hashed[k] = again(candidates[k], words)
        prefetch(keys, home_of(hashed[k], keys))
    own = row_of(viewer, keys, rows, late_keys, late_rows, words) if viewer else np.uint64(0)
    who, beside = viewer_of(own, age), own >> np.uint64(HOOD)
    kept, down = np.empty(n, np.int64), np.empty(n, np.int64)
    shown, lowered, alike = 0, 0, 0
    worst, what, spoke = np.uint8(0), np.int64(0), np.uint64(0)
    for k in range(n):
        row = row_at(hashed[k], keys, rows, late_keys, late_rows, words)
        subject = suggested_as(row, subject_of(row, 0))
        code = codes[subject, who]
        hood = row >> np.uint64(HOOD)
        if beside and hood == beside and codes[_BRIDGE, who] > code:
            subject, code = _BRIDGE, codes[_BRIDGE, who]
        if beside and code < _REMOVE and (hood or (row & np.uint64(7)) == np.uint64(_WATCHED)):
            alike += 1
            if alike > most_alike * n and codes[_AMPLIFY, who] > code:
                subject, code = _AMPLIFY, codes[_AMPLIFY, who]
        if code > worst:
            worst, what, spoke = code, subject, candidates[k]
        if code == _ALLOW:
            kept[shown] = k
            shown += 1
        elif code == _LOWER:
            down[lowered] = k
            lowered += 1
    kept[shown : shown + lowered] = down[:lowered]
    return kept[: shown + lowered], lowered, what, who, spoke
