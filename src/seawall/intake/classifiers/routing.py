"""Which files people should see first, by all classifiers that answer."""

import hashlib
from collections.abc import Sequence

import msgspec

from seawall.intake.classifiers.base import Classifier, Priority, Routing
from seawall.records.errors import Unavailable


class Routed(msgspec.Struct, frozen=True):
    """What all classifiers together say of one file: its place in a queue and nothing else.

    `priority` is the highest that was given, or None where none answered; `silent` names those that did not, and why.
    """

    sha256: str
    priority: str | None
    said: dict[str, str]
    silent: dict[str, str]

    @property
    def place(self) -> int:
        """Greater is sooner; a file of which nothing is known comes after those that are held to be urgent."""
        return Priority.MEDIUM if self.priority is None else Priority[self.priority]


def route(image: bytes, classifiers: Sequence[Classifier]) -> Routed:
    """Ask every classifier about one image; one that fails changes nothing of what the others say."""
    told: list[Routing] = []
    silent: dict[str, str] = {}
    for classifier in classifiers:
        try:
            told.append(classifier.route(image))
        except Unavailable as error:
            silent[classifier.name] = str(error)
    said = {one.classifier: one.priority.name for one in told}
    highest = max((one.priority for one in told), default=None)
    return Routed(hashlib.sha256(image).hexdigest(), None if highest is None else highest.name, said, silent)
