"""Failing safe: what is missing, stale, damaged, half-swapped or set back, and what is answered then."""

import os
import shutil
import threading
import time
import warnings

import numpy as np
import pytest
from guarding import BLOCKED, KEY, OTHER_KEY, account, accounts, contents, keyed, make, open_guard

from seawall.guard.answers import ContactKind, Decision
from seawall.guard.index import ACCOUNTS, MANIFEST, TERMS
from seawall.guard.library import Guard
from seawall.guard.publish import publish
from seawall.guard.serving import CURRENT, publish_version, versions
from seawall.records.errors import Damaged, Refused, SeawallError

ADULT = account("adult")


@pytest.fixture
def other(tmp_path):
    """An index in which `adult` sells and nobody else is known."""
    return make(
        tmp_path / "other", accounts=accounts("adult"), subjects=np.array([5], np.uint8), ages=np.zeros(1, np.uint8),
        hoods=np.zeros(1, np.uint32),
    )  # fmt: skip


@pytest.fixture
def serving(tmp_path, published):
    folder = tmp_path / "serving"
    publish_version(published, folder, KEY)
    return folder


def spoil(path, at=-100):
    blob = bytearray(path.read_bytes())
    blob[at] ^= 1
    path.write_bytes(blob)


def states(guard):
    return " | ".join(guard.health().degraded)


def until(condition, seconds=3.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not condition():
        time.sleep(0.02)
    return condition()


def test_a_missing_index_is_named_and_nobody_is_recommended(tmp_path):
    with open_guard(tmp_path / "nothing") as guard:
        assert not guard.health().ready
        assert "no index" in states(guard)
        assert "no terms" in states(guard)
        assert not len(guard.recommend(ADULT, accounts("elsewhere")).kept)


@pytest.mark.parametrize("harm", ["unlink", "cut", "head"])
def test_known_terms_stay_blocked_where_all_else_is_gone(published, tmp_path, harm):
    shutil.copytree(published, tmp_path / "index")
    path = tmp_path / "index" / ACCOUNTS
    if harm == "unlink":
        path.unlink()
    elif harm == "cut":
        path.write_bytes(path.read_bytes()[:-8])
    else:
        spoil(path, 40)
    with open_guard(tmp_path / "index") as guard:
        assert guard.search("fl0mbr1xa", ADULT).decision is Decision.DETERRENCE
        assert guard.search("harmless", ADULT).decision is Decision.ALLOW
        assert guard.tag(BLOCKED).decision is Decision.CLOSE
        assert not guard.health().ready


def test_the_terms_of_an_older_version_serve_where_those_of_the_new_one_are_gone(serving, other):
    publish_version(other, serving, KEY)
    current = serving / (serving / CURRENT).read_text().strip()
    for name in (TERMS, ACCOUNTS):
        (current / name).unlink()
    with open_guard(serving) as guard:
        assert guard.search(BLOCKED, ADULT).decision is Decision.DETERRENCE


def test_a_body_that_is_damaged_is_found_and_no_longer_answered_from(published, tmp_path):
    shutil.copytree(published, tmp_path / "index")
    spoil(tmp_path / "index" / ACCOUNTS)
    with open_guard(tmp_path / "index") as guard:
        assert until(lambda: not guard.health().ready)
        assert ACCOUNTS in states(guard)
        assert not len(guard.recommend(ADULT, accounts("elsewhere")).kept)


@pytest.mark.filterwarnings("ignore:hash index")
def test_damaged_hashes_are_found_too(tmp_path):
    known = np.random.default_rng(1).integers(0, 2**64, (500, 4), dtype=np.uint64)
    folder = make(tmp_path / "index", pdq={"known": known})
    spoil(max((folder / "hashes").rglob("*"), key=lambda path: path.stat().st_size * path.is_file()), -200)
    with open_guard(folder) as guard:
        assert until(lambda: not guard.health().ready)
        assert "hashes" in states(guard)
        assert guard.upload(ADULT, pdq=["0" * 64]).decision is Decision.HOLD


def test_another_key_does_not_open_an_index_at_all(published):
    with pytest.raises(Refused):
        Guard.open(published, OTHER_KEY)


def test_a_stale_index_serves_and_is_told(published, tmp_path):
    shutil.copytree(published, tmp_path / "index")
    os.utime(tmp_path / "index" / MANIFEST, (time.time() - 49 * 3_600,) * 2)
    with open_guard(tmp_path / "index") as guard:
        assert "index stale" in states(guard)
        assert guard.health().ready
        assert not len(guard.recommend(ADULT, accounts("seller")).kept)


def test_a_clock_that_is_set_back_is_told_and_nothing_else_changes(published, tmp_path):
    shutil.copytree(published, tmp_path / "index")
    os.utime(tmp_path / "index" / MANIFEST, (time.time() + 3_600,) * 2)
    with open_guard(tmp_path / "index") as guard:
        assert "clock set back" in states(guard)
        assert guard.health().ready


def test_a_swap_serves_the_new_index(published, other):
    with open_guard(published) as guard:
        before = guard.version
        assert guard.swap(other) == guard.version != before
        assert not len(guard.recommend(0, accounts("adult")).kept)
        assert len(guard.recommend(0, accounts("seller")).kept) == 1


@pytest.mark.parametrize("part", [ACCOUNTS, TERMS, MANIFEST])
def test_a_swap_to_a_broken_index_is_refused_and_the_old_one_stays(published, other, part):
    (other / part).unlink()
    with open_guard(published) as guard:
        before = guard.version
        with pytest.raises(SeawallError):
            guard.swap(other)
        assert guard.version == before
        assert "swap refused" in states(guard)
        assert not len(guard.recommend(0, accounts("seller")).kept)
        guard.swap(published)
        assert "swap refused" not in states(guard)


def test_a_half_copied_index_is_not_taken(published, other):
    (other / ACCOUNTS).write_bytes((published / ACCOUNTS).read_bytes())
    with open_guard(published) as guard, pytest.raises(Damaged, match="two indexes"):
        guard.swap(other)


def test_a_swap_back_helps_a_guard_that_had_no_index(tmp_path, published):
    with open_guard(tmp_path / "nothing") as guard:
        guard.swap(published)
        assert guard.health().ready
        assert guard.health().degraded == []


def test_no_request_sees_parts_of_two_indexes(published, other):
    """In one index `seller` is hidden and `adult` shown, in the other the reverse: never both, never neither."""
    seen, wrong = [0], []
    stop = threading.Event()
    pair = accounts("seller", "adult")
    with open_guard(published) as guard:

        def ask():
            while not stop.is_set():
                answered = guard.recommend(0, pair)
                seen[0] += 1
                if answered.kept.tolist() != ([1] if answered.index_version == first else [0]):
                    wrong.append(answered.kept.tolist())

        first = guard.version
        asking = [threading.Thread(target=ask) for _ in range(3)]
        for thread in asking:
            thread.start()
        for number in range(40):
            guard.swap((published, other)[number % 2])
        stop.set()
        for thread in asking:
            thread.join()
    assert seen[0] > 100
    assert wrong == []


def test_a_guard_follows_what_is_published_where_it_serves_from(serving, other):
    with open_guard(serving) as guard:
        before = guard.version
        publish_version(other, serving, KEY)
        assert until(lambda: guard.version != before)
        assert not len(guard.recommend(0, accounts("adult")).kept)


def test_a_damaged_index_is_not_published(serving, other):
    before = (serving / CURRENT).read_text()
    spoil(other / ACCOUNTS)
    with pytest.raises(Damaged):
        publish_version(other, serving, KEY)
    assert (serving / CURRENT).read_text() == before


def test_two_versions_are_kept(serving, tmp_path, published):
    for number in range(3):
        publish(tmp_path / str(number), KEY, contents(tags=keyed("hashtag", f"tag{number}")))
        publish_version(tmp_path / str(number), serving, KEY)
    assert len(versions(serving)) == 2
    assert versions(serving)[0].name == (serving / CURRENT).read_text().strip()


def test_without_shared_memory_it_serves_and_says_so(published, monkeypatch, tmp_path):
    from seawall.guard import machine_memory

    monkeypatch.setattr(machine_memory.block, "__kwdefaults__", {"where": tmp_path / "no such folder"})
    with open_guard(published) as guard:
        assert guard.search(BLOCKED, ADULT).decision is Decision.DETERRENCE
        assert "terms in memory of this process alone" in states(guard)


def test_background_work_that_fails_is_named_and_requests_go_on(published, monkeypatch):
    with open_guard(published) as guard:

        def fail():
            raise ValueError("no reason")

        monkeypatch.setattr(guard.keeper, "look", fail)
        assert until(lambda: "background work" in states(guard))
        assert guard.search(BLOCKED, ADULT).decision is Decision.DETERRENCE


def test_a_degraded_guard_warns_nobody_twice(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with open_guard(tmp_path / "nothing") as guard:
            assert guard.contact(ContactKind.FOLLOW, 1, 2).decision is Decision.HOLD
