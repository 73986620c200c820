"""A removal takes two people, and one cannot be both."""

from datetime import timedelta

import pytest
from django.utils import timezone
from working import accounts, case, person, rulings, signed_in

from seawall.cases.actor import Actor, Door, at_console, at_shell
from seawall.cases.commands import proposals
from seawall.cases.commands.decisions import decide, propose_takedown, takedown
from seawall.cases.commands.enacting import Ruling
from seawall.cases.commands.queue import claim
from seawall.cases.models import AccountDecision, AuditEntry, Case, Person, Proposal
from seawall.effects.models import Effect
from seawall.records.errors import Refused

WHY = "they sell to each other's buyers"


def proposed(by: Actor) -> Proposal:
    of = case()
    return propose_takedown(by, of, rulings(of, "remove"), WHY)


def approve(actor: Actor, proposal: Proposal) -> Proposal:
    proposals.see_evidence(actor, proposal, "second look")
    return proposals.approve(actor, proposal, proposal.digest, "agreed")


def test_nobody_removes_alone(ana):
    of = claim(ana, case())
    with pytest.raises(Refused, match="two people"):
        decide(ana, of, rulings(of, "remove"), WHY)
    assert not Effect.objects.exists()


def test_two_people_take_a_network_down(ana, ben):
    proposal = approve(ben, proposed(ana))
    decided = AccountDecision.objects.filter(standing=True)
    assert {one.action for one in decided} == {"remove"}
    assert proposal.case.members.filter(action="remove").count() == 3
    assert Case.objects.get().state == "closed"
    effect = Effect.objects.filter(kind="remove").first()
    assert (effect.person, effect.approved_by) == ("reviewer-ana", "reviewer-ben")
    assert effect.after.kind == "preserve"
    assert effect.after.subject_id == effect.subject_id


def test_nobody_approves_their_own(ana):
    proposal = proposed(ana)
    with pytest.raises(Refused, match="another"):
        proposals.see_evidence(ana, proposal, "second look")


def test_the_opinion_comes_after_the_evidence(ana, ben):
    proposal = proposed(ana)
    assert proposals.opinion_for(ben, proposal) is None
    with pytest.raises(Refused, match="evidence first"):
        proposals.approve(ben, proposal, proposal.digest, "agreed")
    proposals.see_evidence(ben, proposal, "second look")
    assert proposals.opinion_for(ben, proposal) == WHY
    assert AuditEntry.objects.filter(action="saw evidence", purpose="second look").exists()


def test_the_shell_only_proposes(ana, ben):
    proposal = propose_takedown(at_shell("ana"), of := case(), rulings(of, "remove"), WHY)
    with pytest.raises(Refused, match="command line only proposes"):
        proposals.see_evidence(at_shell("ben"), proposal, "second look")


def test_a_made_up_session_approves_nothing(ana, ben):
    proposal = proposed(ana)
    for session in ("", "made-up", ana.session):
        with pytest.raises(Refused, match="second factor"):
            proposals.see_evidence(at_console(ben.person, session), proposal, "second look")


def test_a_session_without_a_second_factor_approves_nothing(ana):
    half = signed_in(person("ida", "analyst"), second_factor=False)
    with pytest.raises(Refused, match="second factor"):
        proposals.see_evidence(half, proposed(ana), "second look")


def test_a_young_account_approves_nothing(ana):
    young = signed_in(person("ida", "analyst", created_at=timezone.now() - timedelta(hours=23)))
    with pytest.raises(Refused, match="24 hours"):
        proposals.see_evidence(young, proposed(ana), "second look")


def test_an_account_reset_a_moment_ago_approves_nothing(ana, ben):
    Person.objects.filter(pk=ben.person.pk).update(reset_at=timezone.now())
    ben.person.refresh_from_db()
    with pytest.raises(Refused, match="24 hours"):
        proposals.see_evidence(ben, proposed(ana), "second look")


def test_whoever_made_an_account_does_not_decide_with_it(ana):
    made = signed_in(person("ida", "analyst", created_by=ana.person))
    with pytest.raises(Refused, match="made the other's account"):
        proposals.see_evidence(made, proposed(ana), "second look")


def test_what_was_not_shown_is_not_approved(ana, ben):
    proposal = proposed(ana)
    proposals.see_evidence(ben, proposal, "second look")
    with pytest.raises(Refused, match="not what was proposed"):
        proposals.approve(ben, proposal, "0" * 64, "agreed")


def test_a_subject_that_was_changed_in_the_database_is_not_carried_out(ana, ben):
    proposal = proposed(ana)
    proposals.see_evidence(ben, proposal, "second look")
    Proposal.objects.update(subject={**proposal.subject, "whole_network": False})
    with pytest.raises(Refused, match="changed after"):
        proposals.approve(ben, proposal, proposal.digest, "agreed")
    assert not Effect.objects.exists()
    assert Proposal.objects.get().state == "open"


def test_nothing_is_approved_twice(ana, ben, lea):
    proposal = approve(ben, proposed(ana))
    with pytest.raises(Refused, match="nothing left"):
        approve(lea, proposal)
    assert Effect.objects.filter(kind="remove").count() == 3


def test_time_runs_out(ana, ben):
    proposal = proposed(ana)
    Proposal.objects.update(expires_at=timezone.now())
    with pytest.raises(Refused, match="out of time"):
        proposals.see_evidence(ben, proposal, "second look")
    assert proposals.expire_proposals() == 1
    assert Proposal.objects.get().state == "expired"
    assert not proposal.case.members.filter(action_pending=True).exists()


def test_a_refused_takedown_frees_the_accounts(ana, ben):
    proposal = proposed(ana)
    assert proposal.case.members.filter(action_pending=True).count() == 3
    proposals.see_evidence(ben, proposal, "second look")
    proposals.refuse(ben, proposal, proposal.digest, "one of them is not theirs")
    assert not proposal.case.members.filter(action_pending=True).exists()
    assert not Effect.objects.exists()


def test_a_lead_acts_alone_in_an_emergency_and_another_must_review_it(lea, ana):
    of = case()
    proposal = proposals.act_alone(lea, "takedown", takedown(of, rulings(of, "remove")), WHY, case=of)
    assert Effect.objects.filter(kind="remove", approved_by="").count() == 3
    assert list(proposals.unreviewed()) == [proposal]
    with pytest.raises(Refused, match="another"):
        proposals.review_emergency(lea, proposal, "I was right", upheld=True)
    proposals.review_emergency(ana, proposal, "there was no emergency", upheld=False)
    assert Effect.objects.filter(kind="restore").count() == 3
    assert not proposals.unreviewed().exists()


def test_an_analyst_never_acts_alone(ana):
    of = case()
    with pytest.raises(Refused, match="act alone"):
        proposals.act_alone(ana, "takedown", takedown(of, rulings(of, "remove")), WHY, case=of)


def test_an_administrator_has_no_say(ana):
    root = signed_in(person("root", "admin"))
    with pytest.raises(Refused, match="may not approve"):
        proposals.see_evidence(root, proposed(ana), "second look")


@pytest.mark.parametrize(
    ("kind", "effect"),
    [("report", "file_report"), ("signal_share", "share_signal"), ("purge", "purge"), ("guard_off", "guard_off")],
)
def test_everything_that_takes_two_becomes_one_effect(kind, effect, lea):
    other = signed_in(person("mo", "lead"))
    proposal = proposals.propose(lea, kind, {"about": "something"}, WHY)
    approve(other, proposal)
    assert [one.kind for one in Effect.objects.all()] == [effect]
    assert Effect.objects.get().details == {"about": "something"}


def test_what_was_decided_meanwhile_is_not_overruled_unseen(ana, ben, lea):
    proposal = proposed(ana)
    of = claim(lea, proposal.case)
    decide(lea, of, {accounts(of)[0]: Ruling("clear", "bystander")}, "a shop for plants")
    with pytest.raises(Refused, match="meanwhile"):
        approve(ben, proposal)
    assert not Effect.objects.filter(kind="remove").exists()


def test_a_child_is_never_removed(ana):
    of = case()
    with pytest.raises(Refused, match="child at risk"):
        propose_takedown(ana, of, rulings(of, "remove", "at_risk_child"), WHY)


def test_a_support_message_is_sent_only_when_a_person_chose_it(ana):
    of = claim(ana, case(1))
    account = accounts(of)[0]
    decide(ana, of, rulings(of, "protect", "at_risk_child"), "she is sixteen")
    assert [effect.kind for effect in Effect.objects.all()] == ["protect"]
    assert Effect.objects.get().subject_id == account


def test_an_actor_from_another_door_is_no_person(database):
    with pytest.raises(Refused, match="takes a person"):
        Actor(None, Door.SYSTEM).require_second_factor()
