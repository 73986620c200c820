"""An erased account is nowhere in the database, and the audit log stays whole."""

from datetime import timedelta

import numpy as np
import pytest
from django.apps import apps
from django.db import connection, connections
from django.utils import timezone
from working import accounts, case, item, rulings

from seawall.cases.commands.decisions import decide, propose_takedown
from seawall.cases.commands.enacting import Ruling
from seawall.cases.commands.erasure import PREFIX, erase_account
from seawall.cases.commands.exposure import close, reveal
from seawall.cases.commands.queue import claim
from seawall.cases.commands.work import add_note
from seawall.cases.models import AccountDecision, AuditEntry, Item, Member, Shared
from seawall.cases.ties import keep_ties, ties_of
from seawall.cases.verdicts import verdicts
from seawall.cases.verifying import verify
from seawall.effects.models import Effect
from seawall.records.errors import Refused


@pytest.fixture
def one(ana):
    """A decided case of three, in which much names its seller."""
    made = claim(ana, case(3))
    seller, *others = accounts(made)
    Member.objects.filter(account_id=others[0]).update(
        evidence=[{"family": "contact", "says": f"writes to {seller}, who sells", "adds": 1.0}]
    )
    Shared.objects.create(case=made, kind="link", subject_id="l", accounts=accounts(made))
    keep_ties(made, accounts(made), np.array([[0, 1], [1, 2]]), np.ones(2, np.float32))
    shown = reveal(ana, item(made, f"gluv of {seller}"), "who sells")
    close(ana, shown.reveal, 1.0)
    add_note(ana, made, f"{seller} and {seller}-x are two")
    decide(ana, made, {name: Ruling("restrict", "buyer") for name in accounts(made)}, f"as {seller} says")
    Effect.objects.update(state="done", done_at=timezone.now())
    return made


def everything() -> str:
    """Every value of every row, as text."""
    told = [list(model.objects.values_list()) for model in apps.get_models() if model._meta.app_label != "contenttypes"]
    return repr(told)


def test_the_account_is_nowhere_any_more(one):
    seller = accounts(one)[0]
    assert f"'{seller}'" in everything()
    erased = erase_account([seller, "0123456789abcdef"])
    assert erased.name.startswith(PREFIX)
    left = everything().replace(f"{seller}-x", "")
    assert seller not in left
    assert erased.name in left
    assert erased.texts == 1
    assert not Item.objects.exists()


def test_other_accounts_are_as_they_were(one):
    seller, other, third = accounts(one)
    erase_account([seller])
    assert ties_of(one, {other: 0, third: 1})[0].tolist() == [[0, 1]]
    assert Shared.objects.get().accounts[1:] == [other, third]
    assert set(AccountDecision.objects.filter(standing=True).values_list("account_id", flat=True)) >= {other, third}
    assert len(verdicts()) == 2


def test_a_longer_id_that_begins_alike_is_another_account(one):
    seller = accounts(one)[0]
    erase_account([seller])
    assert f"{seller}-x are two" in one.notes.get().text


def test_the_audit_log_stays_whole_and_says_that_it_happened(one):
    before = list(AuditEntry.objects.order_by("sequence").values())
    erased = erase_account([accounts(one)[0]])
    after = list(AuditEntry.objects.order_by("sequence").values())
    assert after[:-1] == before
    assert (after[-1]["action"], after[-1]["subject"]) == ("erased account", erased.name)
    assert verify().faults == ()


def test_a_case_whose_last_undecided_account_is_erased_is_closed(ana):
    made = claim(ana, case(2))
    seller, other = accounts(made)
    decide(ana, made, {other: Ruling("clear", "bystander")}, "nobody sells")
    Effect.objects.update(state="done")
    erase_account([seller])
    made.refresh_from_db()
    assert (made.state, made.size, made.undecided) == ("closed", 1, 0)


@pytest.mark.parametrize("waits", ["effect", "proposal", "appeal"])
def test_nothing_is_erased_while_something_waits(waits, ana, one):
    from seawall.cases.models import Appeal

    seller, now = accounts(one)[0], timezone.now()
    if waits == "effect":
        Effect.objects.filter(subject_id=seller, kind="restrict").update(state="waiting")
    elif waits == "proposal":
        propose_takedown(ana, of := case(2), rulings(of, "remove"), "they sell")
        seller = accounts(of)[0]
    else:
        told = {"reference": "r", "received_at": now, "answer_by": now + timedelta(days=7)}
        Appeal.objects.create(account_id=seller, **told)
    before = everything()
    with pytest.raises(Refused):
        erase_account([seller])
    assert everything() == before


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_file_of_the_database_does_not_hold_it_either(one, database):
    seller = accounts(one)[0]
    connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert seller.encode() in (database.home / "seawall.db").read_bytes()
    one.notes.update(text="two of them")
    erase_account([seller])
    connections.close_all()
    files = [path.read_bytes() for path in database.home.rglob("*") if path.is_file()]
    assert not any(seller.encode() in content for content in files)
