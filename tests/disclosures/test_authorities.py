"""Cases reach the authorities that must have them, and no two where one is enough."""

import json
from datetime import timedelta

import msgspec
import pytest
from disclosing import NOW

from seawall.disclosures.authorities.exclusive import require_first
from seawall.disclosures.authorities.portal_pack import (
    Assessment,
    acknowledge_pack,
    described,
    file_pack,
    release_pack,
    suggested_priority,
)
from seawall.disclosures.authorities.router import Registered, routes_for
from seawall.disclosures.cybertip.filing import file_drafts
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


def taken_from(path, key):
    taken = {}
    verify_pack(path, key, KEY.public, lambda name, pieces: taken.update({name: b"".join(pieces)}))
    return [json.loads(content) for content in taken.values()]


def test_a_pack_leaves_after_two_people_and_tells_of_its_accounts_only(dossier, ledger, tmp_path):
    chosen = accounts_in(dossier, "GB")
    filed = file_pack(ledger, dossier, "nca", ASSESSED, chosen, START + timedelta(days=1))
    with pytest.raises(Refused, match="nothing of case"):
        release_pack(ledger, KEY, dossier.case_id, "nca", tmp_path / "pack", "lead", NOW)
    for one in filed:
        ledger.approve(one, "first", "1", NOW)
        ledger.approve(one, "second", "2", NOW)
    key = release_pack(ledger, KEY, dossier.case_id, "nca", tmp_path / "pack", "lead", NOW)
    told = taken_from(tmp_path / "pack", key)
    assert [one["account"]["id"] for one in told] == list(chosen)
    others = [one.account.handle for one in dossier.suspects if one.account.id not in chosen]
    assert not [handle for handle in others if handle in json.dumps(told)]
    assert all(one["account"]["sign_ins"][0]["port"] for one in told)
    assert acknowledge_pack(ledger, dossier.case_id, "nca", "URN-7", NOW) == len(chosen)
    assert {ledger.find(one.pk).reference for one in filed} == {"URN-7"}
    assert {ledger.find(one.pk).state for one in filed} == {State.ACKNOWLEDGED}


def test_what_went_to_one_authority_is_not_drafted_for_the_other(dossier, ledger):
    file_pack(ledger, dossier, "nca", ASSESSED, ["u00001"], START)
    with pytest.raises(Refused, match="reported to nca"):
        file_drafts(ledger, dossier, "production", NOW)


def test_only_three_months_of_sign_ins_are_told(dossier):
    late = json.loads(described(dossier, ASSESSED, "u00001", START + timedelta(days=200)))
    assert late["account"]["sign_ins"] == []


def test_a_child_is_told_as_one(dossier):
    child = next(one.account.id for one in dossier.suspects if one.victim)
    assert json.loads(described(dossier, ASSESSED, child, START))["account"]["role"] == "child in need of help"


def test_priority_is_suggested_and_a_person_gives_reasons(dossier):
    near = msgspec.structs.replace(dossier, decision=Decision(imminent_harm="a meeting is planned for tonight"))
    adults = msgspec.structs.replace(dossier, suspects=tuple(one for one in dossier.suspects if not one.victim))
    assert [suggested_priority(one) for one in (near, dossier, adults)] == ["P1", "P2", "P3"]
    with pytest.raises(BadInput, match="names its reasons"):
        described(dossier, Assessment(priority="P1", why=" ", by="lead"), "u00000", START)
    with pytest.raises(BadInput, match="not in case"):
        described(dossier, ASSESSED, "nobody", START)
