"""Contact: who reaches whom.

A connection that both already have is left alone, unless one of them is flagged: a flagged stranger never reaches a
child, and a seller and a buyer reach each other never.
"""

# Kernels are typed by numba when they compile; mypy and ruff read them as plain Python.
# mypy: disable-error-code="operator,arg-type,assignment,type-var"

import numba as nb
import numpy as np

from seawall.guard.answers import Age, ContactKind
from seawall.guard.policy import SURFACE, Subject, Viewer
from seawall.guard.secrets import again, pair_of
from seawall.guard.standing import AGES, row_at, subject_of, viewer_of
from seawall.guard.table import home_of, place_of, rows_type, words_type
from seawall.guard.verdict import Verdict
from seawall.guard.view import View
from seawall.hashes.bits import prefetch

_SURFACES = {kind: SURFACE[f"contact.{kind}"] for kind in ContactKind}
_BUYS, _RISKY = np.int64(Subject.BUYS), np.int64(Viewer.RISKY)
_CODES = nb.types.Array(nb.uint8, 3, "C", readonly=True)
_KNOWN = {True: 1, False: 0, None: -1}


def reach(
    view: View,
    kind: ContactKind,
    sender: int,
    recipient: int,
    sender_age: Age,
    recipient_age: Age,
    connected: bool | None,
) -> Verdict:
    """The verdict on one account reaching another."""
    surface = _SURFACES[kind]
    told = _reach(
        sender,
        recipient,
        AGES[sender_age] | AGES[recipient_age] << 2 | view.blind << 4,
        _KNOWN[connected],
        surface,
        *view.reaching,
    )
    return Verdict(told & 15, surface, told >> 4 & 31, told >> 9, sender)


def are_connected(view: View, one: int, other: int) -> bool:
    """Whether the index holds two accounts to be connected."""
    return bool(_connected(one, other, view.pairs, view.pair_words))


@nb.njit(nb.boolean(nb.uint64, nb.uint64, words_type, words_type), cache=True)
def _connected(one, other, pairs, pair_words):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    return place_of(pair_of(one, other, pair_words), pairs) >= 0


@nb.njit(
    nb.int64(
        nb.uint64,
        nb.uint64,
        nb.int64,
        nb.int64,
        nb.int64,
        words_type,
        rows_type,
        words_type,
        rows_type,
        words_type,
        words_type,
        words_type,
        _CODES,
    ),
    cache=True,
)
def _reach(sender, recipient, ages, connected, surface, keys, rows, late, late_rows, words, pairs, salt, codes):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Decision code, subject << 4 and viewer << 9 in one number.

    All three places are asked of memory before the first is read: in a large index none of them is in cache.
    """
    pair = pair_of(sender, recipient, salt)
    prefetch(pairs, home_of(pair, pairs))
    first, second = again(sender, words), again(recipient, words)
    prefetch(keys, home_of(first, keys))
    prefetch(keys, home_of(second, keys))
    one = row_at(first, keys, rows, late, late_rows, words)
    other = row_at(second, keys, rows, late, late_rows, words)
    subject, viewer = subject_of(one, ages & 3), viewer_of(other, ages >> 2 & 3)
    flagged = subject >= _BUYS or viewer == _RISKY
    if not flagged:
        if connected < 0:
            connected = np.int64(place_of(pair, pairs) >= 0)
        if connected > 0:
            return viewer << 9 | subject << 4
    if ages >> 4:
        subject = np.int64(Subject.UNSEEN)
    return np.int64(codes[surface, subject, viewer]) | subject << 4 | viewer << 9
