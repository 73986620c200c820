"""Every command against every role, in one table."""

from datetime import timedelta
from importlib import import_module
from inspect import isfunction, signature
from pkgutil import iter_modules

import pytest
from django.db import transaction
from django.utils import timezone
from working import case, item, person, rulings, signed_in

from seawall.cases import commands
from seawall.cases.actor import Permission
from seawall.cases.commands import appeals, decisions, effects, exposure, guard, people, proposals, quality, queue, work
from seawall.cases.models import AccountDecision, Appeal, Decision, SecondReview
from seawall.effects.models import Effect
from seawall.records.errors import Refused

ROLES = ("viewer", "analyst", "lead", "terms", "admin")
REVIEWERS = {"analyst", "lead"}


def proposed(kind: str):
    """A proposal of somebody else's."""
    return proposals.propose(signed_in(person("first", "lead")), kind, {"about": "something"}, "they sell")


def claimed(actor):
    """A case that this person would have claimed, were they allowed to."""
    return case(claimed_by=actor.person, claimed_until=timezone.now() + timedelta(hours=1))


def review(actor, kind):
    proposal = proposed(kind)
    proposals.see_evidence(actor, proposal, "second look")
    return proposals.refuse(actor, proposal, proposal.digest, "no need")


def judged(actor):
    text = item(claimed(actor), "gluv")
    exposure.close(actor, exposure.reveal(actor, text, "who sells").reveal, 1.0)
    return exposure.judge(actor, text, "harmless")


def failed_effect():
    now = timezone.now()
    told = {"subject_id": "x", "sink": "files", "person": "reviewer-x", "origin": "decision:1", "state": "failed"}
    return Effect.objects.create(id="e", kind="remove", subject_kind="account", created_at=now, next_at=now, **told)


def decision_of_another():
    other, of = person("decider", "lead"), case(1)
    made = Decision.objects.create(case=of, by=other, at=timezone.now(), reason="they sell")
    return AccountDecision.objects.create(decision=made, account_id="x", action="restrict", role="buyer")


def asked(actor):
    decision, now = decision_of_another().decision, timezone.now()
    return SecondReview.objects.create(decision=decision, accounts=["x"], by=actor.person, asked_at=now)


def appeal():
    now = timezone.now()
    told = {"reference": "r", "account_id": "x", "received_at": now, "answer_by": now + timedelta(days=7)}
    return Appeal.objects.create(decided=decision_of_another(), **told)


def emergency():
    return proposals.act_alone(signed_in(person("alone", "lead")), "report", {"a": 1}, "a child is in danger")


def switched_off():
    return proposals.act_alone(signed_in(person("alone", "lead")), "guard_off", {"guard": "off"}, "it refuses everyone")


OWN = {"choose", "exposure_of", "stop_for_today", "drop_filter", "change_password", "confirm_second_factor"}
OWN |= {"signed_in", "signed_out", "close", "withdraw", "opinion_for"}
"""What anybody does about themselves, or about what they began."""
INSIDE = {"write_decision", "enact", "undo", "restore", "lock_claimed"}
"""Parts of other commands: these ask."""

TABLE = {
    "cases_of": (lambda a: queue.cases_of(a), {"viewer", *REVIEWERS}),
    "get_case": (lambda a: queue.get_case(a, case().pk), {"viewer", *REVIEWERS}),
    "queue_of": (lambda a: queue.queue_of(a), REVIEWERS),
    "claim": (lambda a: queue.claim(a, case()), REVIEWERS),
    "claim_next": (lambda a: queue.claim_next(a), REVIEWERS),
    "release": (lambda a: queue.release(a, claimed(a)), REVIEWERS),
    "skip": (lambda a: queue.skip(a, case()), REVIEWERS),
    "hand_over": (lambda a: queue.hand_over(a, claimed(a), person("to", "analyst")), REVIEWERS),
    "escalate": (lambda a: queue.escalate(a, case(), "they know her"), REVIEWERS),
    "add_note": (lambda a: work.add_note(a, case(), "a remark"), REVIEWERS),
    "save_filter": (lambda a: work.save_filter(a, "mine", {}), {"viewer", *REVIEWERS}),
    "reveal": (lambda a: exposure.reveal(a, item(claimed(a), "gluv"), "who sells"), REVIEWERS),
    "preview": (lambda a: decisions.preview(a, of := case(), rulings(of, "clear")), REVIEWERS),
    "decide": (lambda a: decisions.decide(a, of := claimed(a), rulings(of, "clear"), "looked at each"), REVIEWERS),
    "propose_takedown": (
        lambda a: decisions.propose_takedown(a, of := case(), rulings(of, "remove"), "why"),
        REVIEWERS,
    ),
    "propose report": (lambda a: proposals.propose(a, "report", {"a": 1}, "why"), REVIEWERS),
    "propose lexicon_block": (lambda a: proposals.propose(a, "lexicon_block", {"a": 1}, "why"), {"terms", "lead"}),
    "propose purge": (lambda a: proposals.propose(a, "purge", {"a": 1}, "why"), {"lead"}),
    "propose guard_off": (lambda a: proposals.propose(a, "guard_off", {"a": 1}, "why"), {"lead"}),
    "switch_on": (lambda a: switched_off() and guard.switch_on(a), REVIEWERS),
    "second on report": (lambda a: review(a, "report"), REVIEWERS),
    "second on lexicon_block": (lambda a: review(a, "lexicon_block"), {"terms", "lead"}),
    "second on purge": (lambda a: review(a, "purge"), {"lead"}),
    "act_alone": (lambda a: proposals.act_alone(a, "report", {"a": 1}, "now"), {"lead"}),
    "take_second_review": (lambda a: quality.take_second_review(a), REVIEWERS),
    "make_gold": (lambda a: quality.make_gold(a, of := case(1), {of.members.get().account_id: "clear"}), {"lead"}),
    "open_appeals": (lambda a: appeals.open_appeals(a), REVIEWERS),
    "route": (lambda a: queue.route(a, case(), ""), REVIEWERS),
    "judge": (lambda a: judged(a), REVIEWERS),
    "check_may_look": (lambda a: exposure.check_may_look(a, claimed(a)), REVIEWERS),
    "try_again": (lambda a: effects.try_again(a, failed_effect()), REVIEWERS),
    "answer_second_review": (lambda a: quality.answer_second_review(a, asked(a), {"x": "clear"}), REVIEWERS),
    "take_appeal": (lambda a: appeals.take_appeal(a, appeal()), REVIEWERS),
    "decide_appeal": (lambda a: appeals.decide_appeal(a, appeal(), "it was right", overturn=False), REVIEWERS),
    "waiting_for": (lambda a: proposals.waiting_for(a), {"terms", *REVIEWERS}),
    "see_evidence of a report": (
        lambda a: proposals.see_evidence(a, proposed("report"), "second look"),
        REVIEWERS,
    ),
    "review_emergency": (lambda a: proposals.review_emergency(a, emergency(), "it was right", upheld=True), REVIEWERS),
    "add_person": (lambda a: people.add_person(a, "new", ["viewer"]), {"admin"}),
    "set_roles": (lambda a: people.set_roles(a, person("x", "viewer"), ["lead"]), {"admin"}),
    "set_active": (lambda a: people.set_active(a, person("x", "viewer"), active=False), {"admin"}),
    "reset_access": (lambda a: people.reset_access(a, person("x", "viewer")), {"admin"}),
    "set_competences": (lambda a: people.set_competences(a, person("x", "viewer"), ["payments"]), {"admin"}),
}
"""Each command, and the roles that may."""


def test_every_command_stands_in_the_table():
    modules = [import_module(f"{commands.__name__}.{one.name}") for one in iter_modules(commands.__path__)]
    found = {
        name
        for module in modules
        for name, made in vars(module).items()
        if isfunction(made) and made.__module__ == module.__name__ and not name.startswith("_")
        if "actor" in signature(made).parameters
    }
    named = {part for name in TABLE for part in name.split()} | {"approve", "refuse"}  # as the second on a proposal
    assert found - named - OWN - INSIDE == set()


@pytest.mark.parametrize("role", ROLES)
def test_every_command_lets_in_whom_it_should(role, database):
    actor = signed_in(person("somebody", role))
    for name, (command, allowed) in TABLE.items():
        outcome = tried(command, actor)
        assert outcome == (role in allowed), f"{name} as {role}: {'allowed' if outcome else 'refused'}"


def tried(command, actor) -> bool:
    """Whether a command went through, in a transaction that is taken back."""
    with transaction.atomic():
        try:
            command(actor)
        except Refused:
            return False
        finally:
            transaction.set_rollback(True)
    return True


@pytest.mark.parametrize("role", ROLES)
def test_a_person_who_was_shut_out_may_nothing(role, database):
    actor = signed_in(person("gone", role, is_active=False))
    assert [permission for permission in Permission if actor.may(permission)] == []
