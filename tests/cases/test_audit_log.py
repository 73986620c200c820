"""The audit log finds what anybody changed in it, and where."""

import pytest
from django.db import DatabaseError, connection, transaction
from working import case

from seawall.cases.anchors import write_anchor
from seawall.cases.commands.work import add_note
from seawall.cases.models import AuditEntry, AuditHead
from seawall.cases.verifying import verify

TRIGGERS = {
    "sqlite": ("DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete"),
    "postgresql": ("ALTER TABLE cases_auditentry DISABLE TRIGGER ALL",),
}


@pytest.fixture
def log(ana) -> int:
    """Twelve rows, anchored after the eighth."""
    of = case()
    for number in range(12):
        add_note(ana, of, f"remark {number}")
        if number == 7:
            head = AuditHead.objects.get()
            write_anchor(head.sequence, head.digest)
    return AuditHead.objects.get().sequence


def tamper(*statements: str) -> None:
    """What somebody with the database's own password could do."""
    with connection.cursor() as cursor:
        for statement in (*TRIGGERS[connection.vendor], *statements):
            cursor.execute(statement)


def places() -> set[int]:
    return {fault.sequence for fault in verify().faults}


def test_a_log_that_nobody_touched_is_whole(log):
    found = verify()
    assert found.faults == ()
    assert found.rows == log == 12


@pytest.mark.parametrize(
    "statement",
    ["UPDATE cases_auditentry SET subject='C-2' WHERE sequence=5", "DELETE FROM cases_auditentry WHERE sequence=5"],
)
def test_the_database_itself_refuses_changes(log, statement):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)
    assert verify().faults == ()


@pytest.mark.parametrize("column", ["at", "pseudonym", "action", "subject", "purpose", "details", "previous", "digest"])
def test_one_changed_byte_is_found(log, column):
    value = getattr(AuditEntry.objects.get(sequence=5), column)
    changed = ("x" if value[:1] != "x" else "y") + value[1:]
    tamper(f"UPDATE cases_auditentry SET {column}='{changed}' WHERE sequence=5")
    assert 5 in places()


def test_a_row_that_is_gone_is_found(log):
    tamper("DELETE FROM cases_auditentry WHERE sequence=5")
    assert min(places()) == 5


def test_two_swapped_rows_are_found(log):
    tamper(
        "UPDATE cases_auditentry SET sequence=-1 WHERE sequence=5",
        "UPDATE cases_auditentry SET sequence=5 WHERE sequence=9",
        "UPDATE cases_auditentry SET sequence=9 WHERE sequence=-1",
    )
    assert {5, 9} <= places()


def test_a_cut_tail_is_found(log):
    tamper("DELETE FROM cases_auditentry WHERE sequence>10")
    assert min(places()) == 11


def test_a_tail_cut_behind_the_last_anchor_is_found_though_the_head_was_mended(log):
    tamper("DELETE FROM cases_auditentry WHERE sequence>10")
    last = AuditEntry.objects.get(sequence=10)
    AuditHead.objects.update(sequence=10, digest=last.digest)
    assert places() == {11}
    assert "head.json" in str(verify().faults[0])


def test_a_log_written_anew_from_the_middle_is_found(log):
    """Whoever recomputes every digest after a change still meets the anchor."""
    from seawall.cases.audit import digest_of

    tamper("UPDATE cases_auditentry SET subject='C-99' WHERE sequence=5")
    previous = AuditEntry.objects.get(sequence=4).digest
    for row in AuditEntry.objects.filter(sequence__gte=5).order_by("sequence"):
        row.previous = previous
        previous = row.digest = digest_of(row)
        row.save()
    AuditHead.objects.update(digest=previous)
    assert 8 in places()


def test_a_row_put_in_behind_the_head_is_found(log):
    last = AuditEntry.objects.get(sequence=12)
    last.sequence, last.previous = 13, last.digest
    last.save(force_insert=True)
    assert places() == {13}


def test_an_erased_anchor_line_leaves_the_others(log, database):
    (database.home / "audit" / "anchors.jsonl").unlink()
    tamper("DELETE FROM cases_auditentry WHERE sequence>10")
    assert min(places()) == 11
