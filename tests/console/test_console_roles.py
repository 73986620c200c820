"""Every page against every role, in one table; every view must stand in it."""

import pytest
from django.test import Client
from django.urls import reverse
from django.urls.resolvers import URLPattern

from console.invented import WORDS, account_id, case
from console.scene import run_with_terms
from seawall.cases.actor import Actor, Door
from seawall.cases.commands.proposals import propose
from seawall.cases.models import AuditEntry, Case, Person, Proposal
from seawall.console.urls import urlpatterns

V, A, L, T, M = "viewer", "analyst", "lead", "terms", "admin"
ALL = {V, A, L, T, M}
TABLE = {
    "home": ("get", ALL),
    "sign-out": ("post", ALL),
    "stay": ("post", ALL),
    "queue": ("get", {A, L}),
    "take-next": ("post", {A, L}),
    "keep-filter": ("post", {A, L}),
    "drop-filter": ("post", {A, L}),
    "case": ("get", {V, A, L}),
    "members": ("get", {V, A, L}),
    "drawn": ("get", {V, A, L}),
    "claim": ("post", {A, L}),
    "release": ("post", {A, L}),
    "skip": ("post", {A, L}),
    "hand-over": ("post", {A, L}),
    "route": ("post", {A, L}),
    "full-view": ("post", {A, L}),
    "escalate": ("post", {A, L}),
    "note": ("post", {A, L}),
    "preview": ("post", {A, L}),
    "decide": ("post", {A, L}),
    "account": ("get", {V, A, L}),
    "reveal": ("post", {A, L}),
    "close-look": ("post", {A, L}),
    "judge": ("post", {A, L}),
    "proposals": ("get", {A, L, T}),
    "proposal": ("get", {A, L, T}),
    "see-evidence": ("post", {A, L, T}),
    "decide-proposal": ("post", {A, L, T}),
    "withdraw-proposal": ("post", {A, L, T}),
    "review-proposal": ("post", {A, L, T}),
    "appeals": ("get", {A, L}),
    "appeal": ("get", {A, L}),
    "take-appeal": ("post", {A, L}),
    "decide-appeal": ("post", {A, L}),
    "reports": ("get", {A, L}),
    "propose-reports": ("post", {A, L}),
    "propose-guard-off": ("post", {A, L, T}),
    "propose-purge": ("post", {A, L, T}),
    "take-review": ("post", {A, L}),
    "review": ("get", {A, L}),
    "answer-review": ("post", {A, L}),
    "terms": ("get", {L, T}),
    "reveal-term": ("post", {L, T}),
    "propose-block": ("post", {L, T}),
    "media": ("get", {V, A, L}),
    "guard": ("get", ALL),
    "try-again": ("post", {A, L}),
    "guard-on": ("post", {A, L}),
    "figures": ("get", ALL),
    "audit": ("get", {L, M}),
    "check-audit": ("post", {L, M}),
    "exposure": ("get", ALL),
    "stop": ("post", ALL),
    "people": ("get", {M}),
    "add-person": ("post", {M}),
    "reset-access": ("post", {M}),
    "set-roles": ("post", {M}),
    "set-competences": ("post", {M}),
    "set-active": ("post", {M}),
    "preferences": ("get", ALL),
}
DOOR = {"sign-in", "code", "new-password", "new-second-factor"}
"""The pages for whoever has not signed in."""


ELSEWHERE = {"home": 302, "proposal": 404, "appeal": 404, "review": 404}
"""What is answered to whoever may open a page, where it leads on, or where the scene has none of these."""


def arguments(pattern: URLPattern) -> dict[str, object]:
    """Something for every part of an address: the case and the accounts of the scene."""
    given = {"account": account_id(1, 0), "effect": "none"}
    return {name: given.get(name, 1) for name in pattern.pattern.converters}


def test_every_view_stands_in_the_table():
    assert {pattern.name for pattern in urlpatterns} == set(TABLE) | DOOR


def ask(client: Client, pattern: URLPattern):
    method, _ = TABLE[pattern.name]
    return getattr(client, method)(reverse(pattern.name, kwargs=arguments(pattern)))


@pytest.mark.parametrize("role", sorted(ALL))
def test_every_view_against_a_role(role, people, browser):
    case(3, 1)
    client = browser(role)
    found = {}
    for pattern in urlpatterns:
        if pattern.name not in DOOR and pattern.name not in {"sign-out", "stop"}:
            answer = ask(client, pattern)
            refused = answer.status_code == 403 and b"Not for you" in answer.content
            found[pattern.name] = "refused" if refused else answer.status_code
    expected = {name: opened(name) if role in TABLE[name][1] else "refused" for name in found}
    asked = {name for name in found if expected[name] is not None}
    assert {name: found[name] for name in asked} == {name: expected[name] for name in asked}
    assert "refused" not in {found[name] for name in found.keys() - asked}


def opened(name: str):
    """What whoever may open a page is answered; None for a command, which then asks the data."""
    return ELSEWHERE.get(name, 200) if TABLE[name][0] == "get" else None


def state() -> tuple[list[dict], list[dict]]:
    """What a command could change."""
    people = Person.objects.order_by("pk").values(
        "pk", "roles", "is_active", "password", "competences", "second_factor"
    )
    return list(Case.objects.order_by("pk").values()), list(people)


def test_a_refused_command_changed_nothing(people, browser):
    one = case(3, 1)
    client = browser("viewer")
    before = state()
    told = {"text": "a remark", "reason": "a reason", "roles": ["lead"], "purpose": "to see", "opinion": "an opinion"}
    for pattern in urlpatterns:
        if pattern.name not in DOOR and TABLE[pattern.name][0] == "post" and V not in TABLE[pattern.name][1]:
            client.post(reverse(pattern.name, kwargs=arguments(pattern)), told)
    assert state() == before
    assert not one.notes.exists()
    assert set(AuditEntry.objects.filter(pseudonym="reviewer-viewer").values_list("action", flat=True)) == {"signed in"}


def test_nobody_gets_in_without_signing_in(database):
    case(3, 1)
    client = Client(headers={"host": "localhost"})
    for pattern in urlpatterns:
        if pattern.name not in DOOR:
            answer = ask(client, pattern)
            assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/sign-in/"), pattern.name


def test_a_change_is_never_a_get(browser):
    browsers = {role: browser(role) for role in sorted(ALL)}
    for pattern in urlpatterns:
        if TABLE.get(pattern.name, ("", ()))[0] == "post":
            role = min(TABLE[pattern.name][1])
            answer = browsers[role].get(reverse(pattern.name, kwargs=arguments(pattern)))
            assert answer.status_code == 405, pattern.name


def test_the_data_are_asked_too(people, browser):
    """A page's permission is not enough: a stream that somebody has not opted into stays shut."""
    one = case(3, 1, stream="children")
    people["analyst"].streams = ["networks"]
    people["analyst"].save()
    client = browser("analyst")
    item = one.items.first()
    for name in ("case", "members", "drawn"):
        assert client.get(reverse(name, args=[one.pk])).status_code == 404
    for name in ("claim", "skip", "escalate", "note", "preview", "decide"):
        assert client.post(reverse(name, args=[one.pk])).status_code == 404
    assert client.post(reverse("reveal", args=[one.pk, item.pk]), {"purpose": "to see"}).status_code == 404


def test_a_text_is_reached_through_its_own_case_alone(people, browser):
    one, other = case(3, 1), case(3, 2)
    client = browser("analyst")
    client.post(reverse("claim", args=[one.pk]))
    item = other.items.first()
    assert client.post(reverse("reveal", args=[one.pk, item.pk]), {"purpose": "to see"}).status_code == 404


def test_nobody_opens_a_proposal_that_is_not_theirs(people, browser):
    lead = Actor(people["lead"], Door.CONSOLE)
    proposal = propose(lead, "guard_off", {"why": "a broken index"}, "It refuses everyone.")
    assert browser("terms").get(reverse("proposal", args=[proposal.pk])).status_code == 404


def test_a_block_takes_hashtags_alone(people, browser, database):
    run_with_terms(database.home)
    client = browser("terms")
    client.post("/terms/blocks/", {"term": ["t000", "t002"], "opinion": "Used by sellers alone."})
    assert not Proposal.objects.exists()
    client.post("/terms/blocks/", {"term": ["t000", "t001"], "opinion": "Used by sellers alone."})
    proposal = Proposal.objects.get()
    assert proposal.subject["terms"] == ["t000", "t001"]
    assert proposal.subject["innocent_accounts"] == 1 + 18


def test_reading_a_term_takes_a_purpose_and_is_written_down(people, browser, database):
    run_with_terms(database.home)
    client = browser("terms")
    assert client.post("/terms/read/", {"term": "t000", "purpose": ""}).status_code == 403
    assert client.post("/terms/read/", {"term": "t000", "purpose": "Judging it"}).json()["text"] == WORDS[0]
    assert AuditEntry.objects.get(action="revealed term").purpose == "Judging it"
