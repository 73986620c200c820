"""How right decisions are: second reviews, gold cases, appeals."""

from typing import ClassVar

from django.db import models

from seawall.cases.models.case import Case
from seawall.cases.models.decisions import AccountDecision, Decision
from seawall.cases.models.people import Person


class SecondReview(models.Model):
    """A sampled decision that another person answers without seeing the first answer."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="second_reviews")
    accounts = models.JSONField()
    """The sampled accounts of that decision."""
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="second_reviews")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answers = models.JSONField(default=dict)
    """Account -> action."""

    class Meta:
        """Oldest first."""

        ordering: ClassVar = ["asked_at", "id"]

    def __str__(self) -> str:
        return f"second review {self.pk}"


class GoldCase(models.Model):
    """A case whose right answers are known; whoever works on it is not told."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="gold")
    answers = models.JSONField()
    """Account -> action."""
    by = models.ForeignKey(Person, models.PROTECT, related_name="gold_cases")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"gold C-{self.case_id}"


class Appeal(models.Model):
    """An affected account asks to be judged again; it came through the platform's call to the guard."""

    class State(models.TextChoices):
        """Where an appeal is."""

        OPEN = "open"
        UPHELD = "upheld"  # the decision stays
        OVERTURNED = "overturned"
        UNMATCHED = "unmatched"  # nothing stands decided on that account

    reference = models.CharField(max_length=80, unique=True)
    """The id under which it was handed in: one appeal, however often it is read."""
    account_id = models.CharField(max_length=200)
    decided = models.ForeignKey(AccountDecision, models.PROTECT, null=True, related_name="appeals")
    received_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    sealed = models.TextField(blank=True)
    """What the account says, sealed."""
    details = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="appeals")
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        """Due first."""

        ordering: ClassVar = ["answer_by", "id"]
        indexes: ClassVar = [models.Index(fields=["state", "answer_by"], name="appeal_due")]

    def __str__(self) -> str:
        return f"appeal {self.pk}"
