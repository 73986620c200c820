"""Contact: who reaches whom.

A connection that both already have is left alone, unless one of them is flagged: a flagged stranger never reaches a
child, and a seller and a buyer reach each other never.
"""

# Kernels are typed by numba when they compile; mypy and ruff read them as plain Python.
# mypy: disable-error-code="operator,arg-type,assignment,type-var"

import numba as nb
import numpy as np

from seawall.guard.answers import Age, ContactKind
from seawall.guard.holdings import accounts_at, answers_at, pairs_at
from seawall.guard.packed import at_once
from seawall.guard.policy import SURFACE, Subject, Viewer
from seawall.guard.secrets import again, pair_of
from seawall.guard.standing import AGES, row_at, subject_of, viewer_of
from seawall.guard.table import home_of, place_of
from seawall.guard.verdict import Verdict
from seawall.guard.view import View
from seawall.hashes.bits import prefetch

_RECIPIENT = {age: code << 2 for age, code in AGES.items()}
_CONNECTED = {None: 0, False: 1 << 4, True: 2 << 4}
_BLIND = 1 << 6
_KIND = {kind: SURFACE[f"contact.{kind}"] << 7 for kind in ContactKind}
_as_tuple = tuple.__new__  # a named tuple's own constructor takes as long as looking an account up
_BUYS, _RISKY = np.int64(Subject.BUYS), np.int64(Viewer.RISKY)


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
    asked = _KIND[kind] | AGES[sender_age] | _RECIPIENT[recipient_age] | _CONNECTED[connected]
    if view.blind:
        asked |= _BLIND
    told = _reached(sender, recipient, asked, view.held.address)
    return _as_tuple(Verdict, (told & 15, told >> 4 & 15, told >> 8 & 31, told >> 13, sender))


def are_connected(view: View, one: int, other: int) -> bool:
    """Whether the index holds two accounts to be connected."""
    return bool(_connected(one, other, view.held.address))


@nb.njit(nb.boolean(nb.uint64, nb.uint64, nb.uint64), cache=True)
def _connected(one, other, held):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    pairs, words = pairs_at(held)
    return place_of(pair_of(one, other, words), pairs) >= 0


_REACH = nb.int64(nb.uint64, nb.uint64, nb.int64, nb.uint64)


@nb.njit(_REACH, cache=True)
def _reach(sender, recipient, asked, held):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Decision code, surface << 4, subject << 8 and viewer << 13 in one number.

    Every place is asked of memory before the first is read: in a large index none of them is in cache.
    """
    keys, rows, late, late_rows, words = accounts_at(held)
    pairs, pair_words = pairs_at(held)
    pair = pair_of(sender, recipient, pair_words)
    prefetch(pairs, home_of(pair, pairs))
    first, second = again(sender, words), again(recipient, words)
    for hashed in (first, second):
        prefetch(keys, home_of(hashed, keys))
        prefetch(rows, home_of(hashed, keys))
    one = row_at(first, keys, rows, late, late_rows, words)
    other = row_at(second, keys, rows, late, late_rows, words)
    subject, viewer = subject_of(one, asked & 3), viewer_of(other, asked >> 2 & 3)
    surface = asked >> 7
    cell = surface << 4 | viewer << 13
    if subject < _BUYS and viewer != _RISKY:
        stated = asked >> 4 & 3
        if stated == 2 or (stated == 0 and place_of(pair, pairs) >= 0):
            return cell | subject << 8
    if asked & _BLIND:
        subject = np.int64(Subject.UNSEEN)
    return cell | subject << 8 | np.int64(answers_at(held)[surface, subject, viewer])


_reached = at_once(_reach, _REACH)
