"""A trial of a platform's staging recommender."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from seawall.trials.labels import Labels
from seawall.trials.personas import PERSONAS, Persona
from seawall.trials.platform import Platform
from seawall.trials.recommenders.staging import Staging
from seawall.trials.start import make_start
from seawall.trials.tally import Tally
from seawall.trials.walk import Ground, walk


@dataclass(frozen=True, slots=True)
class StagingPlan:
    """What is to be sent; a child walks only where the host states that its population is synthetic."""

    runs: int
    seed: int
    steps: int
    children: bool = False

    @property
    def personas(self) -> tuple[Persona, ...]:
        """Those that may walk."""
        return PERSONAS if self.children else tuple(persona for persona in PERSONAS if persona.age != "child")

    @property
    def testers(self) -> int:
        """Test accounts that are needed."""
        return self.runs * len(self.personas)

    @property
    def most_requests(self) -> int:
        """Pages at most, with the acts that they lead to at most."""
        return self.testers * self.steps * 8


def walk_staging(platform: Platform, labels: Labels, staging: Staging, plan: StagingPlan) -> dict[str, Any]:
    """Walk, and say what was shown; aggregates alone.

    `partial` is true where any test account was lost, or nothing at all was answered.
    """
    ground = Ground(platform, labels, plan.personas, plan.steps)
    tally = walk(ground, make_start(platform, labels, plan.runs, plan.seed, plan.personas), staging, plan.seed)
    return {
        "partial": bool(not tally.whole.all() or staging.unknown),
        "walks": {"planned": len(tally.whole), "whole": int(tally.whole.sum())},
        "requests": staging.asked,
        "failures": dict(sorted(staging.failures.items())),
        "unknown_items": staging.unknown,
        "personas": {p.name: _persona(tally, n) for n, p in enumerate(plan.personas)},
    }


def _persona(tally: Tally, number: int) -> Mapping[str, Any]:
    """Of the whole walks alone; how many they are stands beside."""
    who = np.flatnonzero((tally.persona == number) & tally.whole)
    shown, risky = int(tally.shown[who].sum()), int(tally.exposures[who].sum())
    return {"walks": len(who), "shown": shown, "risky": risky, "risky_share": risky / shown if shown else None}
