"""A run folder that appears whole or not at all.

A run is written into a hidden folder beside its final place, private to its owner (0700), and renamed when it is
complete. The hidden folder is locked while its process lives; one whose process was killed holds text of the platform,
so the next run in the same place removes it first.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from seawall.records.errors import BadConfiguration, Refused

_LOCK = "lock"


@contextmanager
def appears_whole(final: Path) -> Iterator[Path]:
    """A fresh folder to write into; it becomes `final` when the block ends well and vanishes when it does not."""
    if final.exists():
        raise Refused(f"{final} is there already; a run never overwrites another. Choose a new name, or remove it.")
    if not final.parent.is_dir():
        raise BadConfiguration(f"{final.parent} is not a folder; make it first, or choose another place for the run.")
    remove_abandoned(final.parent)
    partial = final.parent / f".{final.name}.partial-{os.getpid()}"
    partial.mkdir(mode=0o700)
    umask = os.umask(0o077)
    try:
        with _locked(partial / _LOCK):
            yield partial
            (partial / _LOCK).unlink()
            _sync(partial)
            partial.rename(final)
            _sync(final.parent, deep=False)
    finally:
        os.umask(umask)
        shutil.rmtree(partial, ignore_errors=True)


def remove_abandoned(parent: Path) -> int:
    """Remove what killed runs left in this folder; returns how many there were."""
    removed = 0
    for partial in parent.glob(".*.partial-*"):
        lock = partial / _LOCK
        try:
            with _locked(lock):
                shutil.rmtree(partial)
                removed += 1
        except BlockingIOError:
            continue  # its run is alive
    return removed


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def _sync(folder: Path, *, deep: bool = True) -> None:
    """Force files and folders to the disk, so that a power cut leaves no empty file under the final name."""
    for path in [*(folder.rglob("*") if deep else ()), folder]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
