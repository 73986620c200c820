"""The audit log's rows: each holds the digest of the one before."""

from typing import ClassVar

from django.db import models

from seawall.cases.models.people import Person


class AuditEntry(models.Model):
    """Who did or saw what, when and why; the database refuses to change or remove one."""

    sequence = models.BigIntegerField(primary_key=True)
    at = models.CharField(max_length=32)
    """UTC, ISO 8601 with microseconds: text, because its digest must not depend on a database's clock."""
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="audit_entries")
    pseudonym = models.CharField(max_length=32)
    door = models.CharField(max_length=10)
    action = models.CharField(max_length=40)
    subject = models.CharField(max_length=200)
    case_id = models.BigIntegerField(null=True)
    purpose = models.CharField(max_length=300, blank=True)
    details = models.TextField()
    """Canonical JSON."""
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        """Latest first."""

        ordering: ClassVar = ["-sequence"]
        indexes: ClassVar = [
            models.Index(fields=["case_id", "-sequence"], name="audit_case"),
            models.Index(fields=["pseudonym", "-sequence"], name="audit_person"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.action}"


class AuditHead(models.Model):
    """The last row of the log: one row, locked by whoever appends."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    sequence = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"head {self.sequence}"
