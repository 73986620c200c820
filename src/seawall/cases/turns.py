"""One process at a time, where two would undo each other's work."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from seawall.records.errors import Unavailable


@contextmanager
def one_at_a_time(lock: Path, busy: str) -> Iterator[None]:
    """Hold a lock file for the time of the block; raises Unavailable where another process holds it."""
    lock.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Unavailable(f"{busy}; wait until it is done ({lock}).") from error
        yield
