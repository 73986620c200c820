"""Parts that run as processes of their own and are kept up.

A part that ends is started again, later each time; each change of state is one line, and `parts.json` holds the present
states for the console.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import msgspec

from seawall.effects.outbound import Destination, Outbound
from seawall.records.errors import SeawallError

LOOK = 1.0
"""Seconds between two looks at every part."""
STARTING = 120.0
"""Seconds that a part may take until it answers."""
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
LONG_ENOUGH = 300.0
"""A part that was up for so many seconds begins with the shortest wait again."""
GOODBYE = 15.0


@dataclass
class Part:
    """One process: its `seawall` command, what it answers when it is well, and a file that it waits for."""

    name: str
    command: Sequence[str]
    address: str | None = None
    needs: Path | None = None
    process: subprocess.Popen[bytes] | None = None
    state: str = "starting"
    _started: float = 0.0
    _wait: float = FIRST_WAIT
    _next: float = 0.0
    _well: bool = field(default=False)

    def look(self, now: float) -> str:
        """Start it where it does not run and may; returns its state in words."""
        if self.process is not None and self.process.poll() is not None:
            self._ended(now)
        if self.process is None and self.needs is not None and not self.needs.exists():
            return f"waits for {self.needs.parent.name}: `seawall up RUN` links one"
        if self.process is None and now >= self._next:
            self.process = subprocess.Popen([sys.executable, "-m", "seawall.cli.main", *self.command])  # noqa: S603  ours
            self._started, self._well = now, False
        if self.process is None:
            return f"ended; starts again in {self._next - now:.0f} s"
        return self._asked(now)

    def stop(self) -> None:
        """Ask it to end, and end it where it does not."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(GOODBYE)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def _ended(self, now: float) -> None:
        lasted = now - self._started
        self._wait = FIRST_WAIT if lasted > LONG_ENOUGH else min(self._wait * 2, LONGEST_WAIT)
        self._next, self.process = now + self._wait, None

    def _asked(self, now: float) -> str:
        if self.address is None or _answers(self.address):
            self._well = True
            return "up"
        if not self._well and now - self._started < STARTING:
            return "starting"
        return "runs and does not answer as it should"


def keep_up(parts: Sequence[Part], told: Path, say: Callable[[str], object]) -> None:
    """Keep parts up until this process is asked to end; then end them all."""
    try:
        while True:
            now = time.monotonic()
            states = {part.name: part.look(now) for part in parts}
            for part in parts:
                if states[part.name] != part.state or part.state == "starting":
                    _tell(part, states[part.name], say)
            write_states(told, states)
            time.sleep(LOOK)
    except KeyboardInterrupt:
        say("stopping")
    finally:
        for part in parts:
            part.stop()
        told.unlink(missing_ok=True)


def _tell(part: Part, state: str, say: Callable[[str], object]) -> None:
    """One line for a change; a wait that counts down is one change, not many."""
    known, part.state = part.state.partition(";")[0], state
    if state.partition(";")[0] != known:
        place = f" at {urljoin(part.address, '/')}" if part.address and state == "up" else ""
        say(f"{part.name:<10} {state}{place}")


def write_states(path: Path, states: dict[str, str]) -> None:
    """Write every part's state, whole or not at all, with the moment in Unix seconds."""
    hidden = path.with_name(f".{path.name}.new")
    hidden.write_bytes(msgspec.json.encode({"at": time.time(), "parts": states}))
    hidden.replace(path)


def _answers(address: str) -> bool:
    """Whether a part on this machine says that it is well."""
    parts = urlsplit(address)
    origin = f"{parts.scheme}://{parts.netloc}"
    try:
        outbound = Outbound([Destination(origin, private=True)], timeout=5.0)
        answer = outbound.request("GET", address, purpose="is it well")
    except SeawallError:
        return False
    return answer.status == 200
