"""What one account is to the policy."""

# Kernels are typed by numba when they compile; mypy and ruff read them as plain Python.
# mypy: disable-error-code="operator,arg-type,assignment,type-var"

import numba as nb
import numpy as np

from seawall.guard.answers import Age
from seawall.guard.holdings import accounts_at
from seawall.guard.packed import at_once
from seawall.guard.standing import AGES, row_of, subject_of, viewer_of, young
from seawall.guard.view import View

_STANDING = nb.int64(nb.uint64, nb.int64, nb.uint64)


@nb.njit(_STANDING, cache=True)
def _viewer(account, age, held):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    keys, rows, late_keys, late_rows, words = accounts_at(held)
    return viewer_of(row_of(account, keys, rows, late_keys, late_rows, words) if account else np.uint64(0), age)


@nb.njit(_STANDING, cache=True)
def _standing(account, age, held):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    keys, rows, late_keys, late_rows, words = accounts_at(held)
    row = row_of(account, keys, rows, late_keys, late_rows, words)
    return subject_of(row, age) << 1 | young(row, age)


@nb.njit(nb.uint64(nb.uint64, nb.uint64), cache=True)
def _row(account, held):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    keys, rows, late_keys, late_rows, words = accounts_at(held)
    return row_of(account, keys, rows, late_keys, late_rows, words)


def row(view: View, account: int) -> int:
    """What the index and later decisions hold of an account, as in `standing.py`."""
    return int(_row(account, view.held.address))


def standing(view: View, account: int, age: Age) -> tuple[int, bool]:
    """What an account is to the policy, and whether it is a child's."""
    told = _standing(account, AGES[age], view.held.address)
    return told >> 1, bool(told & 1)


def viewer(view: View, account: int, age: Age) -> int:
    """The policy's viewer of an account, 0 for who is not signed in, and the age that the platform states."""
    found: int = _viewed(account, AGES[age], view.held.address)
    return found


_viewed = at_once(_viewer, _STANDING)
