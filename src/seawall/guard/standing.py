"""How an account stands: the 32 bits that the index seals for it.

Bits 0 to 2: what it is (`Subject`, up to `SELLS`). Bits 3 and 4: age (0 unknown, 1 child, 2 teen, 3 adult). Bit 5: a
person cleared it, whatever the run says. Bit 6: it is watched for buying (`Subject.SEEKS`). Bits 8 to 31: the risky
neighbourhood that it belongs to or borders on, 0 for none. No risk is in it: nobody can ask the index how near an
account is to the threshold.
"""

# Kernels are typed by numba when they compile; mypy and ruff read them as plain Python.
# mypy: disable-error-code="operator,arg-type,assignment,type-var"

import numba as nb
import numpy as np
import numpy.typing as npt

from seawall.guard.answers import Age
from seawall.guard.policy import Subject, Viewer
from seawall.guard.secrets import again, mask
from seawall.guard.table import place_of

ROLE, AGE, CLEARED, SEEKS, HOOD = 0b111, 0b11 << 3, 1 << 5, 1 << 6, 8
MOST_HOODS = (1 << 24) - 1
AGES = {Age.UNKNOWN: 0, Age.CHILD: 1, Age.TEEN: 2, Age.ADULT: 3}

_WATCHED, _AT_RISK, _BUYS, _CHILD = (
    np.uint64(one) for one in (Subject.WATCHED, Subject.AT_RISK_CHILD, Subject.BUYS, Subject.CHILD)
)
_SEEKS = np.int64(Subject.SEEKS)
_ANYONE, _UNKNOWN, _YOUNG, _RISKY = (np.int64(one) for one in Viewer)
_ADULT = np.uint64(3)


def rows_of(
    subjects: npt.NDArray[np.uint8], ages: npt.NDArray[np.uint8], hoods: npt.NDArray[np.uint32]
) -> npt.NDArray[np.uint32]:
    """The rows of accounts: what they are (`Subject`), ages (as `AGES`), neighbourhoods up to 2**24 - 1, (n,) each."""
    hood = np.minimum(hoods, MOST_HOODS).astype(np.uint32) << np.uint32(HOOD)
    seeks = subjects == Subject.SEEKS
    what = np.where(seeks, np.uint32(Subject.WATCHED | SEEKS), subjects.astype(np.uint32))
    rows: npt.NDArray[np.uint32] = what | (ages.astype(np.uint32) << np.uint32(3)) | hood
    return rows


def subjects_of_rows(rows: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """What each account is to the policy by its row alone, as `subject_of` of an account of unknown age."""
    roles, ages = rows & np.uint32(ROLE), rows & np.uint32(AGE)
    child = (ages == np.uint32(1 << 3)) | (ages == np.uint32(2 << 3))
    return np.where(child & (roles < Subject.AT_RISK_CHILD), np.uint32(Subject.CHILD), roles)


@nb.njit(inline="always")
def row_of(account, keys, rows, late_keys, late_rows, words):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The row of an account, 0 where nothing is known; what people decided since the run counts first.

    A decision says what an account is; its age and neighbourhood stay those of the run.
    """
    return row_at(again(account, words), keys, rows, late_keys, late_rows, words)


@nb.njit(inline="always")
def row_at(hashed, keys, rows, late_keys, late_rows, words):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """As `row_of`, of an account that is hashed already."""
    found = np.uint64(0)
    at = place_of(hashed, keys)
    if at >= 0:
        found = np.uint64(rows[at] ^ mask(hashed, words))
    if len(late_keys) > 1:
        at = place_of(hashed, late_keys)
        if at >= 0:
            late = np.uint64(late_rows[at] ^ mask(hashed, words))
            found = (found & ~np.uint64(ROLE)) | (late & np.uint64(ROLE | CLEARED))
    return found


@nb.njit(inline="always")
def subject_of(row, age):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """What an account is to the policy, given the age that the platform states (as `AGES`)."""
    what = row & np.uint64(ROLE)
    if what >= _AT_RISK:
        return np.int64(what)
    if young(row, age):
        return np.int64(_CHILD)
    return np.int64(what)


@nb.njit(inline="always")
def suggested_as(row, subject):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """What an account is to the policy of recommendations: who is suspected of buying has nothing to offer."""
    return _SEEKS if np.uint64(subject) == _WATCHED and row & np.uint64(SEEKS) else np.int64(subject)


@nb.njit(inline="always")
def young(row, age):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Whether the index or the platform holds an account to be a child's."""
    held = (row >> np.uint64(3)) & np.uint64(3)
    return held == 1 or held == 2 or age == 1 or age == 2 or (row & np.uint64(ROLE)) == _AT_RISK


@nb.njit(inline="always")
def viewer_of(row, age):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Who asks, to the policy; a flagged account is risky whatever age it states."""
    if (row & np.uint64(ROLE)) >= _BUYS:
        return _RISKY
    if young(row, age):
        return _YOUNG
    held = (row >> np.uint64(3)) & np.uint64(3)
    return _ANYONE if held == _ADULT or age == 3 else _UNKNOWN
