"""What one process walks with: recommenders, guards, test accounts.

Everything is made where it is first needed and from the plan's seed alone, so that every process has the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, TypeVar

from seawall.guard.library import Guard
from seawall.records.ids import IdKey
from seawall.trials.arms import MAIN, Arm, Knowledge
from seawall.trials.audit import Audience, Cost, cost, draw_audience, prepare
from seawall.trials.draws import Floats, Ints
from seawall.trials.plan import Plan
from seawall.trials.reach import beside_pages, reachable
from seawall.trials.recommenders.catalogue import local_recommenders
from seawall.trials.recommenders.local import Local
from seawall.trials.shield import Shield, Viewers
from seawall.trials.start import Start, make_start
from seawall.trials.tally import Tally
from seawall.trials.walk import Ground, walk

Openers = Mapping[Knowledge, Callable[[], Guard]]
"""How to open the guards, by what they know: a process cannot hand an open one to another."""
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Done(Generic[Result]):
    """A result, how long each guard call took, and how many of them failed inside."""

    result: Result
    seconds: list[float]
    failed: int


@dataclass
class Kit:
    """Walks and audits a plan, one arm at a time."""

    ground: Ground
    key: IdKey
    openers: Openers
    plan: Plan
    _guards: dict[Knowledge, Guard] = field(default_factory=dict)
    _starts: dict[int, tuple[Start, Viewers]] = field(default_factory=dict)

    def walk(self, arm: Arm, recommender: str, number: int) -> Done[Tally]:
        """One round's test accounts through one recommender under one guard."""
        start, viewers = self._start(number)
        shield, before = self._shield(arm), self._failures(arm)
        guarded = (shield, viewers) if shield else None
        tally = walk(self.ground, start, self._recommenders[recommender], self._seed(number), guarded)
        return Done(tally, shield.seconds if shield else [], self._failures(arm) - before)

    def audit(self, arm: Arm) -> Done[tuple[Cost, Floats | None]]:
        """What one guard costs, and for a main one how near sellers are."""
        shield, before = self._shield(arm), self._failures(arm)
        price = cost(self._audience, self.ground.labels, self._blind, shield)
        near = reachable(self.ground.platform, self.ground.labels, self._beside, shield) if arm in MAIN else None
        return Done((price, near), shield.seconds if shield else [], self._failures(arm) - before)

    def guard(self, knows: Knowledge) -> Guard:
        """The guard that knows so much, opened once."""
        if knows not in self._guards:
            self._guards[knows] = self.openers[knows]()
        return self._guards[knows]

    def close(self) -> None:
        """Close every guard that was opened."""
        for guard in self._guards.values():
            guard.close()
        self._guards.clear()

    @cached_property
    def _recommenders(self) -> dict[str, Local]:
        return local_recommenders(self.ground.platform, self.plan.seed, self.plan.recommenders)

    @cached_property
    def _audience(self) -> Audience:
        return draw_audience(self.ground.platform, self.ground.labels, self.plan.seed)

    @cached_property
    def _blind(self) -> list[Local]:
        return list(prepare(self._audience, self.plan.seed, self.plan.recommenders).values())

    @cached_property
    def _beside(self) -> list[Ints]:
        return beside_pages(list(self._recommenders.values()))

    def _start(self, number: int) -> tuple[Start, Viewers]:
        """The test accounts of a round; only the last one's are kept."""
        if number not in self._starts:
            ground = self.ground
            runs = self.plan.rounds()[number]
            start = make_start(ground.platform, ground.labels, runs, self._seed(number), ground.personas)
            self._starts.clear()
            self._starts[number] = (start, ground.viewers(self.key, start))
        return self._starts[number]

    def _seed(self, number: int) -> int:
        return 1000 * self.plan.seed + number

    def _shield(self, arm: Arm) -> Shield | None:
        if arm.knows == "nothing":
            return None
        platform = self.ground.platform
        return Shield(self.guard(arm.knows), arm.surfaces, arm.parts, platform.accounts, platform.tags)

    def _failures(self, arm: Arm) -> int:
        return 0 if arm.knows == "nothing" else sum(self.guard(arm.knows).failed.values())
