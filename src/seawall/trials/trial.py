"""A whole trial: walks under every guard, then their cost."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np

from seawall.guard.library import Guard
from seawall.records.errors import BadInput
from seawall.records.ids import IdKey
from seawall.trials.arms import MAIN, PARTIAL, Arm, Knowledge
from seawall.trials.audit import Cost, cost, draw_audience, prepare
from seawall.trials.draws import Floats
from seawall.trials.labels import Labels
from seawall.trials.personas import PERSONAS, Persona
from seawall.trials.platform import Platform
from seawall.trials.reach import beside_pages, reachable
from seawall.trials.recommenders.catalogue import RANKINGS, local_recommenders
from seawall.trials.recommenders.local import Local
from seawall.trials.shield import Shield
from seawall.trials.start import make_start
from seawall.trials.tally import Tally
from seawall.trials.walk import STEPS, Ground, walk

ROUND = 50
"""Runs of each persona that are walked together, and after which the stopping rule looks."""
Progress = Callable[[str, int], None]
Walks = dict[tuple[str, str, int], Tally]  # by arm, recommender and round


@dataclass(frozen=True, slots=True)
class Plan:
    """What is set down before a trial begins.

    With `precision`, it ends after the first round at which the 95 % interval of the share of risky items is at most so
    wide to each side in every main arm (fixed-width sequential intervals: Chow and Robbins 1965), else after `runs`.
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

    @property
    def work(self) -> int:
        """How many walks there are at most, for a progress bar."""
        partial = sum(arm not in MAIN for arm in self.arms)
        main = len(self.arms) - partial
        return (main * len(self.rounds()) + partial) * len(self.recommenders)


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that was counted; `costs` and `near` by arm, `seconds` of guard calls by arm."""

    plan: Plan
    ground: Ground
    walks: Walks
    rounds: int
    costs: Mapping[str, Cost]
    near: Mapping[str, Floats]
    seconds: Mapping[str, list[float]]
    timings: Mapping[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class Trial:
    """Carries a plan out on a platform; `guards` by what they know."""

    platform: Platform
    labels: Labels
    key: IdKey
    guards: Mapping[Knowledge, Guard]
    plan: Plan
    progress: Progress = lambda _, __: None
    timings: dict[str, float] = field(default_factory=dict)

    def carry_out(self) -> Outcome:
        """Walk, then audit; raises BadInput where there is nobody to find."""
        if not self.labels.risky.any():
            raise BadInput("nobody on this platform is known to be risky, so a trial has nothing to measure.")
        ground = Ground(self.platform, self.labels, self.plan.personas, self.plan.steps)
        begun = perf_counter()
        self.progress("recommenders", 0)
        recommenders = local_recommenders(self.platform, self.plan.seed, self.plan.recommenders)
        shields = {arm.name: self._shield(arm) for arm in self.plan.arms}
        self._lap("recommenders", begun)
        walks, rounds = self._walks(ground, recommenders, shields)
        costs, near = self._audit(recommenders, shields)
        seconds = {name: shield.seconds for name, shield in shields.items() if shield}
        return Outcome(self.plan, ground, walks, rounds, costs, near, seconds, self.timings)

    def _walks(
        self, ground: Ground, recommenders: Mapping[str, Local], shields: Mapping[str, Shield | None]
    ) -> tuple[Walks, int]:
        walks: Walks = {}
        begun = perf_counter()
        for number, runs in enumerate(self.plan.rounds()):
            seed = 1000 * self.plan.seed + number
            start = make_start(self.platform, self.labels, runs, seed, self.plan.personas)
            viewers = ground.viewers(self.key, start)
            for arm in self.plan.arms if number == 0 else [arm for arm in self.plan.arms if arm in MAIN]:
                shield = shields[arm.name]
                guarded = (shield, viewers) if shield else None
                for name, recommender in recommenders.items():
                    self.progress(f"{arm.name}, {name}", 0)
                    walks[arm.name, name, number] = walk(ground, start, recommender, seed, guarded)
                    self.progress(f"{arm.name}, {name}", 1)
            if self.plan.precision is not None and _precise(walks, self.plan.precision):
                break
        self._lap("walks", begun)
        return walks, number + 1

    def _audit(
        self, recommenders: Mapping[str, Local], shields: Mapping[str, Shield | None]
    ) -> tuple[dict[str, Cost], dict[str, Floats]]:
        begun = perf_counter()
        self.progress("cost", 0)
        audience = draw_audience(self.platform, self.labels, self.plan.seed)
        blind = list(prepare(audience, self.plan.seed, self.plan.recommenders).values())
        beside = beside_pages(list(recommenders.values()))
        costs, near = {}, {}
        for arm in self.plan.arms:
            costs[arm.name] = cost(audience, self.labels, blind, shields[arm.name])
            if arm in MAIN:
                near[arm.name] = reachable(self.platform, self.labels, beside, shields[arm.name])
        self._lap("cost", begun)
        return costs, near

    def _shield(self, arm: Arm) -> Shield | None:
        if arm.knows == "nothing":
            return None
        return Shield(self.guards[arm.knows], arm.surfaces, arm.parts, self.platform.accounts, self.platform.tags)

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
