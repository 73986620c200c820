"""Memory that the workers of one machine share.

A file in the machine's shared memory, never on a disk, in a folder that is its owner's alone. It appears under its name
only once it is whole.
"""

import mmap
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

SHARED = Path("/dev/shm")  # noqa: S108  memory of the machine; what stands in it is in a folder of the owner's own
Words = npt.NDArray[np.uint64]
Fill = Callable[[Words], None]


@dataclass(frozen=True, slots=True)
class Block:
    """Words that were filled once; `private`: this process holds them alone."""

    words: Words
    private: bool


def block(group: str, name: str, size: int, fill: Fill, *, where: Path = SHARED) -> Block:
    """The block of a name, `size` words; `fill` is called where no process has filled it yet.

    A new block of a group takes the place of the group's others: who has mapped those keeps them until it lets go.
    """
    folder = _own_folder(where)
    if folder is None:
        return _held(size, fill)
    path = folder / f"{group}-{name}"
    try:
        if not _whole(path, size):
            _write(path, size, fill)
            _discard_others(path, group)
        return Block(_mapped(path, size), private=False)
    except OSError:  # no room, or no leave: memory of our own serves as well, and is told
        return _held(size, fill)


def _own_folder(where: Path) -> Path | None:
    folder = where / f"seawall-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return None
    return folder if found.st_uid == os.getuid() and found.st_mode & 0o170777 == 0o040700 else None


def _whole(path: Path, size: int) -> bool:
    with suppress(OSError):
        found = path.lstat()
        return found.st_size == 8 * size and found.st_uid == os.getuid() and found.st_mode & 0o170777 == 0o100600
    return False


def _write(path: Path, size: int, fill: Fill) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".filling-")
    try:
        os.posix_fallocate(handle, 0, 8 * size)  # a full memory is told here, not by a signal when a page is touched
        fill(np.frombuffer(mmap.mmap(handle, 8 * size), np.uint64))  # unmapped with the last view of it
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    finally:
        os.close(handle)


def _mapped(path: Path, size: int) -> Words:
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        return np.frombuffer(mmap.mmap(handle, 8 * size, access=mmap.ACCESS_READ), np.uint64)
    finally:
        os.close(handle)


def _discard_others(path: Path, group: str) -> None:
    for other in path.parent.glob(f"{group}-*"):
        if other != path:
            other.unlink(missing_ok=True)


def _held(size: int, fill: Fill) -> Block:
    words = np.zeros(size, np.uint64)
    fill(words)
    words.flags.writeable = False
    return Block(words, private=True)
