"""Signing in: password, lockout, and codes that serve once.

Time-based one-time passwords as in RFC 6238, one step of tolerance to either side.
"""

from datetime import timedelta

import pyotp
from django.db import transaction
from django.utils import timezone

from seawall.cases.actor import Actor, Door
from seawall.cases.audit import record
from seawall.cases.models import Person
from seawall.cases.sealing import seal_text, unseal_text
from seawall.records.errors import Refused

FAILURES = 5
LOCKED = timedelta(minutes=15)
_STEP = 30  # seconds that a code lives
_NO = "Name, password or code is not right, or the account is locked for a while."


def check_password(name: str, password: str) -> Person:
    """The person, if the password is theirs; raises Refused, and locks after five failures in a row."""
    with transaction.atomic():
        person = Person.objects.select_for_update().filter(name=name, is_active=True).first()
        if person is None:
            Person().set_password(password)  # so that an unknown name takes as long
            right = False
        else:
            right = not _locked(person) and person.check_password(password)
            if not (right and person.second_factor):  # a right password must not wash away wrong codes
                _count(person, "password", right=right)
    if person is None or not right:
        raise Refused(_NO)
    return person


def check_code(person: Person, code: str) -> None:
    """Use up a code of the second factor; raises Refused for a wrong, old or used one."""
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person.pk)
        step = (
            0 if _locked(person) else _step_of(unseal_text(person.second_factor) if person.second_factor else "", code)
        )
        right = step > person.second_factor_step
        if right:
            person.second_factor_step = step
            person.save(update_fields=["second_factor_step"])
        _count(person, "code", right=right)
    if not right:
        raise Refused(_NO)


def new_second_factor() -> str:
    """A fresh secret to show once; `confirm_second_factor` keeps it."""
    return pyotp.random_base32()


@transaction.atomic
def confirm_second_factor(actor: Actor, secret: str, code: str) -> Person:
    """Keep a second factor, once a code proves that the person has it."""
    person = actor.somebody
    if person.second_factor:
        raise Refused("There is a second factor already; an administrator resets it.")
    step = _step_of(secret, code)
    if not step:
        raise Refused("The code does not belong to this secret, or the device's clock is wrong. Try the next code.")
    person.second_factor, person.second_factor_step = seal_text(secret), step
    person.save(update_fields=["second_factor", "second_factor_step"])
    record(actor, "set up second factor", person)
    return person


@transaction.atomic
def change_password(actor: Actor, password: str) -> Person:
    """Replace one's own password; the caller has validated it."""
    person = actor.somebody
    person.set_password(password)
    person.must_change_password = False
    person.save(update_fields=["password", "must_change_password"])
    record(actor, "changed password", person)
    return person


@transaction.atomic
def signed_in(actor: Actor) -> None:
    """Write down that a session began."""
    record(actor, "signed in", actor.somebody)


@transaction.atomic
def signed_out(actor: Actor) -> None:
    """Write down that a session ended."""
    record(actor, "signed out", actor.somebody)


def _locked(person: Person) -> bool:
    return person.locked_until is not None and person.locked_until > timezone.now()


def _count(person: Person, what: str, *, right: bool) -> None:
    if _locked(person):
        return
    person.failures = 0 if right else person.failures + 1
    if person.failures >= FAILURES:
        person.failures, person.locked_until = 0, timezone.now() + LOCKED
        record(Actor(person, Door.CONSOLE), "locked", person, details={"wrong": what})
    person.save(update_fields=["failures", "locked_until"])


def _step_of(secret: str, code: str) -> int:
    """The time step that a code belongs to; 0 for none near now."""
    if not secret:
        return 0
    now, totp = int(timezone.now().timestamp()) // _STEP, pyotp.TOTP(secret)
    return next(
        (step for step in (now - 1, now, now + 1) if pyotp.utils.strings_equal(totp.generate_otp(step), code)), 0
    )
