"""How a run tells what it does: a bar on a terminal, lines elsewhere."""

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn


@dataclass
class Stages:
    """Times every stage; `seconds` and `rows` by stage name, in the order in which they ran."""

    total: int
    quiet: bool = False
    stream: TextIO = field(default_factory=lambda: sys.stderr)
    seconds: dict[str, float] = field(default_factory=dict)
    cpu_seconds: dict[str, float] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._bar: Progress | None = None
        if self.stream.isatty() and not self.quiet:
            columns = (TextColumn("{task.description:<24}"), BarColumn(), TimeElapsedColumn())
            self._bar = Progress(*columns, console=Console(file=self.stream), transient=True)
            self._task = self._bar.add_task("starting", total=self.total)

    def __enter__(self) -> "Stages":
        if self._bar:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    @contextmanager
    def stage(self, name: str, rows: int = 0) -> Iterator[None]:
        """Time a stage and show it."""
        if self._bar:
            self._bar.update(self._task, description=name)
        start, cpu = time.perf_counter(), time.process_time()
        yield
        self.seconds[name] = round(time.perf_counter() - start, 3)
        self.cpu_seconds[name] = round(time.process_time() - cpu, 3)
        self.rows[name] = rows
        if self._bar:
            self._bar.advance(self._task)
        elif not self.quiet:
            print(f"{name}: {self.seconds[name]:.1f} s", file=self.stream, flush=True)


def peak_gigabytes() -> float:
    """The most memory that this process has held, in GB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9, 3)
