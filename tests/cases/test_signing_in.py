"""Signing in takes a password and a code; both are hard to guess."""

from datetime import timedelta

import pyotp
import pytest
from django.utils import timezone
from working import person

from seawall.cases.commands.people import reset_access
from seawall.cases.commands.signing_in import (
    FAILURES,
    check_code,
    check_password,
    confirm_second_factor,
    new_second_factor,
)
from seawall.cases.models import AuditEntry, Person
from seawall.records.errors import Refused


@pytest.fixture
def secret(ana):
    """Ana's second factor, freshly set up."""
    ana.person.set_password("gluv bexit mora")
    ana.person.second_factor = ""
    ana.person.save()
    secret = new_second_factor()
    earlier = timezone.now() - timedelta(seconds=30)
    confirm_second_factor(ana, secret, pyotp.TOTP(secret).at(earlier))
    return secret


def test_a_right_password_and_code_are_taken(secret):
    check_code(check_password("ana", "gluv bexit mora"), pyotp.TOTP(secret).now())


def test_a_code_serves_once(secret, ana):
    code = pyotp.TOTP(secret).now()
    check_code(ana.person, code)
    with pytest.raises(Refused):
        check_code(ana.person, code)


def test_the_secret_is_sealed(secret):
    assert secret not in Person.objects.get(name="ana").second_factor


def test_an_unknown_name_and_a_wrong_password_sound_alike(secret):
    with pytest.raises(Refused) as unknown:
        check_password("nobody", "gluv bexit mora")
    with pytest.raises(Refused) as wrong:
        check_password("ana", "wrong")
    assert str(unknown.value) == str(wrong.value)


def test_wrong_passwords_lock_for_a_while(secret):
    for _ in range(FAILURES):
        with pytest.raises(Refused):
            check_password("ana", "wrong")
    with pytest.raises(Refused):
        check_password("ana", "gluv bexit mora")
    assert AuditEntry.objects.filter(action="locked").count() == 1
    Person.objects.update(locked_until=timezone.now())
    assert check_password("ana", "gluv bexit mora")


def test_whoever_knows_the_password_cannot_try_codes_for_ever(secret):
    for _ in range(FAILURES):
        known = check_password("ana", "gluv bexit mora")
        with pytest.raises(Refused):
            check_code(known, "000000")
    with pytest.raises(Refused):
        check_password("ana", "gluv bexit mora")


def test_a_second_factor_is_not_replaced_by_its_owner(secret, ana):
    ana.person.refresh_from_db()
    with pytest.raises(Refused, match="administrator"):
        confirm_second_factor(ana, new := new_second_factor(), pyotp.TOTP(new).now())


def test_an_administrator_resets_access_and_never_their_own(secret, ana):
    from seawall.cases.actor import Actor, Door

    root = Actor(person("root", "admin"), Door.CONSOLE)
    password = reset_access(root, ana.person)
    assert check_password("ana", password).must_change_password
    with pytest.raises(Refused, match="their own"):
        reset_access(root, root.person)
