"""The vault: in once, out with a purpose, destroyed by two people.

A case is a folder: its state with the wrapped key, its custody log, its items as sealed streams. Items stream in and
out in chunks of a megabyte; a case may be larger than memory.
"""

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from seawall.disclosures.vault.case_state import CaseState, Hold, read_state, write_state
from seawall.disclosures.vault.keys import OperatorKey
from seawall.disclosures.vault.log import CustodyLog, Line
from seawall.records.errors import BadInput, Damaged, Refused
from seawall.records.sealed_stream import CHUNK, SealedReader, SealedWriter

DESTROYED = "destroyed"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is kept: its number, name and size."""

    number: int
    name: str
    size: int
    sealed_sha256: str


@dataclass(frozen=True, slots=True)
class By:
    """Who does something, and why: both are needed for everything."""

    who: str
    purpose: str

    def __post_init__(self) -> None:
        if not self.who.strip() or not self.purpose.strip():
            raise Refused("nobody opens the vault without a name and a purpose; state both.")


class Vault:
    """Every case of a deployment, under one operator key."""

    def __init__(self, folder: Path, key: OperatorKey) -> None:
        self.folder, self.key = folder, key
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def cases(self) -> list[str]:
        """The names of all folders that hold a case."""
        return sorted(path.parent.name for path in self.folder.glob("*/case.json"))

    def place(self, case_id: str) -> str:
        """The name of a case's folder: it tells nothing of the case's id."""
        return hashlib.blake2b(case_id.encode(), digest_size=12, person=b"seawall-vault").hexdigest()

    def destroyed(self, case_id: str) -> bool:
        """Whether a case was destroyed: its record stands."""
        return (self.folder / DESTROYED / f"{self.place(case_id)}.json").exists()

    def open(self, case_id: str, by: By) -> "VaultCase":
        """A case, made where it is new."""
        place = self.place(case_id)
        if self.destroyed(case_id):
            raise Refused(f"case {case_id} was destroyed; its record stands in {self.folder / DESTROYED}.")
        folder = self.folder / place
        if not (folder / "case.json").exists():
            folder.mkdir(mode=0o700, exist_ok=True)
            (folder / "items").mkdir(mode=0o700, exist_ok=True)
            now = datetime.now(UTC)
            wrapped = self.key.wrap(secrets.token_bytes(32), place)
            write_state(
                folder / "case.json", CaseState(case=place, wrapped=wrapped, under=self.key.name, opened_at=now)
            )
        return VaultCase(folder, self.key, by)

    def rotate(self, new: OperatorKey) -> int:
        """Wrap every case's key under a new operator key; returns how many. A stopped one is gone on with."""
        count = 0
        for name in self.cases():
            path = self.folder / name / "case.json"
            state = read_state(path)
            if state.under == new.name:
                continue
            key = self.key.unwrap(state.wrapped, name, state.under)
            write_state(path, msgspec.structs.replace(state, wrapped=new.wrap(key, name), under=new.name))
            count += 1
        self.key = new
        return count


class VaultCase:
    """One case, opened by somebody for a purpose."""

    def __init__(self, folder: Path, key: OperatorKey, by: By) -> None:
        self.folder, self.by = folder, by
        self.state = read_state(folder / "case.json")
        self._key = key.unwrap(self.state.wrapped, folder.name, self.state.under)
        self.log = CustodyLog(folder / "log.jsonl", self._key)
        self._items = {
            line.name: Item(line.item, line.name, line.size, line.sealed_sha256)
            for line in self.log.lines()
            if line.action == "put"
        }

    def items(self) -> list[Item]:
        """What is kept, in the order in which it came."""
        return list(self._items.values())

    def put(self, name: str, pieces: Iterable[bytes]) -> Item:
        """Keep something for good under a name; raises Refused where the name is taken."""
        if name in self._items:
            raise Refused(f"{name!r} is kept already and is not overwritten; choose another name.")
        number = len(self._items) + 1
        path, partial = self._path(number), self.folder / "items" / f".{number}.partial"
        size, digest = self._seal(partial, pieces)
        partial.chmod(0o400)
        partial.replace(path)  # what may stand there has no line in the log: nobody was told that it was kept
        self._note("put", item=number, name=name, size=size, sealed_sha256=digest)
        self._items[name] = Item(number, name, size, digest)
        return self._items[name]

    def _seal(self, path: Path, pieces: Iterable[bytes]) -> tuple[int, str]:
        path.unlink(missing_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            hashed = _Hashing(file)
            sealed, size = SealedWriter(hashed, self._key), 0  # type: ignore[arg-type]  # it only writes
            for piece in pieces:
                size += sealed.write(piece)
            sealed.close()
            file.flush()
            os.fsync(file.fileno())
        return size, hashed.digest.hexdigest()

    def read(self, name: str) -> Iterator[bytes]:
        """The pieces of an item; the log has a line before the first piece comes."""
        item = self._find(name)
        self._note("read", item=item.number, name=name)
        return self._pieces(item)

    def _pieces(self, item: Item) -> Iterator[bytes]:
        path, size = self._path(item.number), 0
        try:
            with path.open("rb") as file:
                reader = SealedReader(file, self._key)
                while piece := reader.read(CHUNK):
                    size += len(piece)
                    yield piece
        except FileNotFoundError as error:
            raise Damaged(
                f"item {item.number} of case {self.folder.name} is gone; restore it from a backup."
            ) from error
        except Damaged as error:
            raise Damaged(f"item {item.number} of case {self.folder.name}: {error}") from error
        if size != item.size:
            raise Damaged(f"item {item.number} of case {self.folder.name} has {size} bytes, not {item.size}.")

    def verify(self) -> int:
        """Open every item and check the log; returns how many items there are, or raises Damaged."""
        count = sum(line.action == "put" for line in self.log.lines())
        for item in self._items.values():
            for _ in self._pieces(item):
                pass
        return count

    def reported(self, at: datetime) -> None:
        """Preserve for a year from a finished report."""
        self._change(self.state.reported(at), "preserve")

    def preserve_until(self, day: datetime) -> None:
        """Preserve longer than the law asks."""
        self._change(self.state.until(day), "preserve")

    def hold(self, name: str, until: datetime | None = None) -> None:
        """Let nothing be destroyed until a day, or until the hold is released."""
        hold = Hold(name=name, why=self.by.purpose, by=self.by.who, since=datetime.now(UTC), until=until)
        self._change(self.state.held(hold), f"hold {name}")

    def release(self, name: str) -> None:
        """Release a hold."""
        self._change(self.state.released(name), f"release {name}")

    def _change(self, state: CaseState, action: str) -> None:
        self._note(action)
        write_state(self.folder / "case.json", state)
        self.state = state

    def _note(self, action: str, **told: object) -> None:
        line = Line(number=0, at=datetime.now(UTC), who=self.by.who, action=action, purpose=self.by.purpose)
        self.log.append(msgspec.structs.replace(line, **told))

    def _find(self, name: str) -> Item:
        if name not in self._items:
            raise BadInput(f"the case holds no {name!r}; list its items.")
        return self._items[name]

    def _path(self, number: int) -> Path:
        return self.folder / "items" / f"{number:06d}.sealed"


class _Hashing:
    """A file that digests what is written."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.digest = file, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        return self._file.write(data)
