"""What a sink is: the one shape of everything that carries effects out.

A sink is given an order and returns what the other side answered. Orders can come twice (a process was killed between
the answer and the note of it): whatever a sink does, it does once an order id.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Order:
    """One effect as a sink sees it; `person` and `approved_by` are pseudonyms."""

    id: str
    kind: str
    subject_kind: str
    subject_id: str
    details: Mapping[str, Any]
    origin: str
    person: str
    approved_by: str
    decided_at: datetime


class Sink(Protocol):
    """Carries effects out somewhere."""

    def carry_out(self, order: Order) -> str:
        """Do it, once an order id; returns what was answered, for the case.

        Raises `Unavailable` where trying again later may help; any other `SeawallError` ends the effect as failed.
        """
        ...


Maker = Callable[[str, Mapping[str, Any]], Sink]
"""Makes a sink from its name and its options in seawall.toml; raises BadConfiguration."""
