"""What a browser is told, what a form must bring, and what text can never do."""

import os
import subprocess
import sys

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from console.invented import case
from console.signing import sign_in
from console.test_console_roles import arguments
from seawall.cases.actor import Actor, Door
from seawall.cases.commands.proposals import propose
from seawall.cases.models import AuditEntry, Decision, Item, Member, Note, Reveal, SecondReview
from seawall.cases.sealing import seal_text
from seawall.console.urls import urlpatterns

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def analyst(people) -> Client:
    return sign_in(people["analyst"])


def test_every_answer_is_strict(analyst):
    for path in ("/sign-in/", "/queue/", "/static/console/keys.js", "/nowhere/", "/audit/"):
        headers = analyst.get(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"], path
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Frame-Options"] == "DENY", path
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", path
        assert headers["Referrer-Policy"] == "same-origin", path


def test_no_page_is_kept_by_a_cache(analyst):
    assert analyst.get("/queue/").headers["Cache-Control"] == "no-store"


def test_pages_hold_no_inline_script_or_style(people):
    one = case(5, 1)
    clients = {role: sign_in(people[role]) for role in ("lead", "admin")}
    pages = ["/queue/", f"/cases/{one.pk}/", f"/cases/{one.pk}/map/", "/approvals/", "/figures/", "/exposure/"]
    pages += ["/terms/", "/media/", "/audit/", "/preferences/"]
    for page in pages:
        text = clients["lead"].get(page).content.decode()
        assert " style=" not in text, page
        assert "<style" not in text, page
        assert " onclick=" not in text, page
        assert text.count("<script") == text.count("<script src="), page


def test_cookies_are_kept_from_scripts_and_other_sites(analyst):
    analyst.get("/queue/")
    for cookie in analyst.cookies.values():
        assert cookie["httponly"]
        assert cookie["samesite"] == "Strict"


def test_a_form_from_elsewhere_is_refused_on_every_page(people):
    case(3, 1)
    before = AuditEntry.objects.count()
    for role in sorted(people):
        client = sign_in(people[role])
        before += 1
        strict = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
        strict.cookies = client.cookies
        for pattern in urlpatterns:
            answer = strict.post(reverse(pattern.name, kwargs=arguments(pattern)), {"text": "a remark"})
            assert answer.status_code == 403, pattern.name
            assert b"CSRF" in answer.content, pattern.name
    assert AuditEntry.objects.count() == before


def test_a_form_with_its_own_token_is_taken(people):
    strict = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    strict.cookies = sign_in(people["analyst"]).cookies
    one = case(3, 1)
    page = strict.get(f"/cases/{one.pk}/").content.decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    strict.post(f"/cases/{one.pk}/notes/", {"text": "a remark", "csrfmiddlewaretoken": token})
    assert Note.objects.get().text == "a remark"


def test_a_text_that_is_a_script_is_never_run_even_without_script(people):
    one, client = case(3, 1), sign_in(people["analyst"])
    client.post(f"/cases/{one.pk}/claim/")
    item = one.items.order_by("severity").first()
    Item.objects.filter(pk=item.pk).update(sealed=seal_text(SCRIPT))
    page = client.post(f"/cases/{one.pk}/texts/{item.pk}/", {"purpose": "To decide"}).content.decode()
    assert "&lt;script&gt;" in page
    assert SCRIPT not in page


def looked_at(people, one) -> Reveal:
    """Another person's look at a text of a case."""
    item, now = one.items.first(), timezone.now()
    told = {"digest": item.digest, "severity": 1, "purpose": "To decide", "at": now}
    return Reveal.objects.create(person=people["lead"], item=item, case=one, **told)


def test_nobody_reaches_what_is_another_persons(people):
    """A number in an address is no key: looks, reviews and proposals of others answer as if they were not there."""
    one, client = case(3, 1), sign_in(people["analyst"])
    look = looked_at(people, one)
    decision = Decision.objects.create(case=one, by=people["viewer"], at=timezone.now(), reason="they sell")
    asked = {"accounts": ["x"], "by": people["lead"], "asked_at": timezone.now()}
    review = SecondReview.objects.create(decision=decision, **asked)
    proposal = propose(Actor(people["lead"], Door.CONSOLE), "report", {"about": "it"}, "They sell.", case=one)
    client.post(f"/cases/{one.pk}/texts/{look.item_id}/{look.pk}/", {"milliseconds": "900"})
    client.get(f"/reviews/{review.pk}/")
    client.post(f"/reviews/{review.pk}/answer/", {"account:x": "clear"})
    client.post(f"/approvals/{proposal.pk}/withdraw/")
    client.post(
        f"/approvals/{proposal.pk}/decide/", {"digest": proposal.digest, "opinion": "Yes.", "answer": "approve"}
    )
    for row in (look, review, proposal):
        row.refresh_from_db()
    assert (look.seconds, review.answered_at, proposal.state) == (None, None, "open")


@pytest.mark.parametrize("path", ["/queue/?reason={0}&language={0}", "/audit/?who={0}&what={0}", "/sign-in/?next={0}"])
def test_what_an_address_says_is_never_run(people, path):
    page = sign_in(people["lead"]).get(path.format(SCRIPT)).content.decode()
    assert SCRIPT not in page


def test_what_people_and_platforms_write_is_never_run(analyst):
    one = case(3, 1, escalated=SCRIPT, reasons=[SCRIPT], language='"><img>')
    member = one.members.first()
    Member.objects.filter(pk=member.pk).update(
        evidence=[{"family": SCRIPT, "says": SCRIPT, "adds": 1.0}], account_id='"><svg/onload=1>'
    )
    analyst.post(f"/cases/{one.pk}/notes/", {"text": SCRIPT})
    assert Note.objects.get().text == SCRIPT
    for path in (f"/cases/{one.pk}/", f"/cases/{one.pk}/map/", "/queue/"):
        page = analyst.get(path).content.decode()
        assert SCRIPT not in page, path
        assert "<svg/onload" not in page, path
        assert "<img>" not in page, path


def test_a_name_that_is_a_script_is_never_run(people):
    admin = sign_in(people["admin"])
    admin.post("/people/add/", {"name": SCRIPT, "roles": ["viewer"]})
    assert SCRIPT not in admin.get("/people/").content.decode()


def test_an_unknown_host_is_refused(database):
    assert Client(headers={"host": "evil.example"}).get("/sign-in/").status_code == 400


def ask_django(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    ours = ("SEAWALL_", "DJANGO_ALLOW_ASYNC")  # the latter is the browser tests' own
    told = {name: value for name, value in os.environ.items() if not name.startswith(ours)} | environment
    return subprocess.run(
        [sys.executable, "-m", "django", *arguments], env=told, capture_output=True, text=True, check=False
    )


def test_the_production_settings_pass_every_check_of_django(tmp_path):
    secret = "an invented secret of tests, of more than fifty characters: " + "zorvel miquat hulpen"
    done = ask_django("check", "--deploy", "--fail-level", "WARNING", SEAWALL_HOME=str(tmp_path), SEAWALL_SECRET=secret)
    assert (done.returncode, done.stdout) == (0, "System check identified no issues (0 silenced).\n"), done.stderr


def test_there_is_no_default_secret(tmp_path):
    done = ask_django("check", "--deploy", "--fail-level", "WARNING", SEAWALL_HOME=str(tmp_path))
    assert done.returncode != 0
    assert "SECRET_KEY" in done.stderr
