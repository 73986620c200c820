"""A case: a network with its members, ties and what they share."""

from typing import ClassVar

from django.db import models

from seawall.cases.models.people import Person, Stream


class Action(models.TextChoices):
    """What people can decide on an account."""

    REMOVE = "remove"
    RESTRICT = "restrict"
    CLEAR = "clear"
    PROTECT = "protect"  # the victim path
    WATCH = "watch"


class Case(models.Model):
    """One network under review; never more than one open case a network."""

    class State(models.TextChoices):
        """Where a case is."""

        OPEN = "open"
        CLOSED = "closed"
        MERGED = "merged"

    network_id = models.CharField(max_length=80)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    stream = models.CharField(max_length=12, choices=Stream, default=Stream.NETWORKS)
    language = models.CharField(max_length=35, blank=True)
    competence = models.CharField(max_length=40, blank=True)
    priority = models.IntegerField(default=0)
    """Higher comes first; what made it so stands in `reasons`."""
    reasons = models.JSONField(default=list)
    severe = models.BooleanField(default=False)
    risk = models.FloatField(default=0.0)
    size = models.PositiveIntegerField(default=0)
    undecided = models.PositiveIntegerField(default=0)
    roles = models.JSONField(default=dict)
    """How many members have each role."""
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    run = models.CharField(max_length=64, blank=True)
    """The digest of the last run that told of it."""
    returned = models.PositiveIntegerField(default=0)
    """How often the network came back after it had been closed."""
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged_from")
    split_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="split_into")
    claimed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="claims")
    claimed_until = models.DateTimeField(null=True)
    escalated = models.CharField(max_length=500, blank=True)
    """Why it was escalated; empty: it was not."""

    class Meta:
        """Order, indexes and the one open case a network."""

        ordering: ClassVar = ["-priority", "-risk", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["network_id"], condition=models.Q(state="open"), name="one_open_case_a_network"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "-priority", "-risk", "id"], name="case_queue"),
            models.Index(fields=["network_id"], name="case_network"),
        ]

    def __str__(self) -> str:
        return f"C-{self.pk}"


class Member(models.Model):
    """An account in a case, with the evidence against it and what was decided."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="members")
    account_id = models.CharField(max_length=200)
    role = models.CharField(max_length=16)
    risk = models.FloatField()
    probabilities = models.JSONField(default=dict)
    evidence = models.JSONField(default=list)
    """[{family, says, adds}], strongest first; `adds` in log-odds."""
    signals = models.JSONField(default=list)
    """[{what, strength, count, first_at, last_at}], strongest first."""
    present = models.BooleanField(default=True)
    """Whether the last run still found it in this network."""
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    action = models.CharField(max_length=10, choices=Action, blank=True)
    """What stands decided; empty: nothing. No run changes it."""
    action_pending = models.BooleanField(default=False)
    """Whether a proposal on it waits for a second person."""

    class Meta:
        """One row an account and case."""

        ordering: ClassVar = ["-risk", "account_id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "account_id"], name="one_row_a_member")]
        indexes: ClassVar = [
            models.Index(fields=["account_id"], name="member_account"),
            models.Index(fields=["case", "-risk", "account_id"], name="member_order"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} in C-{self.case_id}"


class Shared(models.Model):
    """A hashtag, link or file that members of a case share."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="shared")
    kind = models.CharField(max_length=10)
    subject_id = models.CharField(max_length=200)
    risk = models.FloatField(default=0.0)
    accounts = models.JSONField(default=list)

    class Meta:
        """One row a thing and case."""

        ordering: ClassVar = ["-risk", "subject_id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "kind", "subject_id"], name="one_row_a_shared_thing")
        ]
        indexes: ClassVar = [models.Index(fields=["kind", "subject_id"], name="shared_thing")]

    def __str__(self) -> str:
        return f"{self.kind} in C-{self.case_id}"


class Ties(models.Model):
    """Who is tied to whom in a case: packed, for it is read whole or not at all."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="ties")
    packed = models.BinaryField()

    def __str__(self) -> str:
        return f"ties of C-{self.case_id}"
