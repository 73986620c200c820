"""The audit log begins, and its rows can only be added."""

from typing import Any, ClassVar

from django.db import migrations

SQLITE = (
    "CREATE TRIGGER audit_no_update BEFORE UPDATE ON cases_auditentry "
    "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
    "CREATE TRIGGER audit_no_delete BEFORE DELETE ON cases_auditentry "
    "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
)
POSTGRES = (
    "CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$",
    "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON cases_auditentry "
    "FOR EACH ROW EXECUTE FUNCTION audit_append_only()",
    "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON cases_auditentry "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()",
)


def begin(apps: Any, schema_editor: Any) -> None:
    """Write the head that the first row follows, and the triggers."""
    apps.get_model("cases", "AuditHead").objects.create(pk=1, sequence=0, digest="0" * 64)
    for statement in POSTGRES if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    """One way only: a log that could be taken back would be none."""

    dependencies: ClassVar = [("cases", "0001_initial")]
    operations: ClassVar = [migrations.RunPython(begin)]
