"""The table that the risk model learns from, one row an account."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seawall.network.label_features import LABELS, Folds, label_features
from seawall.network.neighbours import Floats, Neighbours
from seawall.network.structure_features import STRUCTURE, structure_features

NARROW = 32
"""Up to so many attributes, differences to the neighbours get columns of their own; beyond, they cost too much."""


@dataclass(frozen=True)
class RiskTable:
    """Columns in four groups: attributes, neighbours' attributes, structure, labels; `names` one a column."""

    values: Floats
    names: tuple[str, ...]
    attributes: int
    neighbours: int

    @classmethod
    def of(cls, attributes: Floats, around: Neighbours, y: NDArray[np.int8], folds: Folds) -> "RiskTable":
        """For `attributes` [n, d] (d may be 0) and the labels `y` (1, 0, -1 for unknown) dealt into `folds`."""
        one = around.means(attributes)
        two = around.means(one)
        beside = [one, two]
        words = ["neighbours' {}", "neighbours' neighbours' {}"]
        if attributes.shape[1] <= NARROW:
            beside += [attributes - one, one - two]
            words += ["{} against neighbours", "neighbours' {} against theirs"]
        own = [f"attribute {place}" for place in range(attributes.shape[1])]
        names = (*own, *(word.format(name) for word in words for name in own), *STRUCTURE, *LABELS)
        values = np.hstack([attributes, *beside, structure_features(around), label_features(around, y, folds)])
        return cls(values, names, attributes.shape[1], len(words) * len(own))

    def columns(self, group: str) -> NDArray[Any]:
        """The places of the columns that one opinion sees; a name of a column stands for itself."""
        place = np.arange(len(self.names))
        beside = (place >= self.attributes) & (place < self.attributes + self.neighbours)
        label = place >= len(self.names) - len(LABELS)
        choices = {
            "everything": place >= 0,
            "own and place": ~beside,
            "place": place >= self.attributes + self.neighbours,
            "without labels": ~label,
        }
        return np.flatnonzero(choices[group]) if group in choices else np.array([self.names.index(group)])
