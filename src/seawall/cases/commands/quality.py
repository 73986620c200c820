"""Quality: blind second reviews, and cases with known answers.

What comes out is about the house's decisions; nobody is ranked, and nothing is measured in time.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from seawall.cases.actor import Actor, Permission
from seawall.cases.agreement import alpha
from seawall.cases.audit import record
from seawall.cases.models import Case, Decision, GoldCase, Proposal, SecondReview
from seawall.cases.models.case import Action
from seawall.records.errors import BadInput, Refused

ACCOUNTS_SAMPLED = 10


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far second reviewers agreed: answered accounts, the share of equal answers, Krippendorff's alpha."""

    accounts: int
    equal: float | None
    alpha: float | None


@dataclass(frozen=True, slots=True)
class Gold:
    """How right decisions on known cases were: accounts answered, the share of right ones."""

    accounts: int
    right: float | None


def sample(decision: Decision, share: float) -> SecondReview | None:
    """Ask for a second review of this decision, by chance; inside the transaction of the decision."""
    chance = random.SystemRandom()
    if chance.random() >= share:
        return None
    accounts = list(decision.accounts.values_list("account_id", flat=True))
    chosen = sorted(chance.sample(accounts, min(ACCOUNTS_SAMPLED, len(accounts))))
    return SecondReview.objects.create(decision=decision, accounts=chosen, asked_at=timezone.now())


@transaction.atomic
def take_second_review(actor: Actor) -> SecondReview | None:
    """The longest waiting review that this person may do: they had no part in the decision, and see none of it."""
    person = actor.require(Permission.DECIDE)
    mine = SecondReview.objects.filter(by=person, answered_at=None).select_related("decision__case").first()
    if mine:
        return mine
    free = SecondReview.objects.select_for_update(of=("self",)).filter(by=None).exclude(decision__by=person)
    free = free.exclude(decision__proposal__decided_by=person).filter(decision__case__stream__in=person.streams)
    review = free.select_related("decision__case").first()
    if review is not None:
        review.by = person
        review.save(update_fields=["by"])
        record(actor, "took second review", f"review:{review.pk}", case=review.decision.case)
    return review


@transaction.atomic
def answer_second_review(actor: Actor, review: SecondReview, answers: Mapping[str, str]) -> SecondReview:
    """Say what one would have decided on each sampled account."""
    person = actor.require(Permission.DECIDE)
    review = SecondReview.objects.select_for_update(of=("self",)).select_related("decision__case").get(pk=review.pk)
    if review.by_id != person.pk or review.answered_at is not None:
        raise Refused("This review is somebody else's, or answered already.")
    if set(answers) != set(review.accounts) or not set(answers.values()) <= set(Action.values):
        raise BadInput(f"Answer each of the {len(review.accounts)} accounts with one of {', '.join(Action.values)}.")
    review.answers, review.answered_at = dict(answers), timezone.now()
    review.save(update_fields=["answers", "answered_at"])
    record(actor, "answered second review", f"review:{review.pk}", case=review.decision.case)
    return review


def agreement() -> Agreement:
    """How far first and second answers agree, over everything answered."""
    units: list[Sequence[str]] = []
    answered = SecondReview.objects.exclude(answered_at=None).select_related("decision")
    for review in answered.prefetch_related("decision__accounts"):
        first = {one.account_id: one.action for one in review.decision.accounts.all()}
        units += [(first[account], action) for account, action in review.answers.items() if account in first]
    equal = sum(one == other for one, other in units) / len(units) if units else None
    return Agreement(len(units), equal, alpha(units))


@transaction.atomic
def make_gold(actor: Actor, case: Case, answers: Mapping[str, str]) -> GoldCase:
    """Put a case with known answers into the queue; decisions on it take no effect."""
    person = actor.require_case(Permission.QUALITY, case)
    accounts = set(case.members.filter(present=True).values_list("account_id", flat=True))
    if set(answers) != accounts or not set(answers.values()) <= set(Action.values):
        raise BadInput(f"Give one of {', '.join(Action.values)} for each of the {len(accounts)} accounts of {case}.")
    if case.decisions.exists() or case.proposals.filter(state=Proposal.State.OPEN).exists():
        raise Refused(f"{case} has decisions or proposals: only a case that nobody worked on becomes a gold case.")
    gold = GoldCase.objects.create(case=case, answers=dict(answers), by=person, at=timezone.now())
    record(actor, "made gold case", f"gold:{gold.pk}")  # not under the case, where its reviewers would read it
    return gold


def gold() -> Gold:
    """How right decisions on gold cases were, over everyone together."""
    total = right = 0
    for one in GoldCase.objects.prefetch_related("case__decisions__accounts"):
        for decision in one.case.decisions.all():
            for account in decision.accounts.all():
                total += 1
                right += account.action == one.answers.get(account.account_id)
    return Gold(total, right / total if total else None)
