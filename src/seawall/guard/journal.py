"""The decision log: a sample, sealed, forgotten in time.

Lines of JSON, a file a day, readable by their owner only: time, surface, decision, line of the policy, decision id. A
query that was refused is kept sealed with the deployment's key. Files older than the retention are removed. Writing
happens in the guard's background work: a request only leaves a note.
"""

import json
import os
import re
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from seawall.guard.policy import RANK, SURFACES, Policy, Subject, Viewer
from seawall.guard.trace import Sealer, Trace
from seawall.records.ids import IdKey
from seawall.records.seal import seal

_DAY = re.compile(r"decisions-(\d{4}-\d\d-\d\d)\.jsonl")
_WAITING = 10_000


@dataclass(slots=True)
class Journal:
    """Keeps every `every`th decision that refuses something, `days` days long."""

    folder: Path
    key: IdKey
    every: int = 16
    days: int = 30
    lost: int = 0
    _waiting: deque[tuple[Trace, str]] = field(default_factory=lambda: deque(maxlen=_WAITING))

    def note(self, trace: Trace, text: str = "") -> None:
        """Leave a note of a decision; of those that nobody wrote in time the oldest are lost, and counted."""
        if trace.serial % self.every:
            return
        if len(self._waiting) == _WAITING:
            self.lost += 1
        self._waiting.append((trace, text))

    def write(self, policy: Policy, now: datetime | None = None) -> int:
        """Write what waits and remove what is too old; returns how many lines."""
        now = now or datetime.now(UTC)
        lines = []
        while self._waiting:
            trace, text = self._waiting.popleft()
            lines.append(self._line(trace, text, policy))
        if lines:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self.folder / f"decisions-{now:%Y-%m-%d}.jsonl"
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as file:
                file.writelines(lines)
        self._forget(now)
        return len(lines)

    def _line(self, trace: Trace, text: str, policy: Policy) -> str:
        told = {
            "at": datetime.fromtimestamp(trace.at, UTC).isoformat(),
            "surface": SURFACES[trace.surface],
            "decision": RANK[trace.decision],
            "line": policy.line(SURFACES[trace.surface], Subject(trace.subject), Viewer(trace.viewer)).name,
            "index": trace.version,
            "id": Sealer.of(self.key).seal(trace),
        }
        if text:
            told["query"] = seal(self.key, text)
        return json.dumps(told) + "\n"

    def _forget(self, now: datetime) -> None:
        oldest = f"{now - timedelta(days=self.days):%Y-%m-%d}"
        for path in self.folder.glob("decisions-*.jsonl"):
            named = _DAY.fullmatch(path.name)
            if named and named[1] < oldest:
                path.unlink(missing_ok=True)
