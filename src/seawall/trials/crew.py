"""The processes that carry a trial out; any number, the same table.

A task is one walk or one audit. Which process takes it changes nothing, and results are put together in the order in
which the tasks were given.
"""

import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

from seawall.records.errors import Unavailable
from seawall.trials.arms import Arm
from seawall.trials.kit import Done, Kit

Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Task:
    """A walk of one arm through one recommender in one round; an audit of the arm where no recommender is named."""

    arm: Arm
    recommender: str = ""
    number: int = 0

    @property
    def says(self) -> str:
        """For a progress bar."""
        return f"{self.arm.name}, {self.recommender or 'cost'}"

    def carry_out(self, kit: Kit) -> Done[Any]:
        """Do it with a process's own kit."""
        return kit.walk(self.arm, self.recommender, self.number) if self.recommender else kit.audit(self.arm)


@dataclass(frozen=True, slots=True)
class Crew:
    """Carries tasks out here, or with a pool of processes."""

    kit: Kit
    pool: ProcessPoolExecutor | None
    progress: Progress

    def carry_out(self, tasks: Iterable[Task]) -> list[tuple[Task, Done[Any]]]:
        """Every task with its result, in their order; raises Unavailable where a process was killed."""
        given = list(tasks)
        if self.pool is None:
            return [(task, self._here(task)) for task in given]
        try:
            waiting: dict[Future[Done[Any]], Task] = {self.pool.submit(_with_own_kit, task): task for task in given}
            for done in as_completed(waiting):
                self.progress(waiting[done].says, 1)
            return [(task, done.result()) for done, task in waiting.items()]
        except BrokenProcessPool as error:
            raise Unavailable(
                "a process of the trial was killed, most likely for memory. Walk with --processes 1."
            ) from error

    def _here(self, task: Task) -> Done[Any]:
        self.progress(task.says, 0)
        done = task.carry_out(self.kit)
        self.progress(task.says, 1)
        return done


@contextmanager
def crew(kit: Kit, processes: int, progress: Progress) -> Iterator[Crew]:
    """A crew of so many processes; each is begun anew and makes its own kit, since threads do not survive a fork."""
    if processes == 1:
        yield Crew(kit, None, progress)
        return
    given = (kit.ground, kit.key, kit.openers, kit.plan)
    pool = ProcessPoolExecutor(processes, get_context("spawn"), _make_own_kit, given)
    try:
        yield Crew(kit, pool, progress)
    finally:
        pool.shutdown(cancel_futures=True)


_own: list[Kit] = []
"""The kit of this process, where it is one of a crew."""


def _make_own_kit(*given: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever stops the command stops the one that waits for this one
    _own.append(Kit(*given))


def _with_own_kit(task: Task) -> Done[Any]:
    return task.carry_out(_own[0])
