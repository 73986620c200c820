"""What the server tells its operator: JSON lines without personal data.

A line holds names of parts and numbers, never an id, a query, an address or a body. What happens at every request is
counted and told once a second, so that an attack cannot fill a disk.
"""

import logging
import sys
import traceback
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TextIO

import msgspec

Plain = str | int | float | bool | None


@dataclass(slots=True)
class Journal:
    """Writes lines to `out`, standard error unless told otherwise."""

    out: TextIO = field(default_factory=lambda: sys.stderr)
    _counted: Counter[tuple[str, str]] = field(default_factory=Counter)

    def tell(self, event: str, level: str = "info", **facts: Plain) -> None:
        """Write one line now."""
        line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "level": level, "event": event, **facts}
        self.out.write(msgspec.json.encode(line).decode() + "\n")
        self.out.flush()

    def count(self, event: str, what: str) -> None:
        """Count what may happen at every request; `flush` tells how often it did."""
        self._counted[event, what] += 1

    def flush(self) -> None:
        """Tell and forget what was counted."""
        counted, self._counted = self._counted, Counter()
        for (event, what), times in sorted(counted.items()):
            self.tell(event, "warning", what=what, times=times)

    def failure(self, part: str, error: BaseException) -> None:
        """Tell that a part failed: the kind of error and where, not its message, which may quote a request."""
        place = traceback.extract_tb(error.__traceback__)[-1:]
        where = f"{place[0].filename.rpartition('/')[2]}:{place[0].lineno}" if place else ""
        self.tell("failed", "error", part=part, kind=type(error).__name__, where=where)


class ServerLog(logging.Handler):
    """Hands the web server's own log to the journal: its sentences hold no request."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(logging.INFO)
        self._journal = journal

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record; of an exception only what `failure` tells."""
        if record.exc_info and record.exc_info[1]:
            self._journal.failure("server", record.exc_info[1])
        else:
            self._journal.tell("server", record.levelname.lower(), says=str(record.msg))
