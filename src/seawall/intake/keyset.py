"""The ids seen so far: finds repeats, strangers and collisions."""

import numba as nb
import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Answers = npt.NDArray[np.int8]

ABSENT, PRESENT, COLLIDES = 0, 1, 2


class KeySet:
    """Keyed ids with their check hashes, in one open-addressing table (16 bytes a slot, at most half full).

    Two texts with one key and two checks are a collision: `add` and `find` tell it from a repetition.
    """

    def __init__(self) -> None:
        self._keys: Keys = np.zeros(1 << 12, np.uint64)
        self._checks: Keys = np.zeros(1 << 12, np.uint64)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, keys: Keys, checks: Keys, mask: npt.NDArray[np.bool_] | None = None) -> Answers:
        """What each key was before it was added, in order; rows outside `mask` are neither added nor looked for."""
        self._grow(self._count + len(keys))
        mask = np.ones(len(keys), np.bool_) if mask is None else mask
        answers: Answers = _add(self._keys, self._checks, keys, checks, mask)
        self._count += int(np.count_nonzero(mask & (answers == ABSENT)))
        return answers

    def find(self, keys: Keys, checks: Keys) -> Answers:
        """Which keys are here: ABSENT, PRESENT or COLLIDES."""
        answers: Answers = _find(self._keys, self._checks, keys, checks)
        return answers

    def _grow(self, need: int) -> None:
        size = len(self._keys)
        while size < 2 * need:
            size *= 2
        if size > len(self._keys):
            keys, checks = np.zeros(size, np.uint64), np.zeros(size, np.uint64)
            held = self._keys != 0
            _add(keys, checks, self._keys[held], self._checks[held], np.ones(int(held.sum()), np.bool_))
            self._keys, self._checks = keys, checks


@nb.njit(inline="always")
def _slot(table, key):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Where a key is, or the free slot where it would go."""
    last = np.uint64(len(table) - 1)
    at = key & last  # SipHash is uniform: its low bits are hash enough
    while table[at] != 0 and table[at] != key:
        at = (at + np.uint64(1)) & last
    return at


@nb.njit(cache=True)
def _add(table, table_checks, keys, checks, mask):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    answers = np.zeros(len(keys), np.int8)
    for row in range(len(keys)):
        if not mask[row]:
            continue
        at = _slot(table, keys[row])
        if table[at] == 0:
            table[at] = keys[row]
            table_checks[at] = checks[row]
        else:
            answers[row] = 1 if table_checks[at] == checks[row] else 2
    return answers


@nb.njit(cache=True)
def _find(table, table_checks, keys, checks):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    answers = np.zeros(len(keys), np.int8)
    for row in range(len(keys)):
        at = _slot(table, keys[row])
        if table[at] != 0:
            answers[row] = 1 if table_checks[at] == checks[row] else 2
    return answers
