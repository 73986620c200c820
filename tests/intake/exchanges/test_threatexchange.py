"""ThreatExchange's updates: opinions that disagree, deletions, tokens that stay out of the ledger."""

import json

import pytest

from seawall.hashes.entries import HashKind
from seawall.hashes.ledger import standing
from seawall.intake.exchanges.arachnid import ArachnidShield
from seawall.intake.exchanges.base import pull
from seawall.intake.exchanges.threatexchange import ThreatExchange
from seawall.records.errors import Refused, Unavailable

PDQ, OTHER, SHA256 = "5a" * 32, "0f" * 32, "c0" * 32


def update(number, indicator, kind="HASH_PDQ", statuses=("MALICIOUS",), *, delete=False, at=100):
    descriptors = [{"id": str(number * 10 + i), "owner": {"id": "1"}, "status": s} for i, s in enumerate(statuses)]
    return {
        "id": str(number),
        "indicator": indicator,
        "type": kind,
        "last_updated": at,
        "should_delete": delete,
        "descriptors": {"data": descriptors},
    }


def page(*updates, after=None):
    return json.dumps({"data": list(updates), "paging": {"next": after} if after else {}}).encode()


@pytest.fixture
def lantern(exchange, session):
    return ThreatExchange(exchange.base, "1|token", 77, session, clock=lambda: 1000)


def opinions(store):
    return dict(
        zip(standing(store.folder)["value"].to_pylist(), standing(store.folder)["opinion"].to_pylist(), strict=True)
    )


def test_opinions_are_kept_and_disagreement_is_a_seed(exchange, lantern, store):
    exchange.answer = lambda *_: page(
        update(1, PDQ),
        update(2, OTHER, statuses=["NON_MALICIOUS"]),
        update(3, SHA256, "HASH_SHA256", ["MALICIOUS", "UNKNOWN"]),
    )
    pull(lantern, store, "shared")
    assert opinions(store) == {PDQ: "positive", OTHER: "negative", SHA256: "seed"}


def test_pages_are_followed_and_the_checkpoint_is_the_latest_update(exchange, lantern, store):
    second = f"{exchange.base}/more?access_token=1"
    exchange.answer = lambda _, path, *__: (
        page(update(2, OTHER, at=300)) if "more" in path else page(update(1, PDQ, at=200), after=second)
    )
    pull(lantern, store, "shared")
    assert len(opinions(store)) == 2
    assert store.checkpoint("threatexchange-77/shared") == "300"


def test_a_next_page_on_another_host_is_refused(exchange, lantern, store):
    exchange.answer = lambda *_: page(update(1, PDQ), after="https://example.org/next")
    with pytest.raises(Refused, match="not allowed"):
        pull(lantern, store, "shared")


def test_deletions_take_back(exchange, lantern, store):
    exchange.answer = lambda *_: page(update(1, PDQ), update(2, OTHER))
    pull(lantern, store, "shared")
    bare = {key: value for key, value in update(2, OTHER).items() if key != "descriptors"}
    exchange.answer = lambda *_: page(update(1, PDQ, delete=True), bare)
    pull(lantern, store, "shared")
    assert opinions(store) == {}


@pytest.mark.parametrize("body", [b"{", b'{"data": [{"id": 1}]}', b'{"data": 3}', b"[]"])
def test_a_corrupt_page_keeps_what_was(exchange, lantern, store, body):
    exchange.answer = lambda *_: page(update(1, PDQ))
    pull(lantern, store, "shared")
    exchange.answer = lambda *_: body
    with pytest.raises(Unavailable):
        pull(lantern, store, "shared")
    assert opinions(store) == {PDQ: "positive"}


def test_the_token_stays_out_of_the_ledger(exchange, lantern, store, session, tmp_path):
    session.outbound.ledger = tmp_path / "ledger"
    exchange.answer = lambda *_: page(update(1, PDQ))
    pull(lantern, store, "shared")
    assert "threat_updates" in session.outbound.ledger.read_text()
    assert "token" not in session.outbound.ledger.read_text()


def test_votes_are_reactions_to_every_descriptor(exchange, lantern):
    exchange.answer = lambda *_: json.dumps({"descriptors": {"data": [{"id": "10"}, {"id": "11"}]}}).encode()
    lantern.vote("1", HashKind.PDQ, PDQ, agree=True)
    assert [(method, path.split("/")[1]) for method, path, *_ in exchange.requests[1:]] == [
        ("POST", "10"),
        ("POST", "11"),
    ]
    assert b"HELPFUL" in exchange.requests[-1][3]


def test_arachnid_is_asked_by_pdq_alone(exchange, session):
    def answer(_, path, __, body):
        first, second = json.loads(body)["hashes"]
        told = {first: {"classification": "csam"}, second: {"classification": "no-known-match"}}
        return json.dumps({"scanned_hashes": told}).encode() if path == "/v1/pdq/" else b""

    exchange.answer = answer
    shield = ArachnidShield(exchange.base, session)
    assert shield.classify([PDQ, OTHER]) == ["csam", None]
    exchange.answer = lambda *_: b"{}"
    with pytest.raises(Unavailable, match="scanned_hashes"):
        shield.classify([PDQ])
