"""What people do on pages besides deciding: train, route, try again, propose reports, note a full view."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from console.invented import account_id, case
from seawall.cases.actor import Actor, Door
from seawall.cases.commands.exposure import stop_for_today
from seawall.cases.models import AuditEntry, GoldCase, Person, Proposal
from seawall.console.rulings import suggestion
from seawall.disclosures.ledger import Identity, Ledger
from seawall.disclosures.media_views import viewers_of
from seawall.effects.models import Effect
from seawall.records.ids import IdKey

NOW = datetime(2026, 3, 1, tzinfo=UTC)
WHY = {"opinion": "Their posts name prices.", "how": "propose"}


def failed(**told) -> Effect:
    now = timezone.now()
    given = {"id": "e1", "kind": "remove", "subject_kind": "account", "subject_id": account_id(1, 0)}
    given |= {"sink": "files", "person": "reviewer-x", "origin": "decision:1", "state": "failed", "attempts": 1}
    return Effect.objects.create(**given | told, created_at=now, next_at=now + timedelta(hours=1))


def drafts(number: int, *, of: str = "C-1", content: bytes = b"<report/>") -> Ledger:
    """Checked drafts of reports on one case."""
    ledger = Ledger(IdKey(bytes(range(32))))
    for ordinal in range(number):
        identity = Identity("cybertip", "ncmec", "test", of, f"account-{ordinal}")
        ledger.checked(ledger.draft(identity, ordinal + 1, content, NOW), ())
    return ledger


def batch_on(page: str) -> str:
    return page.split('name="batch" value="')[1].split('"')[0]


def test_a_failed_effect_is_tried_again_from_the_page(browser):
    effect, client = failed(), browser("analyst")
    assert "Try again" in client.get("/guard/").content.decode()
    client.post(reverse("try-again", args=[effect.pk]))
    effect.refresh_from_db()
    assert effect.state == "waiting"
    assert effect.next_at <= timezone.now()
    assert AuditEntry.objects.get(action="tried effect again").subject == "effect:e1"


def test_whoever_does_not_decide_sees_no_button(browser):
    failed()
    assert "Try again" not in browser("viewer").get("/guard/").content.decode()


def test_an_effect_that_is_done_is_not_done_again(browser):
    effect = failed(state="done")
    browser("analyst").post(reverse("try-again", args=[effect.pk]))
    effect.refresh_from_db()
    assert effect.state == "done"


def test_a_routed_case_is_offered_to_the_trained_alone(people, browser):
    one = case(3, 1)
    analyst, lead = browser("analyst"), browser("lead")
    trained = reverse("set-competences", args=[people["lead"].pk])
    browser("admin").post(trained, {"competences": "payments, , minors abroad"})
    assert Person.objects.get(name="lead").competences == ["minors abroad", "payments"]
    analyst.post(reverse("claim", args=[one.pk]))
    lead.post(reverse("route", args=[one.pk]), {"competence": "payments"})
    one.refresh_from_db()
    assert one.claimed_by is None
    assert "/cases/1/" not in analyst.get("/queue/").content.decode()
    assert "C-1" in lead.get("/queue/").content.decode()


def test_nobody_is_routed_to_for_what_nobody_learnt(browser):
    one = case(3, 1)
    browser("lead").post(reverse("route", args=[one.pk]), {"competence": "payments"})
    one.refresh_from_db()
    assert one.competence == ""


def choices(one) -> dict[str, str]:
    return {f"role:{role}": suggestion(role) for role in one.roles}


def test_a_lead_keeps_a_case_with_known_answers(browser):
    one, client = case(5, 1), browser("lead")
    page = client.post(reverse("preview", args=[one.pk]), choices(one)).content.decode()
    digest = page.split('name="previewed" value="')[1].split('"')[0]
    client.post(reverse("decide", args=[one.pk]), {**choices(one), "previewed": digest, "how": "gold"})
    answers = GoldCase.objects.get().answers
    assert answers == {member.account_id: suggestion(member.role) for member in one.members.all()}


def test_an_analyst_makes_no_known_case(browser):
    one, client = case(5, 1), browser("analyst")
    page = client.post(reverse("preview", args=[one.pk]), choices(one)).content.decode()
    assert "known answers" not in page
    digest = page.split('name="previewed" value="')[1].split('"')[0]
    client.post(reverse("decide", args=[one.pk]), {**choices(one), "previewed": digest, "how": "gold"})
    assert not GoldCase.objects.exists()


def test_drafts_are_proposed_by_their_digests(browser):
    case(3, 1)
    drafts(3)
    client = browser("analyst")
    client.post("/reports/propose/", {"batch": batch_on(client.get("/reports/").content.decode()), **WHY})
    proposal = Proposal.objects.get()
    assert (proposal.kind, proposal.case_id, len(proposal.subject["disclosures"])) == ("report", 1, 3)
    assert 'name="batch"' not in client.get("/reports/").content.decode()


def test_drafts_that_changed_meanwhile_are_not_proposed(browser):
    case(3, 1)
    drafts(2)
    client = browser("analyst")
    shown = batch_on(client.get("/reports/").content.decode())
    drafts(2, content=b"<report>another</report>")
    client.post("/reports/propose/", {"batch": shown, **WHY})
    assert not Proposal.objects.exists()


def test_drafts_of_a_stream_that_is_not_mine_are_not_there(people, browser):
    case(3, 1, stream="children")
    drafts(1)
    people["analyst"].streams = ["networks"]
    people["analyst"].save()
    assert "C-1" not in browser("analyst").get("/reports/").content.decode()


@pytest.mark.parametrize(("role", "made"), [("lead", 1), ("analyst", 0)])
def test_only_a_lead_files_alone_in_an_emergency(role, made, browser):
    case(3, 1)
    drafts(1)
    client = browser(role)
    shown = batch_on(client.get("/reports/").content.decode())
    client.post("/reports/propose/", {"batch": shown, "opinion": "A child is in danger.", "how": "alone"})
    assert Proposal.objects.filter(emergency=True, state="approved").count() == made


def full_view(client, one, **told):
    return client.post(reverse("full-view", args=[one.pk]), {"media": "m-77", "purpose": "To judge the age", **told})


def test_a_full_view_is_in_the_log_before_the_file_is_opened(browser):
    one, client = case(3, 1), browser("analyst")
    full_view(client, one)
    assert viewers_of(["m-77"]) == {}
    client.post(reverse("claim", args=[one.pk]))
    full_view(client, one, purpose="")
    assert viewers_of(["m-77"]) == {}
    full_view(client, one)
    assert viewers_of(["m-77"]) == {"m-77": ("reviewer-analyst",)}


def test_nobody_opens_a_file_in_a_pause(people, browser):
    one, client = case(3, 1), browser("analyst")
    client.post(reverse("claim", args=[one.pk]))
    stop_for_today(Actor(people["analyst"], Door.CONSOLE))
    client.post(reverse("claim", args=[one.pk]))
    full_view(client, one)
    assert viewers_of(["m-77"]) == {}
