"""Watching files that change under a running server."""

from dataclasses import dataclass
from pathlib import Path

Mark = tuple[int, int, int, int]


@dataclass(slots=True)
class Watched:
    """A file, possibly behind a link that a new run moves; `changed` says once that it is another one now."""

    path: Path
    _seen: Mark | None = None

    def changed(self) -> bool:
        """Whether the file is there and is not the one that was seen last."""
        mark = _mark(self.path)
        if mark is None or mark == self._seen:
            return False
        self._seen = mark
        return True


def _mark(path: Path) -> Mark | None:
    """Device, inode, size and time of a file, or None where there is none; a swapped link gives another inode."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
