"""What the library answers in process; its wire form is made on demand."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from seawall.guard.answers import Answer, Decision, KeptAnswer, ProfileAnswer, SearchAnswer
from seawall.guard.trace import Sealer, Trace

_EMPTY = np.empty(0, np.int64)


@dataclass(slots=True)
class Answered:
    """A decision; `decision_id` is sealed when it is first read, which costs a microsecond."""

    decision: Decision
    message: str
    trace: Trace
    sealer: Sealer = field(repr=False)

    @property
    def index_version(self) -> str:
        """The version of the index that answered."""
        return self.trace.version

    @property
    def decision_id(self) -> str:
        """Opaque, of one length for every decision; whoever holds the key can open it."""
        return self.sealer.seal(self.trace)

    def wire(self) -> Answer:
        """The answer as sent."""
        return Answer(
            decision=self.decision,
            message=self.message,
            decision_id=self.decision_id,
            index_version=self.index_version,
        )


@dataclass(slots=True)
class Searched(Answered):
    """`removed`: places of the authors whose results are left out; `help`: the page's text where deterrence is shown."""

    removed: npt.NDArray[np.int64] = field(default_factory=lambda: _EMPTY)
    help: str = ""

    def wire(self) -> SearchAnswer:
        """The answer as sent."""
        return SearchAnswer(
            decision=self.decision,
            message=self.message,
            decision_id=self.decision_id,
            index_version=self.index_version,
            removed=self.removed.tolist(),
            help=self.help,
        )


@dataclass(slots=True)
class Kept(Answered):
    """`kept`: places of what may be shown, in the order to show it, the last `lowered` of them moved down."""

    kept: npt.NDArray[np.int64] = field(default_factory=lambda: _EMPTY)
    lowered: int = 0

    def wire(self) -> KeptAnswer:
        """The answer as sent."""
        return KeptAnswer(
            decision=self.decision,
            message=self.message,
            decision_id=self.decision_id,
            index_version=self.index_version,
            kept=self.kept.tolist(),
            lowered=self.lowered,
        )


@dataclass(slots=True)
class Profiled(Answered):
    """`hidden`: parts of the page that this viewer is not shown."""

    hidden: tuple[str, ...] = ()

    def wire(self) -> ProfileAnswer:
        """The answer as sent."""
        return ProfileAnswer(
            decision=self.decision,
            message=self.message,
            decision_id=self.decision_id,
            index_version=self.index_version,
            hidden=list(self.hidden),
        )
