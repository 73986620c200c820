"""The ledger's tables: what was disclosed, every step, who approved."""

from typing import ClassVar

from django.db import models


class State(models.TextChoices):
    """Where a disclosure stands."""

    DRAFT = "draft"
    CHECKED = "checked"
    APPROVED = "approved"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class Disclosure(models.Model):
    """One thing that leaves the house: its draft (sealed), its digest and its state.

    `key` is the same for the same subject of the same case at the same authority, so that nothing is disclosed twice.
    """

    key = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=32)
    authority = models.CharField(max_length=64)
    environment = models.CharField(max_length=16)
    case_id = models.CharField(max_length=255, db_index=True)
    subject = models.CharField(max_length=32)
    ordinal = models.PositiveIntegerField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.DRAFT)
    draft = models.BinaryField()
    draft_digest = models.CharField(max_length=64)
    reference = models.CharField(max_length=255, default="", blank=True)
    why = models.TextField(default="", blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Disclosure"]] = models.Manager()

    class Meta:
        """Drafts keep the order of their case."""

        ordering: ClassVar = ["case_id", "ordinal", "id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} of case {self.case_id}: {self.state}"


class Approval(models.Model):
    """One person's yes to exactly these bytes."""

    disclosure = models.ForeignKey(Disclosure, on_delete=models.PROTECT, related_name="approvals")
    person = models.CharField(max_length=255)
    session = models.CharField(max_length=64)
    draft_digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    emergency = models.BooleanField(default=False)
    """One person acted alone; another reviews it within a day."""

    objects: ClassVar[models.Manager["Approval"]] = models.Manager()

    class Meta:
        """A person approves once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["disclosure", "person", "draft_digest"], name="one_yes_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.person} approved {self.disclosure_id} at {self.at:%Y-%m-%d %H:%M}"


class Step(models.Model):
    """One call: written before it is made, its answer added after; `answered_at` is null where none is known.

    Bytes are sealed under the deployment's key; digests are of the bytes in clear. `chain` covers the step before.
    """

    disclosure = models.ForeignKey(Disclosure, on_delete=models.PROTECT, related_name="steps")
    number = models.PositiveIntegerField()
    call = models.CharField(max_length=32)
    about = models.CharField(max_length=255, default="", blank=True)
    by = models.CharField(max_length=255)
    request = models.BinaryField()
    request_digest = models.CharField(max_length=64)
    request_size = models.BigIntegerField()
    started_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    status = models.PositiveIntegerField(null=True)
    code = models.IntegerField(null=True)
    trace = models.CharField(max_length=255, default="", blank=True)
    reference = models.CharField(max_length=255, default="", blank=True)
    answer = models.BinaryField(null=True)
    answer_digest = models.CharField(max_length=64, default="", blank=True)
    note = models.TextField(default="", blank=True)
    chain = models.CharField(max_length=64)

    objects: ClassVar[models.Manager["Step"]] = models.Manager()

    class Meta:
        """Steps are numbered without gaps; two senders cannot write the same one."""

        ordering: ClassVar = ["disclosure", "number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["disclosure", "number"], name="one_step_a_number")]

    def __str__(self) -> str:
        return f"{self.disclosure_id}.{self.number} {self.call}: {self.code}"


class ReceivedSignal(models.Model):
    """A partner's signal: a seed with its origin and expiry, its value gone once it is withdrawn or expired."""

    origin = models.CharField(max_length=255)
    reference = models.CharField(max_length=255)
    kind = models.CharField(max_length=16)
    value = models.CharField(max_length=64, blank=True)
    opinion = models.PositiveSmallIntegerField()
    tags = models.JSONField(default=list)
    sequence = models.PositiveIntegerField()
    received_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["ReceivedSignal"]] = models.Manager()

    class Meta:
        """An origin names each signal once."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["origin", "reference"], name="one_signal_a_reference")]
        indexes: ClassVar = [models.Index(fields=["kind", "value"], name="signal_value")]

    def __str__(self) -> str:
        return f"{self.origin} {self.reference} ({self.kind})"
