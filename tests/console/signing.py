"""Signing in as a person does, with both factors."""

import pyotp
from django.test import Client
from django.utils import timezone

import databases  # noqa: F401  sets Django up, before any of its tables is imported
from console.invented import PASSWORD
from seawall.cases.models import Person
from seawall.cases.sealing import seal_text

SECRETS: dict[str, str] = {}


def give_second_factor(person: Person) -> str:
    """Set up a second factor whose secret the test knows."""
    secret = SECRETS.setdefault(person.name, pyotp.random_base32())
    person.second_factor, person.second_factor_step = seal_text(secret), 0
    person.save(update_fields=["second_factor", "second_factor_step"])
    return secret


def code_of(person: Person) -> str:
    """A code that is good now."""
    return pyotp.TOTP(SECRETS[person.name]).at(timezone.now())


def sign_in(person: Person) -> Client:
    """A browser in which this person has given both factors."""
    give_second_factor(person)
    client = Client(headers={"host": "localhost"})
    client.post("/sign-in/", {"name": person.name, "password": PASSWORD})
    answer = client.post("/sign-in/code/", {"code": code_of(person)})
    assert answer.status_code == 302, answer.content.decode()
    return client
