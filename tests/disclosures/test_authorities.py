"""Cases reach the authorities that must have them, and no two where one is enough."""

import json
from datetime import timedelta

import msgspec
import pytest
from disclosing import NOW

from seawall.disclosures.authorities.portal_pack import (
    Assessment,
    described,
    suggested_priority,
    write_portal_pack,
)
from seawall.disclosures.authorities.router import Registered, require_first, routes_for
from seawall.disclosures.dossier import Decision
from seawall.disclosures.example import START, example_dossier
from seawall.disclosures.ledger import Identity
from seawall.disclosures.models import State
from seawall.disclosures.vault.keys import OperatorKey
from seawall.disclosures.vault.pack import verify_pack
from seawall.records.errors import BadConfiguration, BadInput, Refused

KEY = OperatorKey(bytes(range(32)))
ASSESSED = Assessment(priority="P2", why="a child is named", by="lead")


@pytest.fixture
def dossier():
    return example_dossier(12, 3)


def accounts_in(dossier, country):
    return tuple(one.account.id for one in dossier.in_order if one.country == country)


def test_who_reports_to_ncmec_reports_once(dossier):
    (route,) = routes_for(dossier, Registered(ncmec=True, nca=True))
    assert route.authority == "ncmec"
    assert len(route.accounts) == 12


def test_without_ncmec_british_accounts_go_to_the_nca(dossier):
    (route,) = routes_for(dossier, Registered(nca=True))
    assert (route.authority, route.accounts) == ("nca", accounts_in(dossier, "GB"))


def test_other_countries_have_their_own(dossier):
    routes = routes_for(dossier, Registered(ncmec=True, others=(("DE", "bka"), ("JP", "npa"))))
    assert [route.authority for route in routes] == ["ncmec", "other:bka"]
    assert routes[1].accounts == accounts_in(dossier, "DE")


def test_a_case_that_nobody_gets_is_an_error(dossier):
    with pytest.raises(BadConfiguration, match="no authority"):
        routes_for(dossier, Registered())


@pytest.mark.parametrize(
    ("state", "refused"), [(State.SENT, True), (State.ACKNOWLEDGED, True), (State.WITHDRAWN, False)]
)
def test_an_account_goes_to_one_of_two_that_exclude_each_other(ledger, state, refused):
    first = ledger.draft(Identity("cybertip", "ncmec", "production", "c1", "u1"), 1, b"draft", NOW)
    first.state = state
    first.save()
    require_first(ledger, "ncmec", ["u1"])
    require_first(ledger, "nca", ["u2"])
    if refused:
        with pytest.raises(Refused, match="reported to ncmec"):
            require_first(ledger, "nca", ["u1"])
    else:
        require_first(ledger, "nca", ["u1"])


def test_a_pack_tells_what_is_known_of_its_accounts_only(dossier, tmp_path):
    chosen = accounts_in(dossier, "GB")
    description = described(dossier, ASSESSED, chosen, START + timedelta(days=1))
    key, taken = write_portal_pack(tmp_path / "pack", KEY, dossier, description, "lead", "report"), {}
    manifest = verify_pack(
        tmp_path / "pack", key, KEY.public, lambda name, pieces: taken.update({name: b"".join(pieces)})
    )
    told = json.loads(taken["items/000001"])
    assert [one["id"] for one in told["accounts"]] == list(chosen)
    others = [one.account.handle for one in dossier.suspects if one.account.id not in chosen]
    assert not [handle for handle in others if handle.encode() in taken["items/000001"]]
    assert manifest.items[0].name == "case.json"
    threads = sum(len(one.threads) for one in dossier.suspects if one.account.id in chosen)
    assert len(manifest.items) == 1 + threads
    assert all(one["sign_ins"][0]["port"] for one in told["accounts"])


def test_only_three_months_of_sign_ins_are_told(dossier):
    chosen = tuple(one.account.id for one in dossier.suspects)
    late = json.loads(described(dossier, ASSESSED, chosen, START + timedelta(days=200)))
    assert [one["sign_ins"] for one in late["accounts"]] == [[]] * 12


def test_a_child_is_told_as_one(dossier):
    child = next(one.account.id for one in dossier.suspects if one.victim)
    (told,) = json.loads(described(dossier, ASSESSED, (child,), START))["accounts"]
    assert told["role"] == "child in need of help"


def test_priority_is_suggested_and_a_person_gives_reasons(dossier):
    near = msgspec.structs.replace(dossier, decision=Decision(imminent_harm="a meeting is planned for tonight"))
    adults = msgspec.structs.replace(dossier, suspects=tuple(one for one in dossier.suspects if not one.victim))
    assert [suggested_priority(one) for one in (near, dossier, adults)] == ["P1", "P2", "P3"]
    with pytest.raises(BadInput, match="names its reasons"):
        described(dossier, Assessment(priority="P1", why=" ", by="lead"), ("u00000",), START)
    with pytest.raises(BadInput, match="none of the 1"):
        described(dossier, ASSESSED, ("nobody",), START)
