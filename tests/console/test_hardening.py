"""What a browser is told, what a form must bring, and what text can never do."""

import os
import subprocess
import sys

import pytest
from django.test import Client

from console.invented import case
from console.signing import sign_in
from seawall.cases.models import Member, Note

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


def test_a_form_from_elsewhere_is_refused(people):
    client = sign_in(people["analyst"])
    one = case(3, 1)
    strict = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    strict.cookies = client.cookies
    for path in (f"/cases/{one.pk}/claim/", "/sign-out/", "/exposure/stop/", "/preferences/"):
        assert strict.post(path).status_code == 403, path


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
