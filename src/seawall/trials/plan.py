"""What is set down before a trial begins."""

from dataclasses import dataclass

from seawall.trials.arms import MAIN, PARTIAL, Arm
from seawall.trials.personas import PERSONAS, Persona
from seawall.trials.recommenders.catalogue import RANKINGS
from seawall.trials.walk import STEPS

ROUND = 50
"""Runs of each persona that are walked together, and after which the stopping rule looks."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How many runs of whom, where, and under which guards.

    With `precision`, a trial ends after the first round at which the 95 % interval of the share of risky items is at
    most so wide to each side in every main arm (fixed-width sequential intervals: Chow and Robbins 1965), else after
    `runs`.
    """

    runs: int = 200
    seed: int = 0
    precision: float | None = None
    recommenders: tuple[str, ...] = tuple(RANKINGS)
    personas: tuple[Persona, ...] = PERSONAS
    arms: tuple[Arm, ...] = (*MAIN, *PARTIAL)
    steps: int = STEPS

    def rounds(self) -> list[int]:
        """Runs of each round."""
        whole, rest = divmod(self.runs, ROUND)
        return [ROUND] * whole + ([rest] if rest else [])

    def arms_of(self, number: int) -> tuple[Arm, ...]:
        """The guards that a round walks: after the first only the main ones."""
        return self.arms if number == 0 else tuple(arm for arm in self.arms if arm in MAIN)

    @property
    def work(self) -> int:
        """How many walks and audits there are at most, for a progress bar."""
        walks = sum(len(self.arms_of(number)) for number in range(len(self.rounds())))
        return walks * len(self.recommenders) + len(self.arms)
