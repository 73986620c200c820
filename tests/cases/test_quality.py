"""Decisions are checked by others: second reviews, gold cases, appeals."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from working import accounts, case, person, rulings, signed_in

from running import KEY
from seawall.api.appeals import appeal_line, append
from seawall.cases.agreement import alpha
from seawall.cases.commands import appeals, proposals, quality
from seawall.cases.commands.decisions import decide, propose_takedown
from seawall.cases.commands.enacting import Ruling
from seawall.cases.commands.queue import claim, queue_of
from seawall.cases.models import AccountDecision, Appeal, Case, Decision, Member, SecondReview
from seawall.cases.sealing import unseal_text
from seawall.cases.verdicts import verdicts
from seawall.effects.models import Effect
from seawall.guard.answers import AppealRequest
from seawall.records.errors import BadInput, Refused
from seawall.records.seal import seal

PUBLISHED = (
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)
"""Four observers, twelve units: Krippendorff (2011), section D."""


def units(rows):
    return [[value for value in unit if value != "."] for unit in zip(*(row.split() for row in rows), strict=True)]


def test_alpha_is_the_published_one():
    assert alpha(units(PUBLISHED)) == pytest.approx(0.743, abs=5e-4)


def test_alpha_of_two_observers_is_the_published_one():
    assert alpha(units(("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0"))) == pytest.approx(0.095, abs=5e-4)


@given(st.lists(st.lists(st.sampled_from("abc"), min_size=2, max_size=4), min_size=1, max_size=20), st.randoms())
def test_alpha_knows_no_order_and_no_names(answers, shuffle):
    value = alpha(answers)
    shuffled = [shuffle.sample(unit, len(unit)) for unit in shuffle.sample(answers, len(answers))]
    renamed = [[{"a": "x", "b": "y", "c": "z"}[answer] for answer in unit] for unit in shuffled]
    assert alpha(renamed) == (value if value is None else pytest.approx(value))
    assert value is None or value <= 1


@pytest.fixture
def every_decision_is_reviewed(database):
    (database.home / "seawall.toml").write_text("[cases]\nsecond_review_share = 1.0\n")


def decided(by, action="restrict", of=None) -> Decision:
    of = of or case(2)
    return decide(by, claim(by, of), rulings(of, action), "they sell")


def test_a_second_review_goes_to_somebody_else(every_decision_is_reviewed, ana, ben):
    decided(ana)
    assert quality.take_second_review(ana) is None
    review = quality.take_second_review(ben)
    assert review.accounts == accounts(review.decision.case)
    with pytest.raises(Refused, match="somebody else"):
        quality.answer_second_review(ana, review, dict.fromkeys(review.accounts, "clear"))


def test_agreement_is_told_of_the_house(every_decision_is_reviewed, ana, ben):
    for second in ("restrict", "clear"):
        decided(ana)
        review = quality.take_second_review(ben)
        quality.answer_second_review(ben, review, dict.fromkeys(review.accounts, second))
    found = quality.agreement()
    assert (found.accounts, found.equal) == (4, 0.5)
    assert found.alpha == pytest.approx(alpha([("restrict", "restrict")] * 2 + [("restrict", "clear")] * 2))


def test_a_review_answers_every_account(every_decision_is_reviewed, ana, ben):
    decided(ana)
    review = quality.take_second_review(ben)
    with pytest.raises(BadInput, match="each of the 2"):
        quality.answer_second_review(ben, review, {review.accounts[0]: "clear"})
    assert SecondReview.objects.get().answered_at is None


def test_no_review_is_asked_where_none_is_wanted(database, ana):
    (database.home / "seawall.toml").write_text("[cases]\nsecond_review_share = 0.0\n")
    decided(ana)
    assert not SecondReview.objects.exists()


def test_a_gold_case_takes_no_effect_and_comes_to_each_once(lea, ana, ben):
    of = case(2)
    quality.make_gold(lea, of, dict(zip(accounts(of), ("restrict", "clear"), strict=True)))
    decided(ana, of=of)
    assert not Effect.objects.exists()
    assert not AccountDecision.objects.filter(standing=True).exists()
    assert not queue_of(ana).exists()
    assert list(queue_of(ben)) == [of]
    assert quality.gold() == quality.Gold(2, 0.5)


def test_an_account_in_a_gold_case_gets_no_verdict(lea, ana):
    of = case(2)
    quality.make_gold(lea, of, dict.fromkeys(accounts(of), "restrict"))
    decided(ana, of=of)
    assert len(verdicts()) == 0


def appeal_file(folder, *appealing: str, reference: str = "r1", days: int = 0):
    path = folder / "appeals.jsonl"
    with path.open("a") as file:
        for number, account in enumerate(appealing):
            line = {
                "reference": f"{reference}-{number}",
                "received_at": (datetime.now(UTC) - timedelta(days=days)).isoformat(),
                "decision_id": "d1",
                "account_id": account,
                "statement": seal(KEY, "we sell plants"),
                "language": "en",
                "schema_version": 1,
            }
            file.write(json.dumps(line) + "\n")
    return path


def taken_down(by, second):
    of = case(2)
    proposal = propose_takedown(by, of, rulings(of, "remove"), "they sell")
    proposals.see_evidence(second, proposal, "second look")
    proposals.approve(second, proposal, proposal.digest, "agreed")
    return accounts(of)


def test_an_appeal_is_judged_by_somebody_else(database, ana, ben, lea):
    account = taken_down(ana, ben)[0]
    assert appeals.pick_up(appeal_file(database.home, account), KEY) == 1
    appeal = Appeal.objects.get()
    assert unseal_text(appeal.sealed) == "we sell plants"
    for involved in (ana, ben):
        assert not appeals.open_appeals(involved).exists()
        with pytest.raises(Refused, match="somebody else"):
            appeals.decide_appeal(involved, appeal, "I was right", overturn=False)
    assert list(appeals.open_appeals(lea)) == [appeal]


def test_an_overturned_decision_is_restored_and_becomes_a_label(database, ana, ben, lea):
    account, other = taken_down(ana, ben)
    appeals.pick_up(appeal_file(database.home, account), KEY)
    appeals.decide_appeal(lea, Appeal.objects.get(), "they do sell plants", overturn=True)
    restored = Effect.objects.get(kind="restore")
    assert (restored.subject_id, restored.details) == (account, {"undoes": "remove"})
    assert Member.objects.get(account_id=account).action == "clear"
    told = {row["subject_id"]: (row["verdict"], row["role"]) for row in verdicts().to_pylist()}
    assert told == {account: ("cleared", "bystander"), other: ("confirmed", "seller")}


def test_an_upheld_decision_stands(database, ana, ben, lea):
    account = taken_down(ana, ben)[0]
    appeals.pick_up(appeal_file(database.home, account), KEY)
    appeals.decide_appeal(lea, Appeal.objects.get(), "the evidence holds", overturn=False)
    assert AccountDecision.objects.get(account_id=account).standing
    assert not Effect.objects.filter(kind="restore").exists()


def test_an_appeal_is_taken_once_however_often_the_file_is_read(database, ana, ben):
    path = appeal_file(database.home, *taken_down(ana, ben))
    with path.open("a") as file:
        file.write('{"reference": "torn')
    assert [appeals.pick_up(path, KEY) for _ in range(3)] == [2, 0, 0]


def test_a_line_of_the_guards_door_is_taken_and_its_account_found(database, ana, ben):
    asked = AppealRequest(decision_id="d" * 72, account=taken_down(ana, ben)[0], statement="we sell plants")
    append(database.home / "appeals.jsonl", [appeal_line(asked, KEY)])
    appeals.pick_up(database.home / "appeals.jsonl", KEY)
    appeal = Appeal.objects.get()
    assert (appeal.account_id, unseal_text(appeal.sealed)) == (asked.account, asked.statement)


def test_an_appeal_against_nothing_is_kept_apart(database, ana):
    appeals.pick_up(appeal_file(database.home, "nobody"), KEY)
    assert Appeal.objects.get().state == "unmatched"


def test_a_late_appeal_is_overdue(database, ana, ben):
    appeals.pick_up(appeal_file(database.home, taken_down(ana, ben)[0], days=8), KEY)
    assert appeals.overdue().count() == 1


def test_verdicts_are_what_people_decided_last(database, ana):
    of = case(3)
    first, second, third = accounts(of)
    told = {
        first: Ruling("clear", "bystander"),
        second: Ruling("protect", "at_risk_child"),
        third: Ruling("watch", "buyer"),
    }
    decide(ana, claim(ana, of), told, "looked at each")
    found = {row["subject_id"]: (row["verdict"], row["role"], row["decided_by"]) for row in verdicts().to_pylist()}
    assert found == {
        first: ("cleared", "bystander", "reviewer-ana"),
        second: ("confirmed", "at_risk_child", "reviewer-ana"),
        third: ("unsure", "buyer", "reviewer-ana"),
    }


def test_verdicts_name_accounts_as_the_platform_does(database, ana):
    decided(ana, of=(of := case(2)))
    first, _ = accounts(of)
    assert verdicts({first: "own-1"}).column("subject_id").to_pylist() == ["own-1"]


def test_pseudonyms_leave_and_names_stay(database):
    nina = signed_in(person("nina", "analyst", pseudonym="reviewer-7", legal_name="Nina Name"))
    decided(nina)
    assert set(verdicts().column("decided_by").to_pylist()) == {"reviewer-7"}
    assert {effect.person for effect in Effect.objects.all()} == {"reviewer-7"}
    assert Case.objects.get().state == "closed"
