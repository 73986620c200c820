"""The guard's questions over HTTP: answers, and who may ask."""

import json
import re
import socket
import time

import numpy as np
import pytest
from asking import BLOCKED, BUYER, CHILD, FREE, KEY, SELLER, STRANGER, appeals

from seawall.guard.answers import ANSWERS
from seawall.records.seal import unseal

ASKED = {
    "search": {"query": FREE},
    "suggest": {"typed": "gar", "completions": [FREE]},
    "tag": {"tag": FREE},
    "recommend": {"candidates": [STRANGER]},
    "profile": {"account": STRANGER},
    "contact": {"kind": "follow", "sender": STRANGER, "recipient": "account-2", "recipient_age": "adult"},
    "upload": {"account": STRANGER, "text": FREE},
}


def ask(client, surface, **asked):
    answer = client.post(f"/v1/{surface}", json=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("surface", ASKED)
def test_innocent_questions_are_allowed_and_answered_as_described(client, surface):
    told = ask(client, surface, **ASKED[surface])
    assert told["decision"] == "allow"
    assert set(told) == set(ANSWERS[surface].__struct_fields__)


def test_a_blocked_query_is_not_answered(client):
    assert ask(client, "search", query=f"some {BLOCKED} here", age="adult")["decision"] in {"deterrence", "silent"}


def test_the_results_of_a_seller_are_left_out(client):
    assert ask(client, "search", query=FREE, authors=[STRANGER, SELLER, CHILD])["removed"] == [1]


def test_nothing_is_completed_towards_a_blocked_term(client):
    assert ask(client, "suggest", typed=BLOCKED[:4], completions=[FREE, BLOCKED])["kept"] == [0]


def test_a_blocked_tag_is_closed(client):
    assert ask(client, "tag", tag=BLOCKED)["decision"] == "close"


def test_a_seller_is_recommended_to_nobody(client):
    assert ask(client, "recommend", viewer=STRANGER, candidates=[SELLER, "account-3"])["kept"] == [1]


def test_a_flagged_stranger_never_reaches_a_child(client):
    asked = {"kind": "message", "sender": BUYER, "recipient": CHILD}
    assert ask(client, "contact", **asked)["decision"] == "refuse"


def test_no_answer_tells_the_term_or_the_role(client):
    answer = client.post("/v1/search", json={"query": BLOCKED, "authors": [SELLER]})
    assert BLOCKED not in answer.text
    assert not {"sells", "seller", "term", "risk", "score"} & set(answer.text.lower().replace('"', " ").split())


def words(viewer, candidates, age=0, kind=0, authors=()):
    ids = [KEY.one("account", viewer), age | kind << 8, *(KEY.one("account", one) for one in (*candidates, *authors))]
    return np.array(ids, "<u8").tobytes()


def ask_words(client, body):
    return client.post("/v1/recommend", content=body, headers={"content-type": "application/octet-stream"})


def test_words_are_answered_as_json_is(client):
    answer = ask_words(client, words(STRANGER, [SELLER, "account-3", BUYER, "account-4"]))
    kept = np.frombuffer(answer.content, "<u8")
    assert kept.tolist() == [KEY.one("account", "account-3"), KEY.one("account", "account-4")]
    assert answer.headers["content-type"] == "application/octet-stream"
    assert len(answer.headers["seawall-decision-id"]) > 40


def test_words_with_the_authors_of_posts(client):
    answer = ask_words(client, words(STRANGER, ["post-1", "post-2"], kind=1, authors=[SELLER, "account-3"]))
    assert np.frombuffer(answer.content, "<u8").tolist() == [KEY.one("account", "post-2")]


@pytest.mark.parametrize("body", [b"", bytes(8), bytes(9), words(STRANGER, [], age=9), words(STRANGER, [], kind=7)])
def test_words_that_are_none_are_refused(client, body):
    assert ask_words(client, body).status_code == 400


def test_posts_without_their_authors_are_refused(client):
    assert ask_words(client, words(STRANGER, ["post-1"], kind=1)).status_code == 400
    told = client.post("/v1/recommend", json={"kind": "post", "candidates": ["post-1"]})
    assert told.status_code == 400


def test_an_appeal_is_in_the_queue_when_it_is_answered(server, client):
    told = ask(client, "appeal", decision_id="d" * 72, account=STRANGER, statement="it was not so")
    assert told["received"]
    *_, last = appeals(server.deployment.folder / "seawall-home" / "appeals.jsonl")
    assert unseal(KEY, last.statement) == "it was not so"


@pytest.mark.parametrize("surface", [*ASKED, "appeal", "overlay"])
def test_every_question_needs_a_token_with_its_scope(server, surface):
    for secret, status in (("", 401), ("wrong", 401), (server.deployment.others[f"guard:{surface}"], 403)):
        with server.client(secret) as client:
            assert client.post(f"/v1/{surface}", json={}).status_code == status


def test_health_needs_no_token_and_says_little(server):
    with server.client("") as client:
        assert client.get("/healthz").json() == {"alive": True}
        assert client.get("/readyz").json() == {"ready": True}
        assert client.get("/metrics").status_code == 401


def test_readiness_tells_its_parts_to_who_may_know(server, client):
    told = client.get("/readyz").json()
    assert told["index_version"] == server.deployment.versions["one"]
    assert told["index_age_s"] >= 0
    assert "canary" in told


def test_metrics_count_decisions_and_name_nobody(client):
    ask(client, "contact", kind="message", sender=BUYER, recipient=CHILD)
    text = client.get("/metrics").text
    assert 'seawall_decisions_total{decision="refuse",surface="contact"}' in text
    assert BUYER not in text
    assert CHILD not in text


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/", 404), ("GET", "/v1/search", 405)])
def test_other_paths_and_methods(client, method, path, status):
    answer = client.request(method, path)
    assert answer.status_code == status
    assert answer.json()["message"]


def test_a_method_that_is_not_taken_is_told_which_is(client):
    assert client.delete("/v1/search").headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b'{"query": 1}', "application/json", 400),
        (b'{"query": "a", "more": 1}', "application/json", 400),
        (b'{"query": "\xff"}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"query": "a"}', "text/plain", 415),
        (b'{"query": "a"}' + b" " * (1 << 20), "application/json", 413),
    ],
)
def test_what_is_no_question_is_refused(client, body, kind, status):
    answer = client.post("/v1/search", content=body, headers={"content-type": kind})
    assert answer.status_code == status
    assert set(answer.json()) == {"message"}


def test_the_journal_names_nobody(server, client):
    ask(client, "search", query=f"{BLOCKED} {FREE}", viewer=STRANGER)
    client.post("/v1/search", content=b'{"query": 1}')
    text = server.journal.read_text()
    assert not any(word in text for word in (BLOCKED, FREE, STRANGER, "127.0.0.1:"))


def raw(server, *pieces):
    """All that the server says to these bytes, until it closes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
        for piece in pieces:
            client.sendall(piece)
            time.sleep(0.05)
        said = b""
        while more := client.recv(1 << 16):
            said += more
    return said


def asking(server, body, *headers):
    head = ["POST /v1/tag HTTP/1.1", "Host: a", f"Authorization: Bearer {server.deployment.secret}", *headers]
    return "\r\n".join([*head, f"Content-Length: {len(body)}", "", ""]).encode() + body


TAG = b'{"tag": "gardening"}'


def test_questions_sent_in_one_go_are_answered_in_their_order(server):
    health = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
    last = asking(server, TAG, "Connection: close")
    said = raw(server, asking(server, TAG) + health + asking(server, TAG) + asking(server, b"{") + last)
    statuses = re.findall(rb"HTTP/1.1 (\d+) ", said)
    assert statuses == [b"200", b"200", b"200", b"400", b"200"]
    assert [b"alive" in part for part in said.split(b"HTTP/1.1 ")[1:]] == [False, True, False, False, False]


def test_a_question_in_small_pieces_is_the_same_question(server):
    whole = asking(server, TAG, "Connection: close")
    said = raw(server, *[whole[at : at + 40] for at in range(0, len(whole), 40)])
    assert said.startswith(b"HTTP/1.1 200 ")
    assert b'"allow"' in said


def test_a_question_that_asks_to_go_on_is_told_to(server):
    whole = asking(server, TAG, "Connection: close", "Expect: 100-continue")
    said = raw(server, whole[: -len(TAG)], whole[-len(TAG) :])
    assert said.startswith(b"HTTP/1.1 100 ")
    assert b"HTTP/1.1 200 " in said


def test_a_question_over_http_1_0_is_answered_and_ends(server):
    said = raw(server, asking(server, TAG).replace(b"HTTP/1.1", b"HTTP/1.0"))
    assert b" 200 OK" in said
    assert b"connection: close" in said


def test_the_short_way_and_asgi_say_the_same(server):
    short = raw(server, asking(server, TAG, "Connection: close"))
    long = raw(server, asking(server, TAG, "Connection: close", "Expect: 100-continue"))
    bodies = [json.loads(said.rpartition(b"\r\n\r\n")[2]) for said in (short, long)]
    names = [sorted(re.findall(rb"\n([a-z-]+): ", said.partition(b"\r\n\r\n")[0])) for said in (short, long)]
    assert [body["decision"] for body in bodies] == ["allow", "allow"]
    assert set(bodies[0]) == set(bodies[1])
    assert names[0] == [b"connection", b"content-length", b"content-type", b"date"]
