"""The outbox: effects that wait or were carried out, and used quotas."""

from typing import ClassVar

from django.db import models


class Effect(models.Model):
    """One change at one sink; its id is what the receiver deduplicates by."""

    class State(models.TextChoices):
        """What has become of an effect."""

        WAITING = "waiting"
        CLAIMED = "claimed"
        DONE = "done"
        FAILED = "failed"  # for good: the sink refused it; a person must look
        WITHDRAWN = "withdrawn"  # a person took it back before it was carried out

    id = models.CharField(primary_key=True, max_length=64)
    kind = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=20)
    subject_id = models.CharField(max_length=200)
    sink = models.CharField(max_length=60)
    details = models.JSONField(default=dict)
    person = models.CharField(max_length=80)
    """The pseudonym of who decided: the quota of a person counts it."""
    approved_by = models.CharField(max_length=80, blank=True)
    origin = models.CharField(max_length=80)
    """The decision or proposal that asked for it, as `decision:12`."""
    after = models.ForeignKey("self", models.PROTECT, null=True, related_name="followers")
    """Carried out only once this one is done: evidence is preserved before anything is removed."""
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    claim = models.CharField(max_length=32, blank=True)
    claimed_until = models.DateTimeField(null=True)
    counted_on = models.DateField(null=True)
    """The day whose quotas hold it; a retry counts no second time."""
    done_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)

    class Meta:
        """Order and indexes."""

        ordering: ClassVar = ["created_at", "id"]
        indexes: ClassVar = [
            models.Index(fields=["state", "next_at"], name="effect_due"),
            models.Index(fields=["origin"], name="effect_origin"),
            models.Index(fields=["subject_kind", "subject_id"], name="effect_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_kind} ({self.state})"


class QuotaUse(models.Model):
    """How many effects of a kind were begun on a day: by one person, or by all (person is empty)."""

    kind = models.CharField(max_length=40)
    person = models.CharField(max_length=80, blank=True)
    day = models.DateField()
    used = models.PositiveIntegerField(default=0)

    class Meta:
        """One row a kind, person and day."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "person", "day"], name="one_quota_row")]

    def __str__(self) -> str:
        return f"{self.kind} {self.person or 'all'} {self.day}: {self.used}"
