"""What the library answers in process; its wire form on demand."""

from typing import Any

import numpy as np
import numpy.typing as npt

from seawall.guard.answers import Answer, Decision, KeptAnswer, ProfileAnswer, SearchAnswer
from seawall.guard.messages import KEY_OF
from seawall.guard.policy import RANK
from seawall.guard.trace import Sealer, Trace
from seawall.guard.verdict import Verdict
from seawall.guard.view import View


class Answered:
    """One decision, from its verdict, the view that it was taken on, the sealer of ids, a serial number and the time.

    Its id is sealed when it is asked for, which costs a few microseconds.
    """

    __slots__ = ("_note",)

    def __init__(self, note: tuple[Verdict, View, Sealer, int, float]) -> None:
        self._note = note  # one store: what is in it is read for few decisions

    @property
    def decision(self) -> Decision:
        """What the platform does."""
        return RANK[self._note[0].code]

    @property
    def message(self) -> str:
        """The neutral key of what the user interface shows; empty where it shows what it always does."""
        decided = self._note[0]
        return KEY_OF[decided.surface, decided.code, decided.viewer]

    @property
    def index_version(self) -> str:
        """The version of the index that answered."""
        return self._note[1].version

    @property
    def trace(self) -> Trace:
        """What decided, for the decision log."""
        (code, surface, subject, viewer, evidence), view, _, serial, at = self._note
        return Trace(view.version, view.digest, surface, subject, viewer, code, int(at), evidence, serial)

    @property
    def decision_id(self) -> str:
        """Opaque, of one length for every decision; whoever holds the key can open it."""
        return self._note[2].seal(self.trace)

    def wire(self) -> Answer:
        """The answer as sent."""
        return Answer(**self._told())

    def _told(self) -> dict[str, Any]:
        return {
            "decision": self.decision,
            "message": self.message,
            "decision_id": self.decision_id,
            "index_version": self.index_version,
        }


class Searched(Answered):
    """`removed`: places of authors whose results are left out; `help`: the text of the page, where it is shown."""

    __slots__ = ("help", "removed")
    removed: npt.NDArray[np.int64]
    help: str

    def wire(self) -> SearchAnswer:
        """The answer as sent."""
        return SearchAnswer(**self._told(), removed=self.removed.tolist(), help=self.help)


class Kept(Answered):
    """`kept`: places of what may be shown, in the order to show it, the last `lowered` of them moved down."""

    __slots__ = ("kept", "lowered")
    kept: npt.NDArray[np.int64]
    lowered: int

    def wire(self) -> KeptAnswer:
        """The answer as sent."""
        return KeptAnswer(**self._told(), kept=self.kept.tolist(), lowered=self.lowered)


class Profiled(Answered):
    """`hidden`: parts of the page that this viewer is not shown."""

    __slots__ = ("hidden",)
    hidden: tuple[str, ...]

    def wire(self) -> ProfileAnswer:
        """The answer as sent."""
        return ProfileAnswer(**self._told(), hidden=list(self.hidden))
