"""The exact index of PDQ hashes: many processes read, one writes."""

import fcntl
import os
import threading
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np

from seawall.hashes.delta import Delta
from seawall.hashes.entries import THRESHOLD
from seawall.hashes.hexadecimal import Words
from seawall.hashes.log import Appender, Records, additions, read_log, removals
from seawall.hashes.manifest import CURRENT, PREVIOUS, VERSION, Manifest, discard_unused, publish, read_manifest
from seawall.hashes.segment import Found, Segment, write_segment
from seawall.hashes.tables import Entries
from seawall.records.errors import BadInput, Damaged, Refused, SeawallWarning, Unavailable

MAX_THRESHOLD = 40
SEAL_AT = 1 << 13
"""Additions that are searched one by one before they are sealed into a segment."""

_TRIES = 5
_MERGE_RATIO = 4  # a segment joins the next seal unless it is this many times larger
_NEW = Manifest(VERSION, 0, THRESHOLD, [], "log-000000")


@dataclass(slots=True)
class HashIndex:
    """An index folder open for reading; `refresh` follows what its writer publishes."""

    folder: Path
    manifest: Manifest
    segments: list[Segment]
    delta: Delta
    state: str = "current"
    _read: int = 0  # records of the current log that were followed
    _refused: Manifest | None = None  # the damaged generation that is not served
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @classmethod
    def open(cls, folder: Path, *, verify: bool = True) -> Self:
        """Open the current generation, or the previous one with all logs where the current one is damaged.

        `verify` starts a thread that verifies every block; until it is done, blocks are verified when first read.
        """
        index = cls(Path(folder), _NEW, [], Delta())
        index._load()
        if verify:
            threading.Thread(target=index.verify_all, daemon=True).start()
        return index

    def __len__(self) -> int:
        """Distinct hashes, counted in each segment, removed ones included until they are sealed away."""
        return sum(map(len, self.segments)) + self.delta.count

    @property
    def threshold(self) -> int:
        """The largest threshold that this index answers."""
        return self.manifest.threshold

    def search(self, queries: Words, threshold: int | None = None) -> Found:
        """Every (query, entry, distance) within the threshold, shape (matches, 3), by query, distance and entry.

        Queries are 256-bit hashes as four words each, shape (n, 4). Exact: no pair is missed and none is too far.
        """
        threshold = self.threshold if threshold is None else threshold
        self._check_threshold(threshold)
        queries = np.ascontiguousarray(queries)
        with self._lock:
            segments, delta = list(self.segments), self.delta
        try:
            parts = [segment.search(queries, threshold) for segment in segments]
        except Damaged as error:
            with self._lock:
                if segments == self.segments:
                    self._fall_back(error)
            return self.search(queries, threshold)
        with self._lock:  # what is removed may grow meanwhile
            parts += [delta.search(queries, threshold)] if delta.count else []
            found = delta.without_removed(np.concatenate([np.empty((0, 3), np.int64), *parts]))
        return found[np.lexsort((found[:, 1], found[:, 2], found[:, 0]))]

    def follow(self, records: Records) -> None:
        """Take in records that this process has just appended to the log."""
        with self._lock:
            self.delta.apply(records)
            self._read += len(records)

    @property
    def log(self) -> Path:
        """The log that additions and removals go to now."""
        name = self.manifest.log if self.state == "current" else f"log-{self.manifest.generation + 1:06d}"
        return self.folder / name

    def refresh(self) -> bool:
        """Follow what the writer has published since; says whether anything was new.

        A new generation that is damaged is not taken: the one in use keeps serving, and `state` says so.
        """
        with self._lock:
            manifest = self.manifest
            try:
                manifest = read_manifest(self.folder)
                if manifest in (self.manifest, self._refused):
                    return self._follow_log()
                self._take(manifest, [])
            except Damaged as error:
                self._refused = manifest
                self._degrade(f"serving generation {self.manifest.generation}: {error}")
                return False
            except FileNotFoundError:  # the writer moved on between our reads; the next refresh will see it whole
                return False
            self.state = "current"
            return True

    def _load(self) -> None:
        for _ in range(_TRIES):
            manifest = _NEW
            try:
                manifest = read_manifest(self.folder)
                return self._take(manifest, [])
            except Damaged as error:
                self._refused = manifest
                return self._fall_back(error)
            except FileNotFoundError:  # the writer moved on between our reads
                continue
        raise Unavailable(f"{self.folder} changes faster than it can be opened; stop writers that seal without pause.")

    def _take(self, manifest: Manifest, later_logs: list[str]) -> None:
        """Open a generation; what is in use changes only once all of it is open."""
        segments = [Segment.open(self.folder / name) for name in manifest.segments]
        delta, read = Delta(), 0
        for log in [manifest.log, *later_logs]:
            records = read_log(self.folder / log, 0)
            delta.apply(records)
            read = len(records)
        self.manifest, self.segments, self.delta, self._read = manifest, segments, delta, read

    def _fall_back(self, damage: Damaged) -> None:
        """Serve the previous generation, brought up to date by the logs of both."""
        if self.state != "current":
            raise damage
        self._refused = self.manifest if self.segments else self._refused
        try:
            manifest = read_manifest(self.folder, PREVIOUS)
            self._take(manifest, [f"log-{manifest.generation + 1:06d}"])
        except (BadInput, Damaged, FileNotFoundError):
            raise damage from None
        self._degrade(f"serving generation {manifest.generation} and its logs: {damage}")

    def _degrade(self, state: str) -> None:
        if state != self.state:
            self.state = state
            warnings.warn(f"hash index {self.folder}: {state}", SeawallWarning, stacklevel=3)

    def _follow_log(self) -> bool:
        path = self.log
        if not path.exists():
            return False
        records = read_log(path, self._read)
        self.delta.apply(records)
        self._read += len(records)
        return len(records) > 0

    def _check_threshold(self, threshold: int) -> None:
        if not 0 <= threshold <= self.threshold:
            raise BadInput(
                f"this index answers thresholds from 0 to {self.threshold}, {threshold} was asked: "
                "it would miss hashes silently. Build it with a larger --threshold (at most 40)."
            )

    def verify_all(self) -> None:
        """Read and check every block; where one is damaged, the previous generation serves and `state` says so."""
        for segment in list(self.segments):
            try:
                segment.verify()
            except Damaged as error:
                with self._lock:
                    if segment in self.segments:
                        self._fall_back_or_tell(error)
                return

    def _fall_back_or_tell(self, error: Damaged) -> None:
        try:
            self._fall_back(error)
        except Damaged:
            self._degrade(f"damaged, no sound generation is left: {error}")


class IndexWriter:
    """The one process that changes an index; readers see each call's effect when they refresh."""

    def __init__(self, folder: Path, threshold: int = THRESHOLD) -> None:
        """Open an index for writing, or begin an empty one for thresholds up to `threshold`."""
        if not 0 <= threshold <= MAX_THRESHOLD:
            raise BadInput(f"a hash index answers thresholds up to {MAX_THRESHOLD}; {threshold} was asked for.")
        self.folder = Path(folder)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._guard = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._guard)
            raise Refused(
                f"another process writes {folder}; only one may: wait for it or stop it. Where it is `seawall hashes "
                "serve`, change the banks over HTTP; lookup, banks, health, match and settle work meanwhile."
            ) from error
        if not (self.folder / CURRENT).exists():
            Appender.open(self.folder / _NEW.log).close()
            publish(self.folder, Manifest(VERSION, 0, threshold, [], _NEW.log))
        self.index = HashIndex.open(self.folder, verify=False)
        self._log = Appender.open(self.index.log)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add(self, hashes: Words, entries: Entries) -> None:
        """Add (hash, entry) pairs, shapes (n, 4) and (n,); an entry's number is used once, ever."""
        if len(entries) > SEAL_AT:
            self.seal(hashes, entries)
            return
        self._write(additions(hashes, np.asarray(entries, np.int64)))
        if self.index.delta.count >= SEAL_AT and self.index.state == "current":
            self.seal()

    def remove(self, entries: Entries) -> None:
        """Take entries away, for good; unknown ones do no harm."""
        self._write(removals(np.asarray(entries, np.int64)))

    def sync(self) -> None:
        """Make additions and removals outlive a power cut; a killed process alone loses none."""
        self._log.sync()

    def seal(self, hashes: Words | None = None, entries: Entries | None = None, *, everything: bool = False) -> None:
        """Put the log, the pairs given and the small segments into a new segment, and publish it.

        Larger segments stay as they are unless `everything` is asked for. Where anything fails, the generation in
        use and its log stay whole.
        """
        if self.index.state != "current":
            raise Damaged(f"{self.folder} is {self.index.state}. Make the index again with `seawall hashes build`.")
        old, delta = self.index.manifest, self.index.delta
        pairs = [delta.contents()]
        if hashes is not None and entries is not None:
            pairs.append((hashes, np.asarray(entries, np.int64)))
        kept = list(self.index.segments)
        while kept and (everything or len(kept[-1]) < _MERGE_RATIO * sum(len(part[1]) for part in pairs)):
            words, numbers = kept.pop().contents()
            standing = delta.standing(numbers)
            pairs.append((words[standing], numbers[standing]))
        generation = old.generation + 1
        name = f"segment-{generation:06d}"
        (self.folder / name).unlink(missing_ok=True)  # left by a killed process, published by none
        write_segment(
            self.folder / name,
            np.concatenate([p[0] for p in pairs]),
            np.concatenate([p[1] for p in pairs]),
            old.threshold,
        )
        names = [*(segment.path.name for segment in kept), name]
        self._publish(Manifest(VERSION, generation, old.threshold, names, f"log-{generation:06d}"), bool(kept))

    def close(self) -> None:
        """Stop writing; another process may then."""
        self._log.sync()
        self._log.close()
        os.close(self._guard)

    def _write(self, records: Records) -> None:
        self._log.append(records)
        self.index.follow(records)

    def _publish(self, manifest: Manifest, segments_kept: bool) -> None:
        (self.folder / manifest.log).unlink(missing_ok=True)
        log = Appender.open(self.folder / manifest.log)
        if segments_kept and self.index.delta.removed:  # what is removed may still be in a segment that stays
            log.append(removals(np.array(sorted(self.index.delta.removed), np.int64)))
        log.sync()
        self._log.sync()
        publish(self.folder, manifest)
        self._log.close()
        self._log = log
        self.index._load()
        discard_unused(self.folder)
