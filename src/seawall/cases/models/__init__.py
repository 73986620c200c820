"""The tables of this room."""

from seawall.cases.models.audit import AuditEntry, AuditHead
from seawall.cases.models.case import Case, Member, Shared, Ties
from seawall.cases.models.decisions import AccountDecision, Decision, Look, Proposal
from seawall.cases.models.exposure import Item, Judgement, Pause, Reveal
from seawall.cases.models.people import Person
from seawall.cases.models.quality import Appeal, GoldCase, SecondReview
from seawall.cases.models.work import Note, SavedFilter, Skip

__all__ = [
    "AccountDecision",
    "Appeal",
    "AuditEntry",
    "AuditHead",
    "Case",
    "Decision",
    "GoldCase",
    "Item",
    "Judgement",
    "Look",
    "Member",
    "Note",
    "Pause",
    "Person",
    "Proposal",
    "Reveal",
    "SavedFilter",
    "SecondReview",
    "Shared",
    "Skip",
    "Ties",
]
