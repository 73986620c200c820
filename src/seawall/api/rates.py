"""How many requests a token may send: a credit that fills with time."""

from dataclasses import dataclass

BURST = 1.0
"""Seconds of its rate that a token may spend at once."""


@dataclass(slots=True)
class Rate:
    """The generic cell rate algorithm (ITU-T I.371, annex A): one number of state a token."""

    a_second: float
    _due: float = 0.0

    def wait(self, now: float) -> float:
        """0 where a request may pass at `now` (seconds of a clock that never jumps), else the seconds to wait."""
        due = max(self._due, now)
        over = due - now - BURST
        if over > 0:
            return over
        self._due = due + 1.0 / self.a_second
        return 0.0
