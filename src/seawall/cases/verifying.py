"""Verifies the audit log: each edit, gap or cut, and where."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from seawall.cases.anchors import Anchor, known_anchors
from seawall.cases.audit import GENESIS, digest_of
from seawall.cases.models import AuditEntry, AuditHead
from seawall.records.errors import Damaged

CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was written, and the row where it shows."""

    sequence: int
    what: str

    def __str__(self) -> str:
        return f"row {self.sequence}: {self.what}"


@dataclass(frozen=True, slots=True)
class Verified:
    """How far the log was read, and every fault in it."""

    rows: int
    anchors: int
    faults: tuple[Fault, ...]


def verify() -> Verified:
    """Read the whole log against itself, its head, its anchors and the head told at the last commit.

    The ends are read before the rows, so that whoever writes meanwhile is no fault.
    """
    ends = [*known_anchors(), *_head()]
    anchors: dict[int, list[Anchor]] = {}
    for anchor in ends:
        anchors.setdefault(anchor.sequence, []).append(anchor)
    faults: list[Fault] = []
    expected, previous, rows = 1, GENESIS, 0
    for row in _rows():
        faults += _row_faults(row, expected, previous)
        faults += _anchor_faults(row, anchors.pop(row.sequence, []))
        expected, previous, rows = row.sequence + 1, row.digest, rows + 1
    faults += _end_faults(expected - 1, anchors)
    return Verified(rows, len(ends), tuple(sorted(faults, key=lambda fault: fault.sequence)))


def _rows() -> Iterator[AuditEntry]:
    return AuditEntry.objects.order_by("sequence").iterator(chunk_size=CHUNK)


def _row_faults(row: AuditEntry, expected: int, previous: str) -> Iterator[Fault]:
    if row.sequence != expected:
        gone = f"{expected} to {row.sequence - 1}" if row.sequence - 1 > expected else f"{expected}"
        yield Fault(expected, f"rows are missing: {gone}" if row.sequence > expected else "a row was put in")
    elif row.previous != previous:
        yield Fault(row.sequence, "does not follow the row before: one of the two was changed or moved")
    if digest_of(row) != row.digest:
        yield Fault(row.sequence, "was changed: its digest is another one")


def _anchor_faults(row: AuditEntry, anchors: list[Anchor]) -> Iterator[Fault]:
    for anchor in anchors:
        if anchor.digest != row.digest:
            yield Fault(row.sequence, f"is not the row that was anchored ({anchor.place})")


def _end_faults(last: int, beyond: Mapping[int, list[Anchor]]) -> Iterator[Fault]:
    """What the head and the anchors know of rows that are not there."""
    for sequence in sorted(beyond):
        for anchor in beyond[sequence]:
            if sequence > last:
                yield Fault(last + 1, f"rows {last + 1} to {sequence} were written and are cut off ({anchor.place})")
            elif sequence > 0:
                yield Fault(sequence, f"was written and is not there ({anchor.place})")
    for head in _head():
        if head.sequence < last:
            yield Fault(head.sequence + 1, f"was put in behind the head, which is row {head.sequence}")


def _head() -> list[Anchor]:
    head = AuditHead.objects.filter(pk=1).first()
    if head is None:
        raise Damaged("The audit log has no head: its row was removed. Restore the database from a backup.")
    return [Anchor(head.sequence, head.digest, "the head in the database")]
