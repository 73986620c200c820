"""People at the console, and cases for them."""

import itertools
from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.utils import timezone

import databases  # noqa: F401  Django is set up before its tables are imported
from seawall.cases.actor import SECOND_FACTOR_KEY, Actor, at_console
from seawall.cases.commands.enacting import Ruling
from seawall.cases.models import Case, Item, Member, Person
from seawall.cases.sealing import seal_text, text_digest

STREAMS = ["children", "networks", "spread"]
_numbers = itertools.count(1)


def person(name: str, *roles: str, **told: object) -> Person:
    """Somebody who has been here for a while, with a second factor and every stream."""
    given = {"pseudonym": f"reviewer-{name}", "streams": STREAMS, "second_factor": "set up"}
    given |= {"created_at": timezone.now() - timedelta(days=30), **told}
    return Person.objects.create(name=name, roles=list(roles), **given)


def signed_in(somebody: Person, *, second_factor: bool = True) -> Actor:
    """A session of theirs, as the console makes it."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(somebody.pk)
    if "begun_at" in {field.name for field in store.model._meta.fields}:
        store["begun_at"] = timezone.now().isoformat()
    if second_factor:
        store[SECOND_FACTOR_KEY] = str(somebody.pk)
    store.create()
    return at_console(somebody, store.session_key)


def case(size: int = 3, *, network: str = "", **told: object) -> Case:
    """An open case whose first member is a seller, the others buyers."""
    number = next(_numbers)
    now = timezone.now()
    made = Case.objects.create(
        network_id=network or f"network-{number}",
        **{"opened_at": now, "changed_at": now, "size": size, "undecided": size, "risk": 0.9, **told},
    )
    roles = ["seller"] + ["buyer"] * (size - 1)
    evidence = [{"family": "terms", "says": "names terms", "adds": 2.0}, {"family": "offers", "says": "x", "adds": 1.0}]
    Member.objects.bulk_create(
        Member(
            case=made,
            account_id=f"account-{number}-{place}",
            role=role,
            risk=0.95,
            evidence=evidence,
            first_seen=now,
            last_seen=now,
        )
        for place, role in enumerate(roles)
    )
    return made


def accounts(of: Case) -> list[str]:
    return sorted(of.members.values_list("account_id", flat=True))


def rulings(of: Case, action: str, role: str = "seller") -> dict[str, Ruling]:
    return {account: Ruling(action, role) for account in accounts(of)}


def item(of: Case, text: str, severity: int = 1) -> Item:
    """A text of the case's first member."""
    account = accounts(of)[0]
    return Item.objects.create(
        case=of, account_id=account, kind="post", digest=text_digest(text), severity=severity, sealed=seal_text(text)
    )
