"""A token bucket: how often an authority or a platform is called."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class Pace:
    """At most `per_minute` calls a minute on the long run, `burst` at once."""

    per_minute: float = 120.0
    burst: int = 20
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _tokens: float = -1.0
    _at: float = 0.0

    def take(self) -> None:
        """Return when the next call may be made."""
        now = self.clock()
        if self._tokens < 0:
            self._tokens, self._at = float(self.burst), now
        self._tokens = min(self.burst, self._tokens + (now - self._at) * self.per_minute / 60)
        self._at = now
        if self._tokens < 1:
            wait = (1 - self._tokens) * 60 / self.per_minute
            self.sleep(wait)
            self._tokens, self._at = 1.0, self._at + wait
        self._tokens -= 1
