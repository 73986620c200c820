"""One immutable file of hashes and their chunk tables, memory-mapped.

Layout: a header of 4096 bytes, the body, and one checksum for each block of the body. The body holds, each from a
multiple of 64 bytes: near (16 n uint16) and rest (64 n uint16; see `tables`), hashes (4 n uint64), offsets (16 x 65537
uint32), starts (n + 1 uint32) and entries (int64). Numbers are little-endian. Below `TABLES_FROM` hashes
the tables are left out: comparing all is faster. Several processes that map one file share one copy in memory.
"""

import hashlib
import mmap
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import msgspec
import numpy as np
import numpy.typing as npt

from seawall.hashes.blocks import BLOCK, Check, block_sum, block_sums, ensure, verify
from seawall.hashes.hexadecimal import Words
from seawall.hashes.search import CHUNKS, REST, TABLE_OFFSETS, scan_all, search_all
from seawall.hashes.tables import Entries, bucket_offsets, chunk_table, distinct
from seawall.records.errors import Damaged, Unavailable, UnknownVersion

FORMAT = 1
"""Version of the file format."""

TABLES_FROM = 1 << 15
"""Hashes from which on chunk tables are faster and no larger than their share."""

_MAGIC = b"SEAWALLH"
_HEADER = 4096
_SECTIONS = ("near", "rest", "hashes", "offsets", "starts", "entries")
_TYPES = ("<u2", "<u2", "<u8", "<u4", "<u4", "<i8")
_PADDING = 64  # one vector may be read past the end of `near`
Found = npt.NDArray[np.int64]
"""Matches as rows of (query, entry, distance)."""


class _Header(msgspec.Struct, frozen=True):
    """What the header's JSON says; `counts` and `starts` are those of the sections, in their order."""

    version: int
    threshold: int
    hashes: int
    counts: list[int]
    starts: list[int]
    body: int
    sums: int


@dataclass(slots=True)
class Segment:
    """A segment that is open for reading; blocks are verified when first read."""

    path: Path
    header: _Header
    parts: dict[str, npt.NDArray[Any]]
    check: Check

    @classmethod
    def open(cls, path: Path) -> Self:
        """Map a file; its header, its length, its sums and its offsets are verified here, all else on first use."""
        header = _read_header(path)
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        body = np.frombuffer(mapped, np.uint64, header.body // 8, _HEADER)
        sums = np.frombuffer(mapped, np.uint64, -(-header.body // BLOCK), _HEADER + header.body)
        if int(block_sum(sums)) != header.sums:
            raise Damaged(f"{path}: the list of checksums is damaged; {_MEND}")
        parts = {
            name: np.frombuffer(mapped, kind, count, _HEADER + start)
            for name, kind, count, start in zip(_SECTIONS, _TYPES, header.counts, header.starts, strict=True)
        }
        sound = np.zeros(len(sums), np.uint8)
        check = Check(True, body, sums, sound, np.array(header.starts, np.uint64), np.full(1, -1, np.int64))
        segment = cls(path, header, parts, check)
        segment._verify_section("offsets")
        return segment

    def __len__(self) -> int:
        return self.header.hashes

    @property
    def size(self) -> int:
        """Size of the file."""
        return self.path.stat().st_size

    def search(self, queries: Words, threshold: int) -> Found:
        """(query, entry, distance) of every entry within the threshold of a query, shape (matches, 3)."""
        if len(self.parts["offsets"]):
            tables = tuple(self.parts[name] for name in ("offsets", "near", "rest", "hashes"))
            found = search_all(queries, threshold, tables, self.check)
        else:
            self._verify_section("hashes")
            found = scan_all(queries, threshold, self.parts["hashes"])
        self._refuse_damage()
        return self._with_entries(found)

    def contents(self) -> tuple[Words, Entries]:
        """Every (hash, entry) pair, for making another segment of it."""
        self.verify()
        starts = self.parts["starts"].astype(np.int64)
        counts = starts[1:] - starts[:-1]
        return np.repeat(self.parts["hashes"].reshape(-1, 4), counts, axis=0), self.parts["entries"].copy()

    def verify(self) -> None:
        """Verify every block; afterwards searches need not look. Releases the lock of the interpreter."""
        if self.check.cold:
            verify(self.check, 0, len(self.check.sums) - 1)
            self._refuse_damage()
            self.check = self.check._replace(cold=False)

    def _with_entries(self, found: Found) -> Found:
        if len(found) == 0:
            return found
        starts, entries = self.parts["starts"], self.parts["entries"]
        rows = found[:, 1]
        self._ensure_items("starts", rows, 8)
        first = starts[rows].astype(np.int64)
        count = starts[rows + 1].astype(np.int64) - first
        if int(count.max()) == 1:
            at, out = first, found
        else:
            at = np.repeat(first - np.cumsum(count) + count, count) + np.arange(int(count.sum()))
            out = np.repeat(found, count, axis=0)
        self._ensure_items("entries", at, 8)
        out[:, 1] = entries[at]
        return out

    def _ensure_items(self, section: str, items: npt.NDArray[np.int64], width: int) -> None:
        """Verify the blocks under `width` bytes from each item of a section."""
        if not self.check.cold:
            return
        size = self.parts[section].itemsize
        start = self.header.starts[_SECTIONS.index(section)]
        bytes_at = start + items * size
        for block in np.unique(np.concatenate([bytes_at // BLOCK, (bytes_at + width - 1) // BLOCK])).tolist():
            verify(self.check, block, block)
        self._refuse_damage()

    def _verify_section(self, name: str) -> None:
        section = _SECTIONS.index(name)
        length = self.parts[name].nbytes
        if length and self.check.cold:
            ensure(self.check, section, np.uint64(0), np.uint64(length))
        self._refuse_damage()

    def _refuse_damage(self) -> None:
        if self.check.bad[0] >= 0:
            where = _HEADER + int(self.check.bad[0]) * BLOCK
            raise Damaged(f"{self.path}: the block at byte {where} does not hold what was written; {_MEND}")


_MEND = "make it again with `seawall hashes build`."


def write_segment(path: Path, words: Words, entries: Entries, threshold: int) -> None:
    """Write a segment of (hash, entry) pairs, shapes (n, 4) and (n,); nothing is left behind where it fails."""
    hashes, starts, in_order = distinct(words, entries)
    tabled = len(hashes) >= TABLES_FROM
    each = len(hashes) * CHUNKS if tabled else 0
    counts = [each, each * REST, hashes.size, CHUNKS * TABLE_OFFSETS if tabled else 0, len(starts), len(in_order)]
    places, body = _places(counts)
    try:
        with path.open("x+b") as file:
            fixed: dict[str, npt.NDArray[Any]] = {"hashes": hashes, "starts": starts, "entries": in_order}
            for name, part in fixed.items():
                _put(file.fileno(), places[_SECTIONS.index(name)], part)
            for at, part in _table_parts(hashes, places) if tabled else ():
                _put(file.fileno(), at, part)
            _finish(file.fileno(), _Header(FORMAT, threshold, len(hashes), counts, places, body, 0))
            os.fsync(file.fileno())
    except OSError as error:
        path.unlink(missing_ok=True)
        raise Unavailable(f"{path} cannot be written ({error.strerror}); the index before it stays in use.") from error


def _places(counts: list[int]) -> tuple[list[int], int]:
    """Where each section starts in the body, and the length of the body."""
    places, end = [], 0
    for count, kind in zip(counts, _TYPES, strict=True):
        places.append(end)
        end += -(-(count * np.dtype(kind).itemsize + _PADDING) // 64) * 64
    return places, end


def _table_parts(hashes: Words, places: list[int]) -> Iterator[tuple[int, npt.NDArray[Any]]]:
    near_at, rest_at, offsets_at = (places[_SECTIONS.index(name)] for name in ("near", "rest", "offsets"))
    for c in range(CHUNKS):
        offsets = bucket_offsets(hashes, c)
        yield offsets_at + c * offsets.nbytes, offsets
        near, rest = chunk_table(hashes, c, offsets)
        yield near_at + c * near.nbytes, near
        yield rest_at + c * rest.nbytes, rest


def _put(file: int, place: int, part: npt.NDArray[Any]) -> None:
    data = memoryview(np.ascontiguousarray(part).reshape(-1).view(np.uint8))  # type: ignore[arg-type]
    done = 0
    while done < len(data):
        done += os.pwrite(file, data[done : done + (1 << 26)], _HEADER + place + done)


def _finish(file: int, header: _Header) -> None:
    """Append the sums, then the header that makes the file one."""
    os.pwrite(file, b"\0", _HEADER + header.body - 1)
    with mmap.mmap(file, _HEADER + header.body, prot=mmap.PROT_READ) as mapped:
        body = np.frombuffer(mapped, np.uint64, header.body // 8, _HEADER)
        sums = block_sums(body)
        del body
    _put(file, header.body, sums)
    text = msgspec.json.encode(msgspec.structs.replace(header, sums=int(block_sum(sums))))
    os.pwrite(file, _sealed(text), 0)


def _sealed(text: bytes) -> bytes:
    """The header's bytes: magic, version, length, JSON, and a digest at the end."""
    start = (_MAGIC + FORMAT.to_bytes(4, "little") + len(text).to_bytes(4, "little") + text).ljust(_HEADER - 32, b"\0")
    return start + hashlib.blake2b(start, digest_size=32).digest()


def _read_header(path: Path) -> _Header:
    with path.open("rb") as file:
        head = file.read(_HEADER)
    if len(head) < _HEADER or head[:8] != _MAGIC:
        raise Damaged(f"{path} is no segment of a hash index, or is cut short; {_MEND}")
    if int.from_bytes(head[8:12], "little") != FORMAT:
        raise UnknownVersion.of(f"{path}", int.from_bytes(head[8:12], "little"), FORMAT)
    if hashlib.blake2b(head[:-32], digest_size=32).digest() != head[-32:]:
        raise Damaged(f"{path}: the header is damaged; {_MEND}")
    header = msgspec.json.decode(head[16 : 16 + int.from_bytes(head[12:16], "little")], type=_Header)
    wanted = _HEADER + header.body + -(-header.body // BLOCK) * 8
    if path.stat().st_size != wanted:
        raise Damaged(f"{path} has {path.stat().st_size} bytes where {wanted} were written; {_MEND}")
    return header
