"""Reads recordings of Jetstream v1 (Bluesky) into the contract.

A recording is read once to fold it, holding some 200 bytes a frame and one entry an account, and once more for each
table. Only files are read: no relay is contacted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from seawall.intake.admission import Count
from seawall.intake.bluesky import FOLLOW, PROFILE, Frame, accounts_in, rows_of, why_not
from seawall.intake.chunk import Chunk
from seawall.intake.feed import Origin, Row, to_chunks
from seawall.intake.fold import Folded, fold
from seawall.intake.lines import open_bytes, read_objects, reason_of
from seawall.intake.parquet import unreadable
from seawall.records.activity import Table
from seawall.records.ids import hash_strings

FRAMES = 1 << 13
"""Frames held decoded at a time."""

_STATUS = {"deleted": "deleted", "takendown": "removed", "suspended": "suspended", "deactivated": "restricted"}
_EVENT, _RECORD = (np.uint64(1), np.uint64(2)), (np.uint64(3), np.uint64(4))  # two fixed hashes, not secrets
_REPEAT = "the event was delivered before"
_ORPHAN = "it deletes a record whose creation is not in the recording"


@dataclass(slots=True)
class _Account:
    """What the recording says of one account, latest last."""

    origin: Origin
    first_us: int
    handle: tuple[int, str] = (-1, "")
    standing: tuple[int, str, int] = (-1, "active", 0)  # seq, status, time in microseconds
    profile_rev: str = ""
    profile: dict[str, Any] | None = None


class Jetstream:
    """Recordings of frames, in the order of their names."""

    name = "jetstream"

    def __init__(self, files: Sequence[Path], root: Path) -> None:
        self._files = [(path, path.relative_to(root).as_posix()) for path in files]
        self._accounts: dict[str, _Account] = {}
        self._tables = {"accounts"}
        self.refused: list[tuple[Origin, str]] = []
        self._frames = self._misunderstood = 0
        self._folded = self._first_reading()

    def count(self) -> Count:
        """Frames read, folded and refused."""
        size = sum(path.stat().st_size for path, _ in self._files)
        refused = len(self.refused)
        return Count(self._frames, self._frames - refused, refused, bytes=size)

    def tables(self) -> frozenset[str]:
        """The tables that this recording fills."""
        return frozenset(self._tables)

    def chunks(self, table: Table) -> Iterator[Chunk]:
        """The rows of one table: what stands when every event has been applied."""
        if table.name == "accounts":
            yield from to_chunks(table, ((a.origin, _account_row(did, a)) for did, a in self._accounts.items()))
            return
        at = 0
        for pairs in self._read([]):
            rows: list[tuple[Origin, dict[str, Any]]] = []
            for place, (origin, frame) in enumerate(pairs, at):
                if self._stands(place, frame):
                    rows += [(origin, row) for row in self._rows(table, frame, int(self._folded.removed_us[place]))]
            at += len(pairs)
            yield from to_chunks(table, rows)

    def _stands(self, place: int, frame: Frame) -> bool:
        """Whether a frame wrote what still stands: nothing of a deleted account does."""
        if frame.commit is None or not self._folded.stands[place]:
            return False
        return self._accounts[frame.did].standing[1] != "deleted"

    def _rows(self, table: Table, frame: Frame, removed_us: int) -> list[dict[str, Any]]:
        """A frame's rows of one table: of what was deleted, only a follow lives on, as one that ended."""
        assert frame.commit is not None
        is_follow = frame.commit.collection == FOLLOW
        if removed_us >= 0 and not is_follow:
            return []
        ended = {"removed_at": _iso(removed_us)} if removed_us >= 0 else {}
        return [{**row, **ended} for name, row in rows_of(frame) if name == table.name]

    def _read(self, bad: list[tuple[Origin, str]]) -> Iterator[list[tuple[Origin, Frame]]]:
        """Frames that decode, a block at a time; the lines that do not are put into `bad`."""
        decode = msgspec.json.Decoder(Frame).decode
        for path, name in self._files:
            try:
                with open_bytes(path) as file:
                    for frames, lines, broken in read_objects(file, decode, FRAMES):
                        bad += [(Origin(name, line), reason) for line, reason in broken]
                        yield [(Origin(name, line), frame) for line, frame in zip(lines, frames, strict=True)]
            except (OSError, EOFError) as error:
                raise unreadable(path, error) from error

    def _first_reading(self) -> Folded:
        """Fold the recording, and note what it says of accounts."""
        blocks = [_Block.of([], [])]
        blocks += [_Block.of(pairs, [self._note(*pair) for pair in pairs]) for pairs in self._read(self.refused)]
        self._frames = sum(len(block.lines) for block in blocks) + len(self.refused) - self._misunderstood
        events, records, revisions, times, deletes, understood = (
            np.concatenate([block.columns[place] for block in blocks]) for place in range(6)
        )
        folded = fold(events, records, revisions, times, deletes, understood)
        starts = np.cumsum([0, *(len(block.lines) for block in blocks)])
        for mask, reason in ((folded.repeats, _REPEAT), (folded.orphans, _ORPHAN)):
            for place in np.flatnonzero(mask):
                block = int(np.searchsorted(starts, place, side="right")) - 1
                line = int(blocks[block].lines[place - starts[block]])
                self.refused.append((Origin(blocks[block].file, line), reason))
        return folded

    def _note(self, origin: Origin, frame: Frame) -> bool:
        """Take what a frame says of accounts; whether the frame was understood."""
        if reason := why_not(frame):
            return self._refuse(origin, reason)
        try:
            rows = rows_of(frame) if frame.commit is not None and frame.commit.operation != "delete" else []
        except msgspec.DecodeError as error:
            return self._refuse(origin, f"record: {reason_of(error)}")
        for did in accounts_in(frame, rows):
            known = self._accounts.setdefault(did, _Account(origin, frame.time_us))
            known.first_us = min(known.first_us, frame.time_us)
        _learn(self._accounts[frame.did], frame, rows)
        self._tables |= {table for table, _ in rows}
        return True

    def _refuse(self, origin: Origin, reason: str) -> bool:
        self._misunderstood += 1
        self.refused.append((origin, reason))
        return False


def _learn(account: _Account, frame: Frame, rows: list[Row]) -> None:
    """Keep the latest handle, standing and profile, whatever the order of arrival."""
    if frame.identity is not None and frame.identity.handle:
        account.handle = max(account.handle, (frame.identity.seq, frame.identity.handle))
    if frame.account is not None:
        status = "active" if frame.account.active else _STATUS.get(frame.account.status or "", "restricted")
        account.standing = max(account.standing, (frame.account.seq, status, frame.time_us))
    if frame.commit is not None:
        profiles = [row for table, row in rows if table == "accounts"]
        if frame.commit.collection == PROFILE and frame.commit.rev >= account.profile_rev:
            account.profile_rev, account.profile = frame.commit.rev, profiles[0] if profiles else None


def _account_row(did: str, account: _Account) -> dict[str, Any]:
    """An account as known: without a profile its creation is the first time that the recording tells of it."""
    _, status, at = account.standing
    gone = status in {"deleted", "removed", "suspended"}
    return {
        "created_at": _iso(account.first_us),
        **(account.profile or {}),
        "account_id": did,
        "handle": account.handle[1] or did,
        "age_band": "unknown",
        "status": status,
        "removed_at": _iso(at) if gone else None,
    }


@dataclass(frozen=True, slots=True)
class _Block:
    """What the fold keeps of a block of frames of one file: their lines and six arrays."""

    file: str
    lines: npt.NDArray[np.int64]
    columns: tuple[Any, ...]

    @classmethod
    def of(cls, pairs: list[tuple[Origin, Frame]], understood: list[bool]) -> "_Block":
        """The events, records, revisions, times, deletions of these frames, and which were understood."""
        frames = [frame for _, frame in pairs]
        records = [_record_name(frame) for frame in frames]
        revisions = [frame.commit.rev if frame.commit else "" for frame in frames]
        events = [f"{record}\n{rev}" for record, rev in zip(records, revisions, strict=True)]
        columns = (
            hash_strings(pa.array(events, pa.string()), *_EVENT),
            hash_strings(pa.array(records, pa.string()), *_RECORD),
            np.array([rev.encode()[:16] for rev in revisions], "S16"),
            np.array([frame.time_us for frame in frames], np.int64),
            np.array([frame.commit is not None and frame.commit.operation == "delete" for frame in frames], np.bool_),
            np.array(understood, np.bool_),
        )
        lines = np.array([origin.line for origin, _ in pairs], np.int64)
        return cls(pairs[0][0].file if pairs else "", lines, columns)


def _record_name(frame: Frame) -> str:
    """What a frame is about: a record, or one numbered event of an account."""
    if frame.commit is not None:
        return f"{frame.did}\n{frame.commit.collection}\n{frame.commit.rkey}"
    event = frame.identity or frame.account
    return f"{frame.did}\n{frame.kind}\n{event.seq if event else ''}"


def _iso(micros: int) -> str:
    return datetime.fromtimestamp(micros / 1_000_000, UTC).isoformat()
