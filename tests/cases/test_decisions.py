"""A decision is previewed, takes effect with its own transaction, and hurts nobody unseen."""

import pytest
from working import accounts, case, rulings

from seawall.cases.commands.decisions import decide, preview
from seawall.cases.commands.enacting import Ruling
from seawall.cases.commands.queue import claim
from seawall.cases.models import AuditEntry, Case, Decision, Member
from seawall.effects.models import Effect
from seawall.records.errors import BadConfiguration, BadInput, Refused


def test_a_preview_tells_what_would_happen_and_changes_nothing(ana):
    of = case(3)
    first, second, third = accounts(of)
    told = preview(
        ana,
        of,
        {
            first: Ruling("remove", "seller"),
            second: Ruling("protect", "at_risk_child"),
            third: Ruling("restrict", "buyer"),
        },
    )
    assert told.by_action["remove"] == (first,)
    assert told.takes_two
    assert len(told.guard) == 3
    assert not Effect.objects.exists()
    assert not Decision.objects.exists()


def test_a_preview_names_whom_it_may_hurt_wrongly(ana):
    of, other = case(3), case(1)
    child, unsure, thin = accounts(of)
    Member.objects.filter(account_id=child).update(probabilities={"at_risk_child": 0.3})
    Member.objects.filter(account_id=unsure).update(risk=0.6)
    Member.objects.filter(account_id=thin).update(evidence=[{"family": "terms", "says": "x", "adds": 1.0}])
    member = other.members.get()
    member.account_id = thin
    member.save()
    told = preview(ana, of, rulings(of, "remove"))
    assert told.may_be_children == (child,)
    assert told.unsure == (unsure,)
    assert told.one_kind_of_evidence == (thin,)
    assert told.elsewhere == (thin,)


def test_a_preview_tells_what_a_quota_would_hold_back(ana, database):
    (database.home / "seawall.toml").write_text("[effects.quotas.restrict]\nday = 2\nperson = 2\n")
    of, other = case(5), case(5)
    assert preview(ana, of, rulings(of, "restrict")).held == {"restrict": 3}
    decide(ana, claim(ana, of), rulings(of, "restrict"), "they buy")
    assert preview(ana, other, rulings(other, "restrict")).held == {"restrict": 5}


def test_a_decision_whose_effects_cannot_be_written_is_none(ana, database):
    (database.home / "seawall.toml").write_text('[effects.sinks.files]\ntype = "files"\ntakes = ["clear"]\n')
    of = claim(ana, case())
    with pytest.raises(BadConfiguration, match="No sink takes"):
        decide(ana, of, rulings(of, "restrict"), "they buy")
    assert not Decision.objects.exists()
    assert not AuditEntry.objects.filter(action="decided").exists()
    assert of.members.filter(action="").count() == 3


def test_watching_does_nothing_to_the_account(ana):
    of = claim(ana, case())
    decide(ana, of, rulings(of, "watch"), "wait for more")
    assert not Effect.objects.exists()
    assert Case.objects.get().state == "closed"


def test_a_later_decision_replaces_an_earlier_one(ana):
    of = claim(ana, case(2))
    first, _ = accounts(of)
    decide(ana, of, {first: Ruling("watch", "buyer")}, "wait for more")
    decide(ana, of, {first: Ruling("clear", "bystander")}, "a shop for plants")
    assert Member.objects.get(account_id=first).action == "clear"
    assert Decision.objects.count() == 2
    assert Case.objects.get().undecided == 1


def test_only_who_claimed_a_case_decides_on_it(ana, ben):
    of = claim(ana, case())
    with pytest.raises(Refused, match="not claimed by"):
        decide(ben, of, rulings(of, "clear"), "looked at each")


@pytest.mark.parametrize(
    ("ruling", "told"),
    [
        (Ruling("destroy", "seller"), "no decision"),
        (Ruling("clear", "villain"), "no decision"),
        (Ruling("restrict", "seller", support_message=True), "goes with the action protect"),
    ],
)
def test_unknown_words_are_refused(ana, ruling, told):
    of = claim(ana, case(1))
    with pytest.raises(BadInput, match=told):
        decide(ana, of, {accounts(of)[0]: ruling}, "looked at each")


def test_accounts_of_another_case_are_refused(ana):
    of, other = claim(ana, case()), case()
    with pytest.raises(BadInput, match="are not in"):
        decide(ana, of, rulings(other, "clear"), "looked at each")


def test_a_decision_says_why(ana):
    of = claim(ana, case())
    with pytest.raises(Refused, match="Say why"):
        decide(ana, of, rulings(of, "clear"), " ")


def test_a_chosen_support_message_is_neutral(ana):
    of = claim(ana, case(1))
    decide(ana, of, {accounts(of)[0]: Ruling("protect", "at_risk_child", support_message=True)}, "she is sixteen")
    message = Effect.objects.get(kind="support_message")
    assert message.details == {"message": "support.neutral"}
