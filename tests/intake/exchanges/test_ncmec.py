"""NCMEC's pages into a bank: out of order, with tombstones, broken off in the middle."""

import base64
import os
import time
from urllib.parse import parse_qs, urlsplit

import pytest

from seawall.hashes.entries import HashKind
from seawall.hashes.ledger import standing
from seawall.intake.exchanges.base import pull
from seawall.intake.exchanges.ncmec import Ncmec
from seawall.records.errors import Refused, Unavailable

NS = "https://hashsharing.ncmec.org/hashsharing/v2"
NOW = 1_800_000_000
PDQ, MD5, SHA1 = "5A" * 32, "AB" * 16, "cd" * 20


def image(number, **fingerprints):
    prints = "".join(f"<{name}>{value}</{name}>" for name, value in fingerprints.items())
    return (
        f"<image><member id='42'>Maker</member><timestamp>2026-01-01T00:00:00Z</timestamp><id>{number}</id>"
        f"<classification>A1</classification><fingerprints>{prints}</fingerprints></image>"
    )


def deleted(number):
    return f"<deletedImage><member id='42'>Maker</member><id>{number}</id></deletedImage>"


def page(*items, after=""):
    paging = f"<paging><next>{after}</next></paging>" if after else ""
    images = f"<images maxTimestamp='2026-01-01T00:00:00Z'>{''.join(items)}</images>"
    return f"<?xml version='1.0'?><queryResult xmlns='{NS}'>{images}{paging}</queryResult>".encode()


NEXT = "/v2/entries?from=x&amp;to=y&amp;start=1001&amp;size=1000&amp;max=2000"


def two_pages(_, path, *__):
    return (
        page(image(2, sha1=SHA1), deleted(7)) if "start=1001" in path else page(image(1, pdq=PDQ, md5=MD5), after=NEXT)
    )


@pytest.fixture
def ncmec(exchange, session):
    return Ncmec(exchange.base, session, clock=lambda: NOW)


def kinds(store):
    return sorted(
        zip(standing(store.folder)["kind"].to_pylist(), standing(store.folder)["value"].to_pylist(), strict=True)
    )


def test_every_page_and_every_fingerprint_comes_in_lower_case(exchange, ncmec, store):
    exchange.answer = two_pages
    told = pull(ncmec, store, "known")
    assert kinds(store) == [("md5", MD5.lower()), ("pdq", PDQ.lower()), ("sha1", SHA1)]
    assert standing(store.folder)["category"].to_pylist() == ["A1"] * 3
    assert told.entries == 3


def test_credentials_go_as_basic_authentication(exchange, ncmec, store):
    exchange.answer = two_pages
    pull(ncmec, store, "known")
    assert exchange.requests[0][2]["Authorization"] == "Basic " + base64.b64encode(b"user:word").decode()


def test_times_are_utc_whatever_the_zone_of_the_machine(exchange, ncmec, store, monkeypatch):
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    exchange.answer = lambda *_: page()
    pull(ncmec, store, "known")
    monkeypatch.undo()
    time.tzset()
    asked = parse_qs(urlsplit(exchange.requests[0][1]).query)
    assert asked["to"] == ["2027-01-15T07:59:55Z"]
    assert os.environ.get("TZ") != "America/New_York"


def test_the_checkpoint_moves_on_only_when_the_range_is_exhausted(exchange, ncmec, store):
    exchange.answer = lambda _, path, *__: (500, {}, b"") if "start=1001" in path else two_pages(_, path)
    with pytest.raises(Unavailable, match="answered 500"):
        pull(ncmec, store, "known")
    assert len(kinds(store)) == 2  # the first page stands
    exchange.requests.clear()
    exchange.answer = two_pages
    pull(ncmec, store, "known")
    assert "start=1001" in exchange.requests[0][1]  # goes on where it stopped, in the same range
    exchange.requests.clear()
    exchange.answer = lambda *_: page()
    pull(ncmec, store, "known")
    assert parse_qs(urlsplit(exchange.requests[0][1]).query)["from"] == ["2027-01-15T07:59:55Z"]


def test_a_page_address_that_is_too_old_begins_the_range_again(exchange, session, store):
    exchange.answer = lambda _, path, *__: (500, {}, b"") if "start=1001" in path else two_pages(_, path)
    with pytest.raises(Unavailable):
        pull(Ncmec(exchange.base, session, clock=lambda: NOW), store, "known")
    exchange.requests.clear()
    exchange.answer = two_pages
    pull(Ncmec(exchange.base, session, clock=lambda: NOW + 13 * 3600), store, "known")
    assert "start=1001" not in exchange.requests[0][1]
    assert len(kinds(store)) == 3


def test_a_tombstone_takes_every_hash_of_its_entry_back(exchange, ncmec, store):
    exchange.answer = lambda *_: page(image(1, pdq=PDQ, md5=MD5), image(2, sha1=SHA1))
    pull(ncmec, store, "known")
    exchange.answer = lambda *_: page(deleted(1))
    assert pull(ncmec, store, "known").withdrawn == 2
    assert kinds(store) == [("sha1", SHA1)]


def test_an_entry_replaces_what_it_said_before(exchange, ncmec, store):
    exchange.answer = lambda *_: page(image(1, pdq=PDQ, md5=MD5))
    pull(ncmec, store, "known")
    exchange.answer = lambda *_: page(image(1, md5=MD5))
    pull(ncmec, store, "known")
    assert kinds(store) == [("md5", MD5.lower())]


@pytest.mark.parametrize(
    "body",
    [b"", b"<queryResult>", b"\x00\xff", page(image(1, md5=MD5)).replace(b"<id>1</id>", b""), b"<!DOCTYPE x []><x/>"],
    ids=["empty", "cut", "binary", "no id", "document type"],
)
def test_a_corrupt_page_keeps_what_was_and_says_so(exchange, ncmec, store, body):
    exchange.answer = lambda *_: page(image(9, sha1=SHA1))
    pull(ncmec, store, "known")
    before = store.checkpoint("ncmec/known")
    exchange.answer = lambda *_: body
    with pytest.raises(Unavailable):
        pull(ncmec, store, "known")
    assert kinds(store) == [("sha1", SHA1)]
    assert store.checkpoint("ncmec/known") == before


def test_a_hash_that_is_none_is_refused_and_the_rest_kept(exchange, ncmec, store):
    exchange.answer = lambda *_: page(image(1, pdq="zz", md5=MD5))
    assert pull(ncmec, store, "known").refused == ["42-1: no pdq"]
    assert kinds(store) == [("md5", MD5.lower())]


def test_too_many_requests_are_waited_out_as_long_as_asked(exchange, ncmec, store, waits):
    left = [(429, {"Retry-After": "7"}, b""), (503, {}, b"")]
    exchange.answer = lambda *_: left.pop(0) if left else page(image(1, md5=MD5))
    pull(ncmec, store, "known")
    assert waits == [7.0, 0.4]
    assert len(kinds(store)) == 1


def test_a_server_that_does_not_answer_in_time_is_unavailable(exchange, ncmec, store):
    exchange.answer = lambda *_: time.sleep(1.5) or b""
    with pytest.raises(Unavailable, match="no whole answer"):
        pull(ncmec, store, "known")


def test_wrong_credentials_are_told_and_not_tried_again(exchange, ncmec, store):
    exchange.answer = lambda *_: (401, {}, b"")
    with pytest.raises(Refused, match="credentials"):
        pull(ncmec, store, "known")
    assert len(exchange.requests) == 1


def test_votes_go_back_and_are_not_tried_twice(exchange, ncmec):
    reasons = f"<availableFeedbackReasons xmlns='{NS}'><r/></availableFeedbackReasons>".encode()
    exchange.answer = lambda *_: reasons
    ncmec.vote("42-1", HashKind.PDQ, PDQ, agree=True)
    method, path, _, body = exchange.requests[-1]
    assert (method, path) == ("PUT", "/v2/entries/42/1/PDQ/feedback")
    assert b"affirmative" in body
    exchange.answer = lambda *_: (500, {}, b"")
    exchange.requests.clear()
    with pytest.raises(Unavailable):
        ncmec.vote("42-1", HashKind.PDQ, PDQ, agree=True)
    assert len(exchange.requests) == 1
