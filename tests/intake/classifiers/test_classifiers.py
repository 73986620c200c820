"""Classifiers route; where they fail nothing is routed by a guess."""

import json

import pytest

from seawall.hashes.canary import canary_file
from seawall.intake.classifiers.base import Breaker, Priority
from seawall.intake.classifiers.opening import open_classifiers
from seawall.intake.classifiers.vendors import Arachnid, GoogleContentSafety, Hive, HmaLookup, OpenAiModeration
from seawall.intake.exchanges.arachnid import ArachnidShield
from seawall.records.errors import BadConfiguration, Unavailable

IMAGE = b"\x89PNG invented"
LABELS = frozenset({"vornet"})


def vendors(exchange, session):
    return {
        "google": GoogleContentSafety(exchange.base, "key", session),
        "openai": OpenAiModeration(exchange.base, "model", LABELS, session),
        "hive": Hive(exchange.base, LABELS, session),
        "hma": HmaLookup(exchange.base, session),
    }


ANSWERS = {
    "google": ({"reviewPriorities": ["HIGH"], "model_version": "3"}, "/v1beta1/images:classify?key=key", Priority.HIGH),
    "openai": (
        {"model": "m", "results": [{"category_scores": {"vornet": 0.93, "other": 0.99}}]},
        "/v1/moderations",
        Priority.VERY_HIGH,
    ),
    "hive": (
        {"status": [{"response": {"output": [{"classes": [{"class": "vornet", "score": 0.5}]}]}}]},
        "/api/v2/task/sync",
        Priority.MEDIUM,
    ),
    "hma": ({"pdq": {"BANK": [{"bank_content_id": 1}]}}, "/m/lookup?bypass_coinflip=true", Priority.VERY_HIGH),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_each_vendors_answer_becomes_a_priority(exchange, session, name):
    told, path, priority = ANSWERS[name]
    exchange.answer = lambda *_: json.dumps(told).encode()
    routing = vendors(exchange, session)[name].route(IMAGE)
    assert (routing.classifier, routing.priority) == (name, priority)
    assert exchange.requests[0][:2] == ("POST", path)
    kind = exchange.requests[0][2]["Content-Type"]
    assert kind.startswith("multipart/form-data; boundary=" if name in {"hive", "hma"} else "application/json")


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("body", [b"", b"{", b"{}", b"[]", b'{"results": [], "status": [], "pdq": 3}'])
def test_an_answer_of_another_shape_routes_nothing(exchange, session, name, body):
    exchange.answer = lambda *_: b"3" if name == "hma" and body == b"{}" else body  # to HMA {} is an answer
    with pytest.raises(Unavailable):
        vendors(exchange, session)[name].route(IMAGE)


def test_labels_that_the_vendor_does_not_know_are_told(exchange, session):
    exchange.answer = lambda *_: json.dumps({"results": [{"category_scores": {"other": 1.0}}]}).encode()
    with pytest.raises(Unavailable, match="none of the labels vornet"):
        vendors(exchange, session)["openai"].route(IMAGE)


@pytest.mark.parametrize(("score", "priority"), [(0.95, 4), (0.7, 3), (0.4, 2), (0.1, 1), (0.0, 0)])
def test_scores_become_priorities_by_steps(exchange, session, score, priority):
    exchange.answer = lambda *_: json.dumps({"results": [{"category_scores": {"vornet": score}}]}).encode()
    assert vendors(exchange, session)["openai"].route(IMAGE).priority == priority


def test_a_failing_classifier_is_left_alone_and_tried_again(exchange, session):
    now = [0.0]
    breaker = Breaker(vendors(exchange, session)["google"], failures=3, rest=60, clock=lambda: now[0])
    exchange.answer = lambda *_: (500, {}, b"")
    for _ in range(5):
        with pytest.raises(Unavailable):
            breaker.route(IMAGE)
    assert (len(exchange.requests), breaker.state) == (3, "open")
    now[0] = 61.0
    assert breaker.state == "trying"
    with pytest.raises(Unavailable):
        breaker.route(IMAGE)
    assert (len(exchange.requests), breaker.state) == (4, "open")
    now[0] = 130.0
    exchange.answer = lambda *_: json.dumps(ANSWERS["google"][0]).encode()
    assert breaker.route(IMAGE).priority is Priority.HIGH
    assert breaker.state == "closed"


def test_a_listed_service_without_its_secret_or_labels_is_refused(tmp_path):
    path = tmp_path / "services.json"
    for listed, lacks in (({"kind": "google"}, "key"), ({"kind": "hive", "key": "k"}, "labels"), ({}, "kind")):
        path.write_text(json.dumps([{"base": "https://a.example", **listed}]))
        with pytest.raises(BadConfiguration, match=lacks):
            open_classifiers(path, tmp_path / "outbound.jsonl")


def test_arachnid_learns_the_pdq_and_not_the_picture(exchange, session):
    file = canary_file("PNG").read()
    told = {"csam": Priority.VERY_HIGH, "harmful-abusive-material": Priority.HIGH, "no-known-match": Priority.VERY_LOW}
    for label, priority in told.items():
        exchange.answer = lambda _, __, ___, body, label=label: json.dumps(
            {"scanned_hashes": {json.loads(body)["hashes"][0]: {"classification": label}}}
        ).encode()
        assert Arachnid(ArachnidShield(exchange.base, session)).route(file).priority is priority
    assert max(len(body) for *_, body in exchange.requests) < 100
    with pytest.raises(Unavailable, match="no PDQ"):
        Arachnid(ArachnidShield(exchange.base, session)).route(b"no picture")
