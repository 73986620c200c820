"""StopNCII's records: what a person takes back is gone at the next reading."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from seawall.hashes.entries import HashKind
from seawall.hashes.ledger import standing
from seawall.intake.exchanges.base import pull
from seawall.intake.exchanges.stopncii import StopNcii
from seawall.records.errors import Unavailable

PDQ, OTHER, MD5 = "5A" * 32, "0f" * 32, "ab" * 16
DAY = 86_400


def record(value, kind="ImagePDQ", status="Active", cases=None):
    cases = {"case": status} if cases is None else cases
    return {
        "lastModtimestamp": 5,
        "signalType": kind,
        "hashValue": value,
        "hashStatus": status,
        "caseNumbers": cases,
        "CSPFeedbacks": [],
    }


def answer(*records, token=None, at=1000, count=None):
    body = {
        "count": len(records) if count is None else count,
        "nextPageToken": token,
        "nextSetTimestamp": at,
        "hasMoreRecords": token is not None,
        "hashRecords": list(records),
    }
    return json.dumps(body).encode()


@pytest.fixture
def clock():
    return [2000]


@pytest.fixture
def stopncii(exchange, session, clock):
    keys = {"FetchHashes": "fetch", "SubmitFeedback": "feedback"}
    return StopNcii(exchange.base, "subscription", keys, session, clock=lambda: clock[0])


def values(store):
    return sorted(standing(store.folder)["value"].to_pylist())


def test_pages_follow_their_token_and_keys_go_as_headers(exchange, stopncii, store):
    exchange.answer = lambda _, path, *__: (
        answer(record(MD5, "VideoMD5")) if "t2" in path else answer(record(PDQ), token="t2")
    )
    pull(stopncii, store, "ncii")
    assert values(store) == [PDQ.lower(), MD5]
    headers = {name.lower(): value for name, value in exchange.requests[0][2].items()}
    assert (headers["x-functions-key"], headers["ocp-apim-subscription-key"]) == ("fetch", "subscription")


@pytest.mark.parametrize("status", ["Withdrawn", "Deleted"])
def test_a_victims_withdrawal_is_honoured(exchange, stopncii, store, status):
    exchange.answer = lambda *_: answer(record(PDQ), record(OTHER))
    pull(stopncii, store, "ncii")
    exchange.answer = lambda *_: answer(record(PDQ, status=status))
    assert pull(stopncii, store, "ncii").withdrawn == 1
    assert values(store) == [OTHER]
    assert store.lookup([(HashKind.PDQ, PDQ)]) == [[]]


def test_a_hash_whose_every_case_is_withdrawn_goes_and_one_with_a_case_left_stays(exchange, stopncii, store):
    gone = record(PDQ, cases={"a": "Withdrawn", "b": "Deleted"})
    left = record(OTHER, cases={"a": "Withdrawn", "b": "Active"})
    exchange.answer = lambda *_: answer(gone, left)
    pull(stopncii, store, "ncii")
    assert values(store) == [OTHER]


def test_a_crash_in_mid_page_reads_the_whole_set_again(exchange, stopncii, store):
    exchange.answer = lambda _, path, *__: (500, {}, b"") if "t2" in path else answer(record(PDQ), token="t2")
    with pytest.raises(Unavailable):
        pull(stopncii, store, "ncii")
    assert values(store) == [PDQ.lower()]
    assert store.checkpoint("stopncii/ncii") is None
    exchange.answer = lambda *_: answer(record(PDQ), record(OTHER))
    pull(stopncii, store, "ncii")
    assert values(store) == sorted([PDQ.lower(), OTHER])
    assert store.checkpoint("stopncii/ncii") == "1000"


def test_after_thirty_days_all_is_read_and_what_is_not_listed_goes(exchange, stopncii, store, clock):
    exchange.answer = lambda *_: answer(record(PDQ), record(OTHER))
    pull(stopncii, store, "ncii")
    clock[0] += 31 * DAY
    exchange.requests.clear()
    exchange.answer = lambda *_: answer(record(OTHER))
    pull(stopncii, store, "ncii")
    assert parse_qs(urlsplit(exchange.requests[0][1]).query)["startTimestamp"] == ["10"]
    assert values(store) == [OTHER]


def test_a_record_that_cannot_be_read_is_told_and_the_rest_kept(exchange, stopncii, store):
    exchange.answer = lambda *_: answer(record(PDQ), {"signalType": "ImagePDQ"}, count=2)
    assert pull(stopncii, store, "ncii").refused == ["1 records could not be read"]
    assert values(store) == [PDQ.lower()]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"count": "x"}', b"null"])
def test_a_corrupt_page_keeps_what_was(exchange, stopncii, store, body):
    exchange.answer = lambda *_: answer(record(PDQ))
    pull(stopncii, store, "ncii")
    exchange.answer = lambda *_: body
    with pytest.raises(Unavailable):
        pull(stopncii, store, "ncii")
    assert values(store) == [PDQ.lower()]


def test_votes_go_back(exchange, stopncii):
    exchange.answer = lambda *_: b"{}"
    stopncii.vote("", HashKind.PDQ, PDQ, agree=False)
    method, path, _, body = exchange.requests[-1]
    assert (method, path) == ("POST", "/SubmitFeedback")
    assert json.loads(body)["hashFeedbacks"] == [{"tags": [], "feedbackValue": "NotBlocked", "hashValue": PDQ}]
