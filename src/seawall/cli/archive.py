"""Backups: run folders in one sealed archive, with digests."""

import hashlib
import io
import os
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import msgspec

from seawall.lake.run_folder import appears_whole
from seawall.records.errors import BadInput, Damaged, Refused, UnknownVersion
from seawall.records.ids import IdKey
from seawall.records.run import SCHEMA_VERSION
from seawall.records.sealed_stream import MAGIC, SealedReader, SealedWriter

_DIGESTS = "digests.json"
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW


class Entry(NamedTuple):
    """One file of a run: `run/path/in/it`, when it was written, and what it holds."""

    name: str
    mtime: float
    content: bytes


def is_archive(path: Path) -> bool:
    """Whether a file is a backup, by how it begins."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def find_archives(place: Path) -> Iterator[Path]:
    """The backups in a folder and below it, or the file itself where it is one; links are not followed."""
    if is_archive(place):
        yield place
    for folder, folders, files in os.walk(place):
        folders.sort()
        yield from (
            path for name in sorted(files) if not (path := Path(folder, name)).is_symlink() and is_archive(path)
        )


def backup(runs: Iterable[Path], to: Path, key: IdKey) -> None:
    """Seal run folders into one new file (0600), read back before it gets its name."""
    runs = list(runs)
    names = [run.resolve().name for run in runs]
    if len(set(names)) < len(names):
        raise BadInput(
            f"Two of these runs have the same name ({', '.join(sorted(names))}). Rename one, or back up twice."
        )
    if to.exists():
        raise Refused(f"{to} is there already; a backup never overwrites another. Choose a new name.")
    if not to.parent.is_dir():
        raise BadInput(f"{to.parent} is not a folder; make it first, or choose another place for the backup.")
    write_archive(to, key, (entry for run in runs for entry in _entries(run)))


def _entries(run: Path) -> Iterator[Entry]:
    for path in sorted(run.rglob("*")):
        if path.is_file() and not path.is_symlink():
            name = PurePosixPath(run.resolve().name, path.relative_to(run)).as_posix()
            yield Entry(name, path.stat().st_mtime, path.read_bytes())


def write_archive(to: Path, key: IdKey, entries: Iterable[Entry]) -> None:
    """Write an archive beside `to`, read it back and put it in place; a killed one leaves `to` as it was."""
    partial = to.with_name(f".{to.name}.partial")
    digests: dict[str, str] = {}
    try:
        with os.fdopen(os.open(partial, _FLAGS, 0o600), "wb") as file:
            sealed = SealedWriter(file, key.subkey("backup"))
            with tarfile.open(fileobj=sealed, mode="w|") as tar:  # type: ignore[call-overload]  # it only writes
                for entry in entries:
                    digests[entry.name] = hashlib.sha256(entry.content).hexdigest()
                    _add(tar, entry)
                described = {"schema_version": SCHEMA_VERSION, "sha256": digests}
                _add(tar, Entry(_DIGESTS, 0, msgspec.json.encode(described)))
            sealed.close()
            os.fsync(file.fileno())
        for _ in read_archive(partial, key):
            pass
        partial.replace(to)
    finally:
        partial.unlink(missing_ok=True)


def _add(tar: tarfile.TarFile, entry: Entry) -> None:
    member = tarfile.TarInfo(entry.name)
    member.size, member.mtime, member.mode = len(entry.content), entry.mtime, 0o600
    tar.addfile(member, io.BytesIO(entry.content))


def read_archive(archive: Path, key: IdKey) -> Iterator[Entry]:
    """The files of an archive; raises Damaged, at the latest at its end, where one is not what was backed up."""
    if not is_archive(archive):
        raise BadInput(f"{archive} is not a backup. Give a file that `seawall backup` wrote.")
    found: dict[str, str] = {}
    described: dict[str, Any] = {}
    for entry in _unsealed(archive, key):
        if entry.name == _DIGESTS:
            described = msgspec.json.decode(entry.content)
        else:
            found[entry.name] = hashlib.sha256(entry.content).hexdigest()
            yield entry
    if described.get("schema_version") != SCHEMA_VERSION:
        raise UnknownVersion.of(str(archive), described.get("schema_version"), SCHEMA_VERSION)
    if described["sha256"] != found:
        raise Damaged(f"{archive} does not hold the files that were backed up. Use another backup.")


def _unsealed(archive: Path, key: IdKey) -> Iterator[Entry]:
    with archive.open("rb") as file:
        try:
            sealed = SealedReader(file, key.subkey("backup"))
            with tarfile.open(fileobj=sealed, mode="r|") as tar:  # type: ignore[call-overload]  # it only reads
                for member in tar:
                    yield Entry(member.name, member.mtime, b"".join(tar.extractfile(member) or ()))
        except Damaged as error:
            raise Damaged(f"{archive}: {error}") from error


def restore(archive: Path, to: Path, key: IdKey) -> list[Path]:
    """Put the runs of an archive into a folder: all of them, or none where one file is not what was backed up."""
    to.mkdir(parents=True, exist_ok=True, mode=0o700)
    folders: dict[str, Path] = {}
    with ExitStack() as stack:
        for name, mtime, content in read_archive(archive, key):
            run, *rest = PurePosixPath(name).parts
            if not rest or {"..", "/"} & {run, *rest}:
                raise Damaged(f"{archive} holds a file out of place: {name!r}. Do not use it.")
            if run not in folders:
                folders[run] = stack.enter_context(appears_whole(to / run))
            path = folders[run].joinpath(*rest)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            os.utime(path, (mtime, mtime))  # the age of a run counts from when it was made
    return [to / run for run in folders]
