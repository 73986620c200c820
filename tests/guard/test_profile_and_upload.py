"""Profiles hide what is a child's; uploads are held or refused for what is known."""

import subprocess
import sys

import numpy as np
import pytest
from guarding import BLOCKED, account, keyed, make, open_guard

from seawall.guard.answers import Age, Decision
from seawall.hashes.hexadecimal import text

PDQ = np.random.default_rng(4).integers(0, 2**64, (4, 4), dtype=np.uint64)


def test_a_childs_page_hides_connections_listing_and_location(guard):
    answered = guard.profile(account("adult"), account("child"))
    assert answered.decision is Decision.RESTRICT
    assert set(answered.hidden) == {"connections", "listing", "location"}


def test_a_childs_own_page_hides_nothing(guard):
    assert guard.profile(account("child"), account("child")).hidden == ()


def test_a_childs_page_is_closed_to_flagged_accounts(guard):
    assert guard.profile(account("buyer"), account("child"), connected=True).decision is Decision.CLOSE


def test_a_friend_of_a_child_is_not_shown_its_location_either(guard):
    assert "location" in guard.profile(account("friend"), account("child")).hidden


def test_an_adults_page_is_open(guard):
    answered = guard.profile(account("adult"), account("elsewhere"))
    assert (answered.decision, answered.hidden) == (Decision.ALLOW, ())


def test_the_stated_age_of_an_account_protects_it(guard):
    assert guard.profile(account("adult"), account("stranger"), account_age=Age.TEEN).hidden


@pytest.mark.parametrize(
    ("given", "decision"),
    [
        ({}, Decision.ALLOW),
        ({"hashes": ["AB" * 16]}, Decision.REFUSE),
        ({"hashes": ["cd" * 16]}, Decision.ALLOW),
        ({"hashes": ["ef" * 16]}, Decision.ALLOW),
        ({"text": f"new {BLOCKED} here"}, Decision.HOLD),
        ({"hashtags": ["ClosedTag"]}, Decision.HOLD),
        ({"links": ["https://www.bad.example/x?utm_source=a"]}, Decision.REFUSE),
        ({"links": ["https://good.example/x"]}, Decision.ALLOW),
    ],
)
def test_an_upload_is_judged_by_all_that_it_holds(guard, given, decision):
    assert guard.upload(account("adult"), **given).decision is decision


def test_a_near_copy_of_a_known_file_is_refused(tmp_path):
    pdq = {"known": PDQ[:1], "seed": PDQ[1:2], "innocent": PDQ[2:3]}
    near = PDQ ^ np.array([0b111, 0, 0, 0], np.uint64)
    with open_guard(make(tmp_path / "index", pdq=pdq)) as guard:
        decisions = [guard.upload(1, pdq=[text(row)]).decision for row in near]
    assert decisions == [Decision.REFUSE, Decision.HOLD, Decision.ALLOW, Decision.ALLOW]


def test_an_innocent_twin_protects_a_file(tmp_path):
    twins = {"known": PDQ[:1], "innocent": PDQ[:1]}
    digests = {"known": keyed("media", "12" * 32), "innocent": keyed("media", "12" * 32)}
    with open_guard(make(tmp_path / "index", pdq=twins, media=digests)) as guard:
        assert guard.upload(1, pdq=[text(PDQ[0])], hashes=["12" * 32]).decision is Decision.ALLOW


def test_a_cluster_that_no_list_holds_is_held(tmp_path):
    with open_guard(make(tmp_path / "index", media={"cluster": keyed("media", "12" * 32)})) as guard:
        assert guard.upload(1, hashes=["12" * 32]).decision is Decision.HOLD


def test_no_request_loads_what_a_worker_has_no_use_for(published):
    ask = f"""
import sys
from pathlib import Path
from seawall.guard.library import Guard
from seawall.records.ids import IdKey
with Guard.open(Path({str(published)!r}), IdKey(bytes(range(32)))) as guard:
    guard.upload(1, hashes=["0" * 32], pdq=["0" * 64], text="a", hashtags=["a"], links=["a.example"])
    guard.account_ids([f"account-{{number}}" for number in range(500)])
print("pandas" in sys.modules, guard.failed)
"""
    run = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert run.stdout == "False Counter()\n"
