"""The door: two factors, lockout, sessions that end, and nowhere else to be led."""

from datetime import timedelta

import pyotp
import pytest
from django.test import Client
from django.utils import timezone

from console.invented import PASSWORD, person
from console.signing import code_of, give_second_factor, sign_in
from seawall.cases.commands.people import add_first_administrator
from seawall.cases.models import AuditEntry, Person
from seawall.console.models import Session


@pytest.fixture
def mika(database) -> Person:
    made = person("mika", "analyst")
    give_second_factor(made)
    return made


def browser(**options) -> Client:
    return Client(headers={"host": "localhost"}, **options)


def give_password(client: Client, password: str = PASSWORD, address: str = "/sign-in/"):
    return client.post(address, {"name": "mika", "password": password})


def test_a_password_alone_opens_nothing(mika):
    client = browser()
    assert give_password(client)["Location"] == "/sign-in/code/"
    assert client.get("/queue/")["Location"].startswith("/sign-in/")


def test_a_code_serves_once(mika):
    sign_in(mika)
    client = browser()
    give_password(client)
    mika.refresh_from_db()
    used = pyotp.TOTP(pyotp.random_base32()).at(0)
    answer = client.post("/sign-in/code/", {"code": used})
    assert answer.status_code == 422


def test_every_wrong_way_in_reads_the_same(mika):
    wrong = give_password(browser(), "not the password").content
    unknown = browser().post("/sign-in/", {"name": "nobody", "password": PASSWORD}).content
    said = [page.decode().split('role="alert">')[1].split("</div>")[0] for page in (wrong, unknown)]
    assert said[0] == said[1]


def test_five_failures_lock_the_name_even_for_the_right_password(mika):
    for _ in range(5):
        give_password(browser(), "not the password")
    assert give_password(browser()).status_code == 422
    assert AuditEntry.objects.filter(action="locked").count() == 1


def test_codes_cannot_be_guessed_by_giving_the_password_again(mika):
    for _ in range(6):
        client = browser()
        give_password(client)
        client.post("/sign-in/code/", {"code": "000000"})
    assert give_password(browser()).status_code == 422


def test_signing_in_changes_the_key_of_the_session(mika):
    client = browser()
    client.get("/sign-in/")
    client.cookies["seawall"] = "a-key-that-somebody-planted"
    give_password(client)
    half_way = client.cookies["seawall"].value
    client.post("/sign-in/code/", {"code": code_of(mika)})
    assert len({"a-key-that-somebody-planted", half_way, client.cookies["seawall"].value}) == 3
    assert not Session.objects.filter(session_key=half_way).exists()


def test_signing_out_ends_the_session_on_the_server(mika):
    client = sign_in(mika)
    key = client.cookies["seawall"].value
    client.post("/sign-out/")
    assert not Session.objects.filter(session_key=key).exists()
    stolen = browser()
    stolen.cookies["seawall"] = key
    assert stolen.get("/queue/").status_code == 302


@pytest.mark.parametrize("field", ["used_at", "begun_at"])
def test_a_session_ends_by_idleness_and_by_age(mika, field):
    client = sign_in(mika)
    session = client.session
    session[field] = (timezone.now() - timedelta(hours=9)).isoformat()
    session.save()
    assert client.get("/queue/")["Location"] == "/sign-in/?next=%2Fqueue%2F"


def test_a_third_session_ends_the_first(mika):
    clients = []
    for _ in range(3):
        Person.objects.update(second_factor_step=0)
        clients.append(sign_in(mika))
    assert [client.get("/queue/").status_code for client in clients] == [302, 200, 200]


@pytest.mark.parametrize("password", [False, True])
def test_whoever_is_shut_out_or_reset_is_out_at_once(mika, password):
    client = sign_in(mika)
    if password:
        mika.refresh_from_db()
        mika.set_password("another password of tests")
        mika.save()
    else:
        Person.objects.update(is_active=False)
    assert client.get("/queue/").status_code == 302


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "http:evil"]
)
def test_the_way_in_leads_nowhere_else(mika, elsewhere):
    client = browser()
    give_password(client, address=f"/sign-in/?next={elsewhere}")
    assert client.post("/sign-in/code/", {"code": code_of(mika)})["Location"] == "/"


def test_the_way_in_leads_back_to_the_page_that_was_asked_for(mika):
    client = browser()
    give_password(client, address="/sign-in/?next=/exposure/")
    assert client.post("/sign-in/code/", {"code": code_of(mika)})["Location"] == "/exposure/"


def test_the_first_administrator_comes_in_with_the_one_time_password(database):
    _, once = add_first_administrator("root")
    client = browser()
    assert client.post("/sign-in/", {"name": "root", "password": once})["Location"] == "/sign-in/password/"
    kept = {"first": once, "again": once}
    assert client.post("/sign-in/password/", kept).status_code == 422
    own = {"first": "seven small grey herons", "again": "seven small grey herons"}
    assert client.post("/sign-in/password/", own)["Location"] == "/sign-in/second-factor/"
    page = client.get("/sign-in/second-factor/").content.decode()
    secret = page.split("<code>")[1].split("</code>")[0].replace(" ", "")
    done = client.post("/sign-in/second-factor/", {"code": pyotp.TOTP(secret).at(timezone.now())})
    assert done["Location"] == "/"
    assert client.get("/people/").status_code == 200
    assert client.post("/sign-in/", {"name": "root", "password": once}).status_code == 422


def test_a_weak_password_is_refused(database):
    _, once = add_first_administrator("harbour-keeper")
    client = browser()
    client.post("/sign-in/", {"name": "harbour-keeper", "password": once})
    for weak in ("short", "password1234", "harbour-keeper"):
        assert client.post("/sign-in/password/", {"first": weak, "again": weak}).status_code == 422


def test_the_second_factor_is_stored_sealed(mika):
    mika.refresh_from_db()
    assert mika.second_factor.startswith("sealed:")
