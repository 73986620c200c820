"""How far a report has come, read from the steps that the ledger holds."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from seawall.disclosures.cybertip.answers import Verdict, verdict_of
from seawall.disclosures.models import Step


@dataclass(slots=True)
class Progress:
    """What is known to stand at the receiver.

    `unsure` names a call that was begun and whose answer is not known; `finishing` is true once a finish was begun.
    """

    report_id: int | None = None
    files: dict[str, str] = field(default_factory=dict)
    described: set[str] = field(default_factory=set)
    unsure: str = ""
    finishing: bool = False
    finished: bool = False

    def take(self, step: Step) -> None:
        """Add one step."""
        if step.answered_at is None:
            self._take_unanswered(step)
            return
        self.unsure = ""
        verdict = verdict_of(step.call, step.code) if step.code is not None else None
        if step.call in {"retract", "settle"} and verdict in {Verdict.DONE, Verdict.GONE}:
            self._forget()
        if verdict is not Verdict.DONE:
            return
        match step.call:
            case "submit":
                self.report_id = int(step.reference)
            case "upload":
                self.files[step.about] = step.reference
            case "fileinfo":
                self.described.add(step.about)
            case "finish":
                self.finished = True

    def _take_unanswered(self, step: Step) -> None:
        self.unsure = step.call
        self.finishing = self.finishing or step.call == "finish"

    def _forget(self) -> None:
        self.report_id, self.finishing = None, False
        self.files.clear()
        self.described.clear()


def progress_of(steps: Iterable[Step]) -> Progress:
    """The progress after all steps, oldest first."""
    progress = Progress()
    for step in steps:
        progress.take(step)
    return progress
