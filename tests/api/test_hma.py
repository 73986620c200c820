"""HMA's JSON behind tokens: who may see a distance, and who probes."""

import asyncio
import json
import sys
from pathlib import Path
from urllib.parse import urlencode

import pytest

from seawall.api.hma import HmaDoor
from seawall.api.tokens import CURATE, HASH, INVESTIGATE, MATCH, Token, Tokens
from seawall.hashes.entries import hash_list
from seawall.hashes.store import BankStore

sys.path.append(str(Path(__file__).parents[1] / "hashes"))
from pictures import picture, stream  # the pictures of the hashing tests

PDQ, MD5 = "5a" * 32, "ab" * 16


def flipped(bits):
    return f"{int(PDQ, 16) ^ ((1 << bits) - 1):064x}"


@pytest.fixture
def alarms():
    return []


@pytest.fixture
def door(tmp_path, alarms):
    tokens = [
        Token.of("upload", "u", [MATCH, HASH]),
        Token.of("analyst", "a", [MATCH, INVESTIGATE]),
        Token.of("keeper", "k", [CURATE]),
    ]
    with BankStore(tmp_path) as store:
        store.add("KNOWN", hash_list([{"kind": "pdq", "value": PDQ}, {"kind": "md5", "value": MD5}]))
        yield HmaDoor(store, Tokens.of(tokens), alarms.append)


def call(door, method, path, token="", body=b"", kind="application/json", **query):
    sent = []
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": urlencode(query).encode(),
        "headers": [(b"authorization", f"Bearer {token}".encode()), (b"content-type", kind.encode())],
    }

    async def receive():
        return {"type": "http.request", "body": body}

    async def send(message):
        sent.append(message)

    asyncio.run(door(scope, receive, send))
    data = sent[1]["body"].decode()
    return sent[0]["status"], json.loads(data) if data[:1] in "{[" else data


def upload(image, name="photo"):
    head = f'--line\r\nContent-Disposition: form-data; name="{name}"; filename="f"\r\n\r\n'.encode()
    return head + stream(image).read() + b"\r\n--line--\r\n", "multipart/form-data; boundary=line"


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/m/lookup"), ("GET", "/m/raw_lookup"), ("POST", "/m/compare"), ("POST", "/h/hash"), ("GET", "/c/banks")],
)
def test_every_call_needs_a_token_with_its_scope(door, method, path):
    assert call(door, method, path)[0] == 401
    assert call(door, method, path, "wrong")[0] == 401
    wrong = "u" if path in {"/m/compare", "/c/banks"} else "k"
    assert call(door, method, path, wrong)[0] == 403


def test_status_needs_none(door):
    assert call(door, "GET", "/status") == (200, "I-AM-ALIVE")
    assert call(door, "GET", "/status/live") == (200, "I-AM-ALIVE")


def test_distances_are_text_and_for_investigators_only(door):
    asked = {"signal": flipped(7).upper(), "signal_type": "pdq"}
    assert call(door, "GET", "/m/lookup", "a", **asked) == (200, {"KNOWN": [{"bank_content_id": 1, "distance": "7"}]})
    assert call(door, "GET", "/m/lookup", "u", **asked) == (200, {"KNOWN": [{"bank_content_id": 1}]})
    assert call(door, "GET", "/m/raw_lookup", "u", include_distance="true", **asked)[1] == {
        "matches": [{"bank_content_id": 1}]
    }
    assert call(door, "GET", "/m/raw_lookup", "u", **asked)[1] == {"matches": [1]}
    assert call(door, "GET", "/m/lookup", "u", signal=flipped(32), signal_type="pdq") == (200, {})


def test_digests_are_looked_up_too(door):
    assert call(door, "GET", "/m/raw_lookup", "u", signal=MD5, signal_type="md5") == (200, {"matches": [2]})


def test_compare_tells_match_and_distance(door):
    body = json.dumps({"pdq": [PDQ, flipped(9)]}).encode()
    assert call(door, "POST", "/m/compare", "a", body) == (200, {"pdq": [True, {"distance": 9}]})


def test_a_token_that_climbs_a_ladder_raises_one_alarm(door, alarms):
    for bits in range(40):
        call(door, "GET", "/m/lookup", "u", signal=flipped(bits), signal_type="pdq")
    assert len(alarms) == 1
    assert "upload" in alarms[0]


def test_a_token_that_asks_the_same_or_unrelated_hashes_raises_none(door, alarms):
    for number in range(40):
        call(door, "GET", "/m/lookup", "u", signal=PDQ, signal_type="pdq")
        call(door, "GET", "/m/lookup", "u", signal=f"{number * 0x123456789ABCDEF % 2**61:016x}" * 4, signal_type="pdq")
    assert alarms == []


def test_files_are_hashed_and_looked_up(door):
    body, kind = upload(picture(2))
    status, told = call(door, "POST", "/h/hash", "u", body, kind)
    assert status == 200
    signal = json.dumps(told).encode()
    status, made = call(door, "POST", "/c/bank/KNOWN/signal", "k", signal)
    assert status == 200
    status, found = call(door, "POST", "/m/lookup", "u", body, kind, bypass_coinflip="true")
    assert found == {"pdq": {"KNOWN": [{"bank_content_id": made["id"]}]}}


def test_banks_are_made_changed_filled_and_dropped(door):
    make = json.dumps({"name": "NEW"}).encode()
    assert call(door, "POST", "/c/banks", "k", make)[0] == 200
    assert call(door, "POST", "/c/banks", "k", make)[0] == 403
    assert call(door, "POST", "/c/banks", "k", b'{"name": "lower"}')[0] == 400
    body, kind = upload(picture(3))
    _, made = call(door, "POST", "/c/bank/NEW/content", "k", body, kind)
    _, told = call(door, "GET", f"/c/bank/NEW/content/{made['id']}", "k", include_signals="true")
    assert told["signals"] == made["signals"]
    assert call(door, "GET", f"/c/bank/KNOWN/content/{made['id']}", "k")[0] == 404
    assert call(door, "PUT", "/c/bank/NEW", "k", b'{"enabled": false}')[1]["matching_enabled_ratio"] == 0.0
    asked = {"signal": made["signals"]["pdq"], "signal_type": "pdq"}
    assert call(door, "GET", "/m/lookup", "u", **asked) == (200, {})
    assert call(door, "DELETE", f"/c/bank/NEW/content/{made['id']}", "k") == (200, {"deleted": 1})
    assert call(door, "GET", "/m/raw_lookup", "u", **asked) == (200, {"matches": []})
    assert call(door, "DELETE", "/c/bank/NEW", "k") == (200, {"message": "Done"})
    assert [bank["name"] for bank in call(door, "GET", "/c/banks", "k")[1]] == ["KNOWN"]


@pytest.mark.parametrize(
    ("method", "path", "token", "query"),
    [
        ("GET", "/m/lookup", "u", {"url": "http://169.254.169.254/", "content_type": "photo"}),
        ("GET", "/m/lookup", "u", {"signal": "zz", "signal_type": "pdq"}),
        ("GET", "/m/lookup", "u", {"signal": PDQ, "signal_type": "photodna"}),
        ("POST", "/h/hash", "u", {}),
        ("POST", "/m/compare", "a", {}),
    ],
)
def test_bad_requests_answer_with_a_message(door, method, path, token, query):
    status, told = call(door, method, path, token, **query)
    assert status == 400
    assert set(told) == {"message"}


def test_an_unknown_path_is_not_found(door):
    assert call(door, "GET", "/ui", "a")[0] == 404
