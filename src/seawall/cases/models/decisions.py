"""Decisions, and proposals that wait for a second person."""

from typing import ClassVar

from django.db import models

from seawall.cases.models.case import Action, Case
from seawall.cases.models.people import Person


class Proposal(models.Model):
    """Something that two people must want: what exactly, who proposed it, who agreed."""

    class Kind(models.TextChoices):
        """What takes two people."""

        TAKEDOWN = "takedown"
        LEXICON_BLOCK = "lexicon_block"
        REPORT = "report"
        SIGNAL_SHARE = "signal_share"
        PURGE = "purge"
        GUARD_OFF = "guard_off"

    class State(models.TextChoices):
        """Where a proposal is."""

        OPEN = "open"
        APPROVED = "approved"
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"
        EXPIRED = "expired"

    kind = models.CharField(max_length=16, choices=Kind)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="proposals")
    subject = models.JSONField()
    digest = models.CharField(max_length=64)
    """SHA-256 of the subject: who approves names it, so nothing else than what was seen is approved."""
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="proposals")
    proposed_at = models.DateTimeField()
    proposed_through = models.CharField(max_length=10)
    opinion = models.TextField()
    """The first person's reasons: shown to the second only after the evidence."""
    expires_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="proposals_decided")
    decided_at = models.DateTimeField(null=True)
    second_opinion = models.TextField(blank=True)
    emergency = models.BooleanField(default=False)
    """One person acted alone: another must review it before `review_by`."""
    review_by = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="reviews")
    reviewed_at = models.DateTimeField(null=True)
    upheld = models.BooleanField(null=True)

    class Meta:
        """Order and indexes."""

        ordering: ClassVar = ["-proposed_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["state", "expires_at"], name="proposal_open"),
            models.Index(fields=["emergency", "reviewed_at"], name="proposal_review"),
        ]

    def __str__(self) -> str:
        return f"P-{self.pk}"


class Look(models.Model):
    """Somebody else opened the evidence of a proposal, and may now decide on it."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="looks")
    person = models.ForeignKey(Person, models.PROTECT, related_name="looks")
    at = models.DateTimeField()

    class Meta:
        """One row a person and proposal."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["proposal", "person"], name="one_look_a_person")]

    def __str__(self) -> str:
        return f"look at P-{self.proposal_id}"


class Decision(models.Model):
    """What one person, or two, decided on accounts of a case at one moment."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="decisions")
    by = models.ForeignKey(Person, models.PROTECT, related_name="decisions")
    at = models.DateTimeField()
    reason = models.TextField()
    proposal = models.OneToOneField(Proposal, models.PROTECT, null=True, related_name="decision")
    whole_network = models.BooleanField(default=False)

    class Meta:
        """Latest first."""

        ordering: ClassVar = ["-at", "-id"]

    def __str__(self) -> str:
        return f"D-{self.pk}"


class AccountDecision(models.Model):
    """One account's part of a decision; `standing` until another decision or an appeal replaces it."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="accounts")
    account_id = models.CharField(max_length=200)
    action = models.CharField(max_length=10, choices=Action)
    role = models.CharField(max_length=16)
    """The role that the person judged."""
    standing = models.BooleanField(default=True)
    overturned = models.BooleanField(default=False)

    class Meta:
        """One row an account and decision; one standing decision an account."""

        ordering: ClassVar = ["account_id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["decision", "account_id"], name="one_row_a_decided_account"),
            models.UniqueConstraint(
                fields=["account_id"], condition=models.Q(standing=True), name="one_standing_decision_an_account"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.account_id}"
