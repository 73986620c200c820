"""Counterfactuals: which guard stands between the two."""

from dataclasses import dataclass
from typing import Literal

from seawall.trials.recommenders.base import SURFACES, Surface
from seawall.trials.shield import ACCOUNTS, TERMS

Knowledge = Literal["nothing", "run", "truth"]


@dataclass(frozen=True, slots=True)
class Arm:
    """A guard on some surfaces, with some of its parts, that knows what a run found, or the truth."""

    name: str
    knows: Knowledge
    surfaces: frozenset[Surface] = frozenset(SURFACES)
    parts: frozenset[str] = frozenset({TERMS, ACCOUNTS})


OFF = Arm("off", "nothing")
ON = Arm("everything", "run")
TRUTH = Arm("truth", "truth")
MAIN = (OFF, ON, TRUTH)
"""These are walked in every run."""

PARTIAL = (
    Arm("terms only", "run", parts=frozenset({TERMS})),
    Arm("accounts only", "run", parts=frozenset({ACCOUNTS})),
    *(Arm(f"only at {surface}", "run", frozenset({surface})) for surface in SURFACES),
    *(Arm(f"all but at {surface}", "run", frozenset(SURFACES) - {surface}) for surface in SURFACES),
)
"""These tell what each part is worth, in the first round of runs."""
