"""A whole trial: walks under every guard, then their cost."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np

from seawall.records.errors import BadInput
from seawall.records.ids import IdKey
from seawall.trials.arms import MAIN
from seawall.trials.audit import Cost
from seawall.trials.crew import Crew, Progress, Task, crew
from seawall.trials.draws import Floats
from seawall.trials.kit import Done, Kit, Openers
from seawall.trials.labels import Labels
from seawall.trials.plan import Plan
from seawall.trials.platform import Platform
from seawall.trials.tally import Tally
from seawall.trials.walk import Ground

Walks = dict[tuple[str, str, int], Tally]  # by arm, recommender and round


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that was counted.

    `costs` and `near` by arm, `seconds` of guard calls by arm, `failures` inside the guard by what it knows, and the
    `versions` of the guards.
    """

    plan: Plan
    ground: Ground
    walks: Walks
    rounds: int
    costs: Mapping[str, Cost]
    near: Mapping[str, Floats]
    seconds: Mapping[str, list[float]]
    failures: Mapping[str, int] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    timings: Mapping[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class Trial:
    """Carries a plan out on a platform; `guards` says how to open them, by what they know."""

    platform: Platform
    labels: Labels
    key: IdKey
    guards: Openers
    plan: Plan
    processes: int = 1
    progress: Progress = lambda _, __: None
    timings: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)

    def carry_out(self) -> Outcome:
        """Walk, then audit; raises BadInput where there is nobody to find."""
        if not self.labels.risky.any():
            raise BadInput("nobody on this platform is known to be risky, so a trial has nothing to measure.")
        ground = Ground(self.platform, self.labels, self.plan.personas, self.plan.steps)
        kit = Kit(ground, self.key, self.guards, self.plan)
        versions = {f"guard_{name}": kit.guard(name).version for name in self.guards}
        self.failures |= dict.fromkeys(self.guards, 0)
        try:
            with crew(kit, self.processes, self.progress) as hands:
                walks, rounds = self._walks(hands)
                costs, near = self._audit(hands)
        finally:
            kit.close()
        told = (self.seconds, self.failures, versions, self.timings)
        return Outcome(self.plan, ground, walks, rounds, costs, near, *told)

    def _walks(self, hands: Crew) -> tuple[Walks, int]:
        walks: Walks = {}
        begun = perf_counter()
        for number in range(len(self.plan.rounds())):
            arms = self.plan.arms_of(number)
            tasks = [Task(arm, name, number) for name in self.plan.recommenders for arm in arms]
            for task, done in hands.carry_out(tasks):
                walks[task.arm.name, task.recommender, number] = done.result
                self._count(task, done)
            if self.plan.precision is not None and _precise(walks, self.plan.precision):
                break
        self._lap("walks", begun)
        return walks, number + 1

    def _audit(self, hands: Crew) -> tuple[dict[str, Cost], dict[str, Floats]]:
        begun = perf_counter()
        costs, near = {}, {}
        for task, done in hands.carry_out(Task(arm) for arm in self.plan.arms):
            costs[task.arm.name], nearness = done.result
            if nearness is not None:
                near[task.arm.name] = nearness
            self._count(task, done)
        self._lap("cost", begun)
        return costs, near

    def _count(self, task: Task, done: Done[object]) -> None:
        if task.arm.knows != "nothing":
            self.seconds.setdefault(task.arm.name, []).extend(done.seconds)
            self.failures[task.arm.knows] += done.failed

    def _lap(self, name: str, begun: float) -> None:
        self.timings[name] = round(perf_counter() - begun, 1)


def _precise(walks: Walks, precision: float) -> bool:
    """Whether the share of risky items is known well enough in every main arm."""
    for arm in {arm for arm, _, _ in walks} & {arm.name for arm in MAIN}:
        shares = [t.exposures / np.maximum(t.shown, 1) for (name, _, _), t in walks.items() if name == arm]
        values = np.concatenate(shares)
        if 1.96 * values.std(ddof=1) / np.sqrt(len(values)) > precision:
            return False
    return True
