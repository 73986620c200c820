"""What people had to look at, and what spares them."""

from typing import ClassVar

from django.db import models

from seawall.cases.models.case import Case
from seawall.cases.models.people import Person


class Item(models.Model):
    """A sensitive text of a member, sealed; `digest` is equal for equal texts wherever they occur."""

    class Kind(models.TextChoices):
        """What the text is."""

        HANDLE = "handle"
        NAME = "name"
        BIO = "bio"
        POST = "post"
        TERM = "term"

    case = models.ForeignKey(Case, models.CASCADE, related_name="items")
    account_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=8, choices=Kind)
    digest = models.CharField(max_length=64)
    severity = models.PositiveSmallIntegerField(default=1)
    """1 mild to 3 severe: what signals say, never a guess at the text."""
    sealed = models.TextField()
    at = models.DateTimeField(null=True)

    class Meta:
        """One row a text, account and case."""

        ordering: ClassVar = ["account_id", "kind", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "account_id", "kind", "digest"], name="one_row_an_item")
        ]
        indexes: ClassVar = [models.Index(fields=["digest"], name="item_digest")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.account_id}"


class Reveal(models.Model):
    """One look at one item: who, why and for how long."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="reveals")
    item = models.ForeignKey(Item, models.SET_NULL, null=True, related_name="reveals")
    case = models.ForeignKey(Case, models.PROTECT, related_name="reveals")
    digest = models.CharField(max_length=64)
    severity = models.PositiveSmallIntegerField()
    purpose = models.CharField(max_length=300)
    at = models.DateTimeField()
    seconds = models.FloatField(null=True)
    """How long it was held open; null until it was closed."""

    class Meta:
        """Latest first."""

        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [models.Index(fields=["person", "-at"], name="reveal_person")]

    def __str__(self) -> str:
        return f"reveal {self.pk}"


class Judgement(models.Model):
    """What the organisation thinks of a text: judged once, wherever it occurs again."""

    class Verdict(models.TextChoices):
        """What a text is."""

        VIOLATES = "violates"
        HARMLESS = "harmless"
        UNSURE = "unsure"

    digest = models.CharField(max_length=64, unique=True)
    verdict = models.CharField(max_length=10, choices=Verdict)
    by = models.ForeignKey(Person, models.PROTECT, related_name="judgements")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.verdict}"


class Pause(models.Model):
    """Time in which a person is shown nothing: forced by a budget, or chosen without a reason."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="pauses")
    begins = models.DateTimeField()
    ends = models.DateTimeField()
    forced = models.BooleanField()

    class Meta:
        """Latest first."""

        ordering: ClassVar = ["-begins"]
        indexes: ClassVar = [models.Index(fields=["person", "ends"], name="pause_person")]

    def __str__(self) -> str:
        return f"pause until {self.ends}"
