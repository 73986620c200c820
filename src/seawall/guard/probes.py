"""Counts pages of help, so that search is no oracle for terms.

Who tries words to see which bring the page gets it a few times a day, then an empty result. The counts stand in one
byte a viewer in a small table that a machine's workers share; a place in it is a keyed hash, and all are set back when
a day has passed. Two viewers who share a place are silent the sooner: the error is on the safe side.
"""

# Kernels are typed by numba when they compile; mypy and ruff read them as plain Python.
# mypy: disable-error-code="operator,arg-type,assignment,type-var"

import mmap
import os
import time
from collections.abc import Callable
from pathlib import Path

import numba as nb
import numpy as np
import numpy.typing as npt

from seawall.guard.secrets import Secrets, again

PLACES = 1 << 18
DAY = 86_400.0
_MOST = 255


class Probes:
    """How often each viewer was shown the page of help; in a file where workers share it, else in memory."""

    def __init__(
        self, limit: int, secrets: Secrets, path: Path | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.limit = min(limit, _MOST)
        self._words = secrets.words["viewer"]
        self._clock = clock
        self._counts = _shared(path) if path else np.zeros(PLACES, np.uint8)
        self._since = clock()

    def silent(self, viewer: int) -> bool:
        """Count one more page for a viewer; whether they have had enough. Who is not signed in has none."""
        if not viewer:
            return True
        now = self._clock()
        if now - self._since >= DAY:  # a monotonic clock: setting the machine's time gives nobody another try
            self.forget()
        place = _place(viewer, self._words) % PLACES
        if self._counts[place] >= self.limit:
            return True
        self._counts[place] += 1
        return False

    def forget(self) -> None:
        """Set every count back."""
        self._counts[:] = 0
        self._since = self._clock()


@nb.njit(nb.uint64(nb.uint64, nb.types.Array(nb.uint64, 1, "C", readonly=True)), cache=True)
def _place(viewer, words):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    return again(viewer, words)


def _shared(path: Path) -> npt.NDArray[np.uint8]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        os.ftruncate(handle, PLACES)
        return np.frombuffer(mmap.mmap(handle, PLACES), np.uint8)
    finally:
        os.close(handle)
