"""Where an index is served from: versions, one of them current.

A version is copied in whole before it is named, and naming it is one rename: who looks finds the one or the other. The
version before stays, as what to fall back to.
"""

import os
import shutil
import tempfile
from pathlib import Path

from seawall.guard.index import MANIFEST, TERMS, Index, read_manifest
from seawall.guard.secrets import Secrets
from seawall.guard.section import Section
from seawall.guard.wording import Wording
from seawall.records.errors import Damaged, SeawallError
from seawall.records.ids import IdKey

CURRENT = "current"
_KEPT = 2


def served(folder: Path) -> Path:
    """The index that a folder serves now: itself, or the version that it names. Errors: `Damaged`."""
    if not (folder / CURRENT).is_file():
        return folder
    name = (folder / CURRENT).read_text("utf-8").strip()
    if not name or "/" in name or name.startswith("."):
        raise Damaged(f"{folder / CURRENT} names no version. Publish again with `seawall guard publish`.")
    return folder / name


def publish_version(index: Path, serving: Path, key: IdKey) -> str:
    """Copy a published index into a serving folder and name it current; returns its version.

    It is read whole first: a damaged index is refused, and the one that is served stays.
    """
    Index.open(index, key).verify()
    version = read_manifest(index).version
    serving.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (serving / version / MANIFEST).exists():
        partial = Path(tempfile.mkdtemp(dir=serving, prefix=".copying-"))
        shutil.copytree(index, partial, dirs_exist_ok=True)
        shutil.rmtree(serving / version, ignore_errors=True)
        partial.rename(serving / version)
    _name(serving, version)
    for old in versions(serving)[_KEPT:]:
        shutil.rmtree(old, ignore_errors=True)
    return version


def _name(serving: Path, version: str) -> None:
    handle, name = tempfile.mkstemp(dir=serving)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(version + "\n")
        file.flush()
        os.fsync(handle)
    os.utime(serving / version)
    Path(name).replace(serving / CURRENT)


def versions(serving: Path) -> list[Path]:
    """The versions in a serving folder, the newest first."""
    found = [path.parent for path in serving.glob(f"[!.]*/{MANIFEST}")]
    return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)


def rescued_terms(folder: Path, key: IdKey) -> Wording | None:
    """The terms of the newest version whose terms are whole, where no index opens: what was blocked stays blocked."""
    secrets = Secrets.of(key)
    for path in (*versions(folder), *versions(folder.parent), folder):
        try:
            section = Section.open(path / TERMS, Path(TERMS).stem, secrets)
            section.verify()
            return Wording.open(section, secrets)
        except (SeawallError, OSError):
            continue
    return None
