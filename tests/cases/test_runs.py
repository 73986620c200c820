"""A run opens and updates cases, and never undoes what a person decided."""

import pytest
from invented_runs import run_folder
from working import accounts, person, rulings, signed_in

from seawall.cases.commands import proposals
from seawall.cases.commands.decisions import decide, propose_takedown
from seawall.cases.commands.enacting import Ruling
from seawall.cases.commands.queue import claim
from seawall.cases.commands.runs import take_up
from seawall.cases.models import Case, Member
from seawall.effects.models import Effect
from seawall.records.errors import BadInput

A, B, C = (tuple(f"{letter}{number}" for number in range(6)) for letter in "abc")


@pytest.fixture
def take(database, tmp_path):
    """Take up a run with these networks."""
    counter = iter(range(100))

    def taken(networks, **told):
        return take_up(run_folder(tmp_path / f"run-{next(counter)}", networks, **told))

    return taken


def case_of(network: str) -> Case:
    return Case.objects.get(network_id=network, state="open")


def test_each_network_becomes_a_case(take):
    assert take({"n1": A, "n2": B}).opened == 2
    assert accounts(case_of("n1")) == list(A)
    member = Member.objects.get(account_id="a0")
    assert member.evidence[0]["family"] == "terms"
    assert member.signals[0]["what"] == "terms.in_post"
    assert member.probabilities["seller"] == 1.0


def test_the_same_run_twice_changes_nothing(take, tmp_path):
    take({"n1": A})
    told = Case.objects.values().get()
    taken = take_up(tmp_path / "run-0")
    assert (taken.opened, taken.updated, taken.unchanged) == (0, 0, 1)
    assert Case.objects.values().get() == told


def test_a_network_keeps_its_case_while_members_come_and_go(take):
    take({"n1": A})
    take({"n1": (*A[1:], "new")})
    case = Case.objects.get()
    assert case.size == 6
    assert set(case.members.filter(present=True).values_list("account_id", flat=True)) == {*A[1:], "new"}
    assert not Member.objects.get(account_id="a0").present


def test_a_network_with_another_name_keeps_its_case_by_its_members(take):
    take({"n1": A})
    take({"n2": A[:4]})
    assert Case.objects.get().network_id == "n2"


def test_two_networks_that_grew_together_become_one_case(take):
    take({"n1": A, "n2": B})
    assert take({"n1": (*A, *B)}).merged == 1
    merged = Case.objects.get(state="merged")
    assert merged.merged_into == case_of("n1")
    assert case_of("n1").size == 12


def test_a_network_that_fell_apart_becomes_two_cases(take):
    take({"n1": (*A, *B)})
    taken = take({"n1": A, "n2": B})
    assert (taken.opened, taken.split) == (1, 1)
    assert case_of("n2").split_from == case_of("n1")
    assert accounts(case_of("n2")) == list(B)


def test_a_run_never_undoes_a_decision(take, ana):
    take({"n1": A})
    case = claim(ana, case_of("n1"))
    decide(ana, case, {"a0": Ruling("clear", "bystander")}, "a shop for plants")
    take({"n1": (*A, "new")})
    assert Member.objects.get(account_id="a0").action == "clear"
    assert case_of("n1").undecided == 6


def test_a_decision_holds_wherever_the_account_turns_up(take, ana):
    take({"n1": (*A, *B)})
    decide(ana, claim(ana, case_of("n1")), {"b0": Ruling("clear", "bystander")}, "a shop for plants")
    take({"n1": A, "n2": B})
    assert case_of("n2").members.get(account_id="b0").action == "clear"


def test_a_network_that_returns_reopens_its_case(take, ana, ben):
    take({"n1": A})
    proposal = propose_takedown(ana, case_of("n1"), rulings(case_of("n1"), "remove"), "they sell")
    proposals.see_evidence(ben, proposal, "second look")
    proposals.approve(ben, proposal, proposal.digest, "agreed")
    assert Case.objects.get().state == "closed"
    assert take({"n1": A}).reopened == 0
    assert Case.objects.get().state == "closed"
    assert take({"n1": (*A, "back0", "back1")}).reopened == 1
    case = case_of("n1")
    assert (case.returned, case.undecided, "returned" in case.reasons) == (1, 2, True)
    assert Effect.objects.filter(kind="remove").count() == 6


def test_a_child_at_risk_comes_first_and_into_its_own_stream(take):
    take({"n1": A, "n2": B}, roles={"b3": "at_risk_child"})
    first = Case.objects.first()
    assert (first.network_id, first.reasons, first.stream, first.severe) == ("n2", ["child at risk"], "children", True)


def test_imminent_harm_comes_before_a_child_alone(take):
    take({"n1": A, "n2": B}, roles={"a0": "at_risk_child", "b0": "at_risk_child", "b1": "buyer"})
    assert Case.objects.first().reasons == ["imminent harm", "child at risk"]


def test_hot_spread_comes_before_the_rest(take):
    many = tuple(f"m{number}" for number in range(10))
    take({"n1": A, "n2": many}, seen=dict.fromkeys(many, 2))
    assert Case.objects.first().reasons == ["hot spread"]


def test_a_research_run_has_nothing_to_review(take, tmp_path):
    folder = run_folder(tmp_path / "research", {"n1": A})
    (folder / "members.parquet").unlink()
    with pytest.raises(BadInput, match="research"):
        take_up(folder)


def test_an_escalated_case_stays_on_top_after_a_run(take, ana):
    from seawall.cases.commands.queue import escalate

    take({"n1": A, "n2": B}, roles={"b3": "at_risk_child"})
    escalate(ana, case_of("n1"), "they know where she lives")
    take({"n1": (*A, "new"), "n2": (*B, "other")}, roles={"b3": "at_risk_child"})
    assert Case.objects.first().network_id == "n1"


def test_there_is_never_a_second_open_case_for_a_network(take):
    from django.db import IntegrityError, transaction

    take({"n1": A})
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.create(network_id="n1", opened_at="2026-01-01T00:00Z", changed_at="2026-01-01T00:00Z")


def test_a_proposal_on_a_case_that_was_merged_is_not_carried_out(take, ana):
    from seawall.records.errors import Refused

    take({"n1": A, "n2": B})
    proposal = propose_takedown(ana, case_of("n2"), rulings(case_of("n2"), "remove"), "they sell")
    take({"n1": (*A, *B)})
    eve = signed_in(person("eve", "analyst"))
    proposals.see_evidence(eve, proposal, "second look")
    with pytest.raises(Refused, match="merged"):
        proposals.approve(eve, proposal, proposal.digest, "agreed")
    assert not Effect.objects.exists()
