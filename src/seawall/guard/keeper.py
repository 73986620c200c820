"""Keeps what a guard answers from, and what is wrong with it.

A thread looks a few times a second for new decisions and for another version of the index, verifies what was opened,
and writes the decision log. Whatever goes wrong is a named state; what was in use stays in use.
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from seawall.guard.index import MANIFEST, Index
from seawall.guard.journal import Journal
from seawall.guard.late import Late
from seawall.guard.overlay import Overlay
from seawall.guard.policy import Policy
from seawall.guard.secrets import Secrets
from seawall.guard.serving import rescued_terms, served
from seawall.guard.view import View
from seawall.records.errors import Damaged, Refused, SeawallError
from seawall.records.ids import IdKey

PAUSE = 0.2
"""Seconds between two looks; a decision must be in force within one second."""
_HOUR = 3_600.0


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """How a guard is: `ready` when it answers from an index that it has seen to work."""

    ready: bool
    index_version: str
    index_age_s: float
    canary: bool
    degraded: list[str]
    overlay_applied: int
    overlay_refused: int


class Keeper:
    """Holds the current `view`; `look` follows the world once."""

    def __init__(
        self,
        folder: Path,
        key: IdKey,
        policy: Policy,
        overlay: Overlay | None,
        journal: Journal | None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.folder, self.key, self.policy, self.overlay, self.journal = folder, key, policy, overlay, journal
        self._clock = clock
        self._secrets = Secrets.of(key)
        self._states: dict[str, str] = {}
        self._change = threading.Lock()
        self._stop = threading.Event()
        self._index: Index | None = None
        self._late = Late.nothing()
        self._unverified: Index | None = None
        self._tried: Path | None = None
        self._begin()
        self._thread = threading.Thread(target=self._follow, name="seawall-guard", daemon=True)

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def close(self) -> None:
        """Stop following."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        if self.journal is not None:
            self.journal.write(self.policy)

    def swap(self, folder: Path) -> str:
        """Serve another index; returns its version. Errors: what is wrong with it, and the one in use stays."""
        with self._change:
            try:
                index = Index.open(served(folder), self.key)
                index.check_canary()
            except (SeawallError, OSError) as error:
                self._states["swap refused"] = str(error)
                raise
            self._take(index)
            self.folder = folder
            return index.version

    def look(self) -> None:
        """Follow decisions, the version that is named current, the verifying of bodies, and the log, once."""
        with self._change:
            if self.overlay is not None and self.overlay.follow():
                self._late = Late.of(self.overlay.entries, self.key, self._late)
                self._show(self.view.version if self._index is None else "")
        self._follow_current()
        self.verify()
        if self.journal is not None:
            self.journal.write(self.policy)

    @property
    def age(self) -> float:
        """Seconds since the index in use was published; negative where the clock was set back."""
        if self._index is None:
            return 0.0
        return self._clock() - self._published

    def health(self) -> Health:
        """How the guard is, with every state that is not as it should be."""
        canary = self._canary()
        degraded = dict(self._states)
        if self.view.blind:
            degraded.setdefault("no index", "")
        elif self.age > self.policy.stale_hours * _HOUR:
            degraded["index stale"] = ""
        elif self.age < -60:
            degraded["clock set back"] = ""
        wording = self.view.wording
        if wording is not None and wording.private:
            degraded["terms in memory of this process alone"] = ""
        if self.overlay is not None:
            degraded |= dict.fromkeys(self.overlay.states, "")
        if not canary:
            degraded["canary not found"] = ""
        return Health(
            ready=not self.view.blind and canary,
            index_version=self.view.version,
            index_age_s=round(self.age, 1),
            canary=canary,
            degraded=[f"{name}: {why}" if why else name for name, why in degraded.items()],
            overlay_applied=self.overlay.applied if self.overlay else 0,
            overlay_refused=self.overlay.refused if self.overlay else 0,
        )

    def _begin(self) -> None:
        try:
            path = served(self.folder)
            self._tried = path
            index = Index.open(path, self.key)
            index.check_canary()
            self._take(index)
        except Refused:
            raise  # another key: no answer would be right
        except (SeawallError, OSError) as error:
            self._go_blind(str(error))
        if self.overlay is not None:
            self.overlay.follow()
            self._late = Late.of(self.overlay.entries, self.key, self._late)
            self._show()

    def _go_blind(self, why: str) -> None:
        self._index = None
        self._states["no index"] = why
        self._rescued = rescued_terms(self.folder, self.key)
        if self._rescued is None:
            self._states["no terms"] = "none could be rescued"
        self._show()

    def _take(self, index: Index) -> None:
        self._index, self._unverified, self._rescued = index, index, None
        self._published = (index.folder / MANIFEST).stat().st_mtime
        for name in ("no index", "no terms", "swap refused"):
            self._states.pop(name, None)
        self._show()

    def _show(self, _: str = "") -> None:
        self.view = View.of(self._index, self._rescued, self.policy, self._late, self._secrets)

    def _follow(self) -> None:
        while not self._stop.wait(PAUSE):
            try:
                self.look()
                self._states.pop("background work", None)
            except Exception as error:  # noqa: BLE001  whatever it is, requests go on and the state tells
                self._states["background work"] = repr(error)

    def _follow_current(self) -> None:
        try:
            named = served(self.folder)
            if named == self._tried:
                return
            self._tried = named
            self.swap(self.folder)
        except (SeawallError, OSError) as error:
            self._states["swap refused"] = str(error)

    def verify(self) -> None:
        """Read the index whole, where that was not done yet; one that is damaged is no longer answered from."""
        index, self._unverified = self._unverified, None
        if index is None:
            return
        try:
            index.verify()
        except Damaged as error:
            with self._change:
                if index is self._index:
                    self._go_blind(str(error))

    def _canary(self) -> bool:
        if self._index is None:
            return False
        try:
            self._index.check_canary()
        except SeawallError:
            return False
        return True
