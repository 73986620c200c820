"""A lead asks for the guard to be off, or for the vault to be purged; others may not."""

import pytest

from console.invented import case
from seawall.cases.models import AuditEntry, Proposal
from seawall.effects.models import Effect

WHY = {"opinion": "It refuses everyone since noon.", "how": "propose"}
PURGE = {"case": "C-1", "opinion": "Its time is over."}


def test_a_lead_proposes_to_switch_the_guard_off(browser):
    client = browser("lead")
    client.post("/guard/off/", WHY)
    proposal = Proposal.objects.get()
    assert (proposal.kind, proposal.state, proposal.proposed_through) == ("guard_off", "open", "console")
    assert not Effect.objects.exists()
    page = client.get("/guard/").content.decode()
    assert f"/approvals/{proposal.pk}/" in page
    assert "/guard/off/" not in page


def test_a_second_person_switches_it_off(browser, people, other_lead):
    browser("lead").post("/guard/off/", WHY)
    proposal = Proposal.objects.get()
    other_lead.post(f"/approvals/{proposal.pk}/evidence/", {"purpose": "Second person"})
    told = {"digest": proposal.digest, "opinion": "So it is.", "answer": "approve"}
    other_lead.post(f"/approvals/{proposal.pk}/decide/", told)
    assert set(Effect.objects.values_list("kind", flat=True)) == {"guard_off"}


def test_it_is_asked_for_once(browser):
    client = browser("lead")
    client.post("/guard/off/", WHY)
    page = client.post("/guard/off/", WHY, follow=True).content.decode()
    assert "It is proposed already" in page
    assert Proposal.objects.count() == 1


@pytest.mark.parametrize("address", ["/guard/off/", "/reports/vault/"])
def test_it_takes_a_reason(browser, address):
    case(3, 1)
    browser("lead").post(address, {**PURGE, "opinion": "  "})
    assert not Proposal.objects.exists()


@pytest.mark.parametrize("role", ["analyst", "terms", "viewer", "admin"])
def test_nobody_but_a_lead_asks(browser, role):
    case(3, 1)
    client = browser(role)
    client.post("/guard/off/", {**WHY, "how": "alone"})
    client.post("/guard/off/", WHY)
    client.post("/reports/vault/", PURGE)
    assert not Proposal.objects.exists()
    assert "/guard/off/" not in client.get("/guard/").content.decode()
    assert "/reports/vault/" not in client.get("/reports/").content.decode()


def test_alone_it_is_off_at_once_and_waits_for_a_review(browser):
    browser("lead").post("/guard/off/", {**WHY, "how": "alone"})
    proposal = Proposal.objects.get()
    assert (proposal.emergency, proposal.state, proposal.reviewed_at) == (True, "approved", None)
    assert set(Effect.objects.values_list("kind", flat=True)) == {"guard_off"}
    assert AuditEntry.objects.filter(action="acted alone").exists()


def test_one_person_switches_it_on_again(browser):
    browser("lead").post("/guard/off/", {**WHY, "how": "alone"})
    client = browser("analyst")
    assert "The guard is switched off" in client.get("/guard/").content.decode()
    client.post("/guard/on/")
    client.post("/guard/on/")
    assert sorted(Effect.objects.values_list("kind", flat=True)) == ["guard_off", "guard_on"]
    assert AuditEntry.objects.filter(action="switched the guard on").count() == 1
    assert "The guard is switched off" not in client.get("/guard/").content.decode()


def test_it_can_be_switched_off_a_second_time(browser):
    client = browser("lead")
    for _ in range(2):
        client.post("/guard/off/", {**WHY, "how": "alone"})
        client.post("/guard/on/")
    assert Effect.objects.filter(kind="guard_on").count() == 2


@pytest.mark.parametrize("role", ["terms", "viewer", "admin"])
def test_who_decides_nothing_does_not_switch_it_on(browser, role):
    browser("lead").post("/guard/off/", {**WHY, "how": "alone"})
    client = browser(role)
    client.post("/guard/on/")
    assert "/guard/on/" not in client.get("/guard/").content.decode()
    assert not Effect.objects.filter(kind="guard_on").exists()


@pytest.mark.parametrize("named", ["C-1", "c-1", " 1 "])
def test_a_lead_proposes_to_purge_a_case(browser, named):
    one = case(3, 1)
    browser("lead").post("/reports/vault/", {**PURGE, "case": named, "how": "alone"})
    proposal = Proposal.objects.get()
    assert (proposal.kind, proposal.state, proposal.case_id) == ("purge", "open", one.pk)
    assert proposal.subject == {"case_id": "C-1"}
    assert not Effect.objects.exists()


@pytest.mark.parametrize("named", ["", "C-", "all", "C-2", "-1", "1" * 20])
def test_only_a_case_that_is_there_can_be_purged(browser, named):
    case(3, 1)
    page = browser("lead").post("/reports/vault/", {**PURGE, "case": named}, follow=True)
    assert page.status_code == 200
    assert not Proposal.objects.exists()


def test_a_case_of_a_stream_that_is_not_mine_cannot_be_purged(people, browser):
    case(3, 1, stream="children")
    people["lead"].streams = ["networks"]
    people["lead"].save()
    browser("lead").post("/reports/vault/", PURGE)
    assert not Proposal.objects.exists()
