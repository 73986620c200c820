"""What a classifier is to Seawall: a priority for a queue."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Protocol

from seawall.records.errors import Unavailable


class Priority(IntEnum):
    """How soon a person should look; the names are those of Google's Content Safety API."""

    VERY_LOW = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    VERY_HIGH = 4


@dataclass(frozen=True, slots=True)
class Routing:
    """What a classifier said of one image: evidence for the order of a queue and for nothing else."""

    classifier: str
    priority: Priority
    scores: Mapping[str, float] = field(default_factory=dict)
    version: str = ""


class Classifier(Protocol):
    """A vendor's service; raises `Unavailable` where it gives no usable answer, never a made-up priority."""

    @property
    def name(self) -> str:
        """What the queue calls it."""

    def route(self, image: bytes) -> Routing:
        """The priority of one image file."""


_STEPS = ((0.9, Priority.VERY_HIGH), (0.7, Priority.HIGH), (0.4, Priority.MEDIUM), (0.1, Priority.LOW))


def by_score(classifier: str, scores: Mapping[str, Any], labels: frozenset[str], version: str = "") -> Routing:
    """The priority of the highest score among the labels that the operator listens to."""
    told = {label: float(score) for label, score in scores.items() if label in labels}
    if not told:
        raise Unavailable(f"{classifier} answered none of the labels {', '.join(sorted(labels))}; correct the labels.")
    highest = max(told.values())
    priority = next((priority for at, priority in _STEPS if highest >= at), Priority.VERY_LOW)
    return Routing(classifier, priority, told, version)


@dataclass(slots=True)
class Breaker:
    """A classifier that is left alone for a while after it failed several times in a row.

    `state` is closed (asked), open (left alone) or trying (asked once more); it belongs on the status page.
    """

    classifier: Classifier
    failures: int = 3
    rest: float = 60.0  # seconds
    clock: Callable[[], float] = time.monotonic
    failed: int = 0
    _since: float = 0.0

    @property
    def name(self) -> str:
        return self.classifier.name

    @property
    def state(self) -> str:
        if self.failed < self.failures:
            return "closed"
        return "trying" if self.clock() - self._since >= self.rest else "open"

    def route(self, image: bytes) -> Routing:
        """As the classifier, or `Unavailable` at once while it is left alone."""
        if self.state == "open":
            raise Unavailable(f"{self.name} failed {self.failed} times in a row and is left alone for {self.rest:g} s.")
        try:
            routing = self.classifier.route(image)
        except Unavailable:
            self.failed, self._since = self.failed + 1, self.clock()
            raise
        self.failed = 0
        return routing
