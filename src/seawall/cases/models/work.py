"""What people leave in the queue: notes, filters, skips."""

from typing import ClassVar

from django.db import models

from seawall.cases.models.case import Case
from seawall.cases.models.people import Person


class Note(models.Model):
    """A remark on a case; it is never changed."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="notes")
    by = models.ForeignKey(Person, models.PROTECT, related_name="notes")
    at = models.DateTimeField()
    text = models.TextField()

    class Meta:
        """Oldest first."""

        ordering: ClassVar = ["at", "id"]

    def __str__(self) -> str:
        return f"note on C-{self.case_id}"


class SavedFilter(models.Model):
    """A way to look at the queue that a person keeps."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="filters")
    name = models.CharField(max_length=60)
    chosen = models.JSONField(default=dict)

    class Meta:
        """One row a name and person."""

        ordering: ClassVar = ["name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "name"], name="one_filter_a_name")]

    def __str__(self) -> str:
        return self.name


class Skip(models.Model):
    """A case that a person does not want to be offered: for a while, or (no end) ever again."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="skips")
    person = models.ForeignKey(Person, models.CASCADE, related_name="skips")
    until = models.DateTimeField(null=True)

    class Meta:
        """One row a person and case."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "person"], name="one_skip_a_case")]

    def __str__(self) -> str:
        return f"skip of C-{self.case_id}"
