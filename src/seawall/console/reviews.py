"""Second reviews: a sample of decisions, answered blind."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from seawall.cases.commands import quality
from seawall.cases.models import Case, Member, SecondReview
from seawall.cases.models.case import Action
from seawall.console.access import PersonRequest
from seawall.console.acting import act


@require_POST
def take(request: PersonRequest) -> HttpResponse:
    """Take the review that has waited longest and that this person may do."""
    review = quality.take_second_review(request.actor)
    if review is None:
        return act(request, lambda: None, _("No decision waits for a second review by you."), reverse("proposals"))
    return redirect("review", review.pk)


@require_safe
def show(request: PersonRequest, number: int) -> HttpResponse:
    """The sampled accounts and their evidence; what was decided on them is nowhere to be seen."""
    review = _review(request, number)
    members = Member.objects.filter(case=review.decision.case_id, account_id__in=review.accounts)
    shown = {"review": review, "case": review.decision.case, "members": members, "actions": Action.choices}
    return render(request, "console/review.html", shown)


@require_POST
def answer(request: PersonRequest, number: int) -> HttpResponse:
    """Say what one would have decided."""
    review = _review(request, number)
    answers = {account: request.POST.get(f"account:{account}", "") for account in review.accounts}
    told = _("Thank you. The two answers are held against each other, not the two of you.")
    return act(
        request,
        lambda: quality.answer_second_review(request.actor, review, answers),
        told,
        reverse("proposals"),
    )


def blind_review(request: PersonRequest, case: Case) -> SecondReview | None:
    """The review on this case that this person has not answered: until then they must not see what was decided."""
    return SecondReview.objects.filter(by=request.user, answered_at=None, decision__case=case).first()


def _review(request: PersonRequest, number: int) -> SecondReview:
    mine = SecondReview.objects.filter(by=request.user, answered_at=None).select_related("decision__case")
    return get_object_or_404(mine, pk=number)
