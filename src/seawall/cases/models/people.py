"""Who works here: people, their roles, what they chose to see."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class Roles(models.TextChoices):
    """What a person may do; an administrator never reviews."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    LEAD = "lead"
    TERMS = "terms"
    ADMIN = "admin"


class Stream(models.TextChoices):
    """Kinds of cases that a person opts into."""

    NETWORKS = "networks"
    CHILDREN = "children"
    SPREAD = "spread"


class People(BaseUserManager["Person"]):
    """Finds people by the name that they sign in with."""


class Person(AbstractBaseUser):
    """One person; `pseudonym` stands for them in everything that leaves."""

    name = models.CharField(max_length=64, unique=True)
    pseudonym = models.CharField(max_length=32, unique=True)
    legal_name = models.CharField(max_length=200, blank=True)
    """Only for statutory formats that require it."""
    roles = models.JSONField(default=list)
    languages = models.JSONField(default=list)
    """BCP 47 tags; empty: every language."""
    competences = models.JSONField(default=list)
    streams = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="created")
    reset_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="resets")
    reset_at = models.DateTimeField(null=True)
    """Who last took this person's password and second factor away, and when: as much as making the account."""
    second_factor = models.TextField(blank=True)
    """The sealed secret of the second factor; empty until it is set up."""
    second_factor_step = models.BigIntegerField(default=0)
    """The last time step whose code was used: no code serves twice."""
    failures = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    must_change_password = models.BooleanField(default=True)
    severe_case = models.BigIntegerField(null=True)
    """The case that they took last, if it was a severe one."""
    severe_at = models.DateTimeField(null=True)
    items_an_hour = models.PositiveSmallIntegerField(null=True)
    """A budget of one's own, below the house's; null: the house's."""
    items_a_day = models.PositiveSmallIntegerField(null=True)

    USERNAME_FIELD = "name"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[People] = People()

    def __str__(self) -> str:
        return self.pseudonym

    def has_role(self, *roles: str) -> bool:
        """Whether this person has one of these roles."""
        return self.is_active and any(role in self.roles for role in roles)
