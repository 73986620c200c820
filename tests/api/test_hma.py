"""HMA's JSON behind tokens: who may see a distance, and who probes."""

import asyncio
import json
import sys
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import pytest
from asking import clients_of
from PIL import Image

from seawall.api.hma.door import HmaDoor
from seawall.api.tokens import CURATE, EXCHANGE, HASH, INVESTIGATE, MATCH, Token
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
        Token.of("operator", "o", [CURATE, EXCHANGE]),
    ]
    with BankStore(tmp_path) as store:
        store.add("KNOWN", hash_list([{"kind": "pdq", "value": PDQ}, {"kind": "md5", "value": MD5}]))
        yield HmaDoor.of(store, clients_of(tokens), alarms.append)


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
    return sent[0]["status"], json.loads(data) if data.startswith(("{", "[")) else data


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
    assert call(door, "POST", "/c/banks", "k", make)[0] == 201
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


def test_a_probe_by_uploads_raises_an_alarm_too(door, alarms):
    pixels = np.asarray(picture(5)).copy()
    for step in range(40):
        pixels[:, : 4 * step] = pixels[:, : 4 * step] // 2
        body, kind = upload(Image.fromarray(pixels))
        call(door, "POST", "/m/lookup", "u", body, kind)
    assert len(alarms) == 1


def put(door, path, told, token="k"):
    return call(door, "PUT", path, token, json.dumps(told).encode())


def test_a_renamed_bank_keeps_its_entries_and_its_place_at_an_exchange(door):
    door.holdings.store.set_checkpoint("ncmec/KNOWN", "7")
    assert put(door, "/c/bank/KNOWN", {"name": "SEEN", "enabled_ratio": 0.5}) == (
        200,
        {"name": "SEEN", "matching_enabled_ratio": 0.5},
    )
    asked = {"signal": PDQ, "signal_type": "pdq", "bypass_coinflip": "true"}
    assert list(call(door, "GET", "/m/lookup", "u", **asked)[1]) == ["SEEN"]
    assert call(door, "GET", "/c/bank/KNOWN", "k")[0] == 404
    assert door.holdings.store.checkpoint("ncmec/SEEN") == "7"
    call(door, "POST", "/c/banks", "k", b'{"name": "OTHER"}')
    assert put(door, "/c/bank/OTHER", {"name": "SEEN"})[0] == 400
    assert put(door, "/c/bank/OTHER", {"name": "seen"})[0] == 400


@pytest.mark.parametrize(
    ("until", "shown", "matches"),
    [(0, 0, False), (1, 1, True), (4_000_000_000, 4_000_000_000, False), (1_000_000_000, 1_000_000_000, True)],
)
def test_content_can_be_paused_for_lookups_but_not_for_raw_ones(door, until, shown, matches):
    assert put(door, "/c/bank/KNOWN/content/1", {"disable_until_ts": until})[1]["disable_until_ts"] == shown
    asked = {"signal": flipped(3), "signal_type": "pdq"}
    assert call(door, "GET", "/m/lookup", "u", **asked)[1] == ({"KNOWN": [{"bank_content_id": 1}]} if matches else {})
    assert call(door, "GET", "/m/raw_lookup", "u", **asked)[1] == {"matches": [1]}
    put(door, "/c/bank/KNOWN/content/2", {"disable_until_ts": until})
    found = call(door, "GET", "/m/lookup", "u", signal=MD5, signal_type="video_md5")[1]
    assert found == ({"KNOWN": [{"bank_content_id": 2}]} if matches else {})
    assert put(door, "/c/bank/KNOWN/content/1", {"disable_until_ts": "soon"})[0] == 400


def test_notes_and_metadata_are_kept_beside_content(door):
    body, kind = upload(picture(4))
    about = {"content_id": "a1", "content_uri": "store://a1"}
    field = 'Content-Disposition: form-data; name="metadata"'
    more = f"--line\r\n{field}\r\n\r\n{json.dumps(about)}\r\n".encode()
    _, made = call(door, "POST", "/c/bank/KNOWN/content", "k", more + body, kind)
    put(door, f"/c/bank/KNOWN/content/{made['id']}", {"note": "seen twice"})
    _, told = call(door, "GET", f"/c/bank/KNOWN/content/{made['id']}", "k", include_metadata="true")
    assert (told["note"], told["metadata"], told["original_media_uri"]) == ("seen twice", about, "store://a1")
    assert put(door, f"/c/bank/KNOWN/content/{made['id']}", {"note": "x" * 256})[0] == 400
    assert (
        call(door, "POST", "/c/bank/KNOWN/signal", "k", b'{"pdq": "%s", "metadata": {"x": 1}}' % b"ab" * 32)[0] == 400
    )


def test_a_kind_of_hash_can_be_switched_off(door):
    names = {one["name"]: one["enabled_ratio"] for one in call(door, "GET", "/c/signal_type", "k")[1]}
    assert names["pdq"] == names["video_md5"] == 1.0
    assert put(door, "/c/signal_type/pdq", {"enabled_ratio": 0}) == (204, "")
    assert call(door, "GET", "/m/lookup", "u", signal=PDQ, signal_type="pdq")[0] == 400
    assert put(door, "/c/signal_type/photodna", {"enabled_ratio": 1})[0] == 400
    assert put(door, "/c/signal_type/pdq", {"enabled_ratio": 2})[0] == 400


def test_indexes_tell_their_size_and_newest_entry(door):
    told = call(door, "GET", "/m/index/status", "u")[1]
    assert told["pdq"]["size"] == told["md5"]["size"] == 1
    assert told["pdq"]["built_to"] > 1_700_000_000
    assert told["sha1"] == {"present": False, "built_to": -1, "size": 0}
    assert list(call(door, "GET", "/m/index/status", "u", signal_type="pdq")[1]) == ["pdq"]
    assert call(door, "GET", "/c/signal_type/index", "k")[1]["pdq"]["index_out_of_date"] is False
    assert [one["name"] for one in call(door, "GET", "/c/content_type", "k")[1]] == ["photo", "video"]


def test_exchanges_are_listed_paused_and_dropped_by_whoever_may(door):
    make = json.dumps({"bank": "PARTNER", "api": "ncmec", "api_json": {}}).encode()
    assert call(door, "GET", "/c/exchanges/apis", "k")[1] == ["ncmec", "stop_ncii", "fb_threatexchange"]
    assert call(door, "POST", "/c/exchanges", "k", make)[0] == 403
    assert call(door, "POST", "/c/exchanges", "o", make)[0] == 201
    assert call(door, "GET", "/c/exchanges", "k")[1] == ["PARTNER"]
    assert put(door, "/c/exchange/PARTNER", {"enabled": False}, "o")[1]["enabled"] is False
    assert call(door, "GET", "/c/exchange/PARTNER/status", "k")[1] == {
        "checkpoint_ts": None,
        "running_fetch_start_ts": None,
        "last_fetch_complete_ts": None,
        "last_fetch_succeeded": None,
        "up_to_date": False,
        "fetched_items": 0,
    }
    assert call(door, "DELETE", "/c/exchange/PARTNER", "o") == (200, {"message": "success"})
    assert call(door, "GET", "/c/exchange/PARTNER", "k")[0] == 404
    assert "PARTNER" not in door.holdings.curation.matching()


def test_nobody_can_send_credentials_to_an_address_of_their_own(door):
    make = {"bank": "EVIL", "api": "ncmec", "api_json": {"base": "https://attacker.example/hashsharing"}}
    assert call(door, "POST", "/c/exchanges", "o", json.dumps(make).encode())[0] == 400
    assert call(door, "GET", "/c/exchanges", "k")[1] == []


def test_credentials_go_in_and_never_come_out(door):
    path = "/c/exchanges/api/ncmec"
    given = json.dumps({"credential_json": {"user": "u", "password": "hidden"}}).encode()
    assert call(door, "POST", path, "k", given)[0] == 403
    assert call(door, "POST", path, "o", given) == (
        200,
        {"supports_authentification": True, "has_set_authentification": True},
    )
    kept = door.holdings.store.folder / "secrets" / "ncmec.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert "hidden" not in json.dumps([call(door, "GET", p, "o")[1] for p in (path, f"{path}/schema", "/site-map")])
    assert call(door, "POST", path, "o", b'{"credential_json": {"user": "u"}}')[0] == 400
    assert call(door, "POST", path, "o", b'{"credential_json": {}}')[1]["has_set_authentification"] is False


def test_every_route_is_on_the_site_map_and_wrong_methods_are_told(door):
    assert "/c/bank/<name>/content/<name>" in call(door, "GET", "/site-map")[1]
    assert call(door, "DELETE", "/c/banks", "k")[0] == 405
    assert call(door, "GET", "/")[0] == 302


def test_an_unknown_path_is_not_found(door):
    assert call(door, "GET", "/ui", "a")[0] == 404


def test_an_entry_that_a_thousand_accounts_match_is_set_aside_until_a_person_has_looked(door):
    asked = {"signal": PDQ, "signal_type": "pdq"}
    for number in range(999):
        call(door, "GET", "/m/lookup", "u", account=f"account-{number}", **asked)
    assert call(door, "GET", "/m/lookup", "u", account="account-1", **asked)[1] == {"KNOWN": [{"bank_content_id": 1}]}
    call(door, "GET", "/m/lookup", "u", account="account-999", **asked)
    assert call(door, "GET", "/m/lookup", "u", **asked) == (200, {})
    assert call(door, "GET", "/m/raw_lookup", "u", **asked) == (200, {"matches": [1]})
    ((_, entry, why),) = door.holdings.store.notices()
    assert (entry, "1000 accounts" in why) == (1, True)
    call(door, "PUT", "/c/bank/KNOWN/content/1", "k", b'{"disable_until_ts": 1}')
    assert call(door, "GET", "/m/lookup", "u", **asked)[1] == {"KNOWN": [{"bank_content_id": 1}]}


def test_what_clears_is_never_set_aside(door):
    (entry,) = door.holdings.store.add("CLEAR", hash_list([{"kind": "md5", "value": "cd" * 16, "opinion": "negative"}]))
    for number in range(1001):
        call(door, "GET", "/m/lookup", "u", account=f"{number}", signal="cd" * 16, signal_type="md5")
    assert call(door, "GET", "/m/lookup", "u", signal="cd" * 16, signal_type="md5")[1]["CLEAR"] == [
        {"bank_content_id": entry}
    ]


def test_a_token_that_spends_its_rate_waits(tmp_path):
    with BankStore(tmp_path) as store:
        door = HmaDoor.of(store, clients_of([Token.of("slow", "s", [MATCH])], a_second=3), print)
        told = [call(door, "GET", "/m/index/status", "s")[0] for _ in range(12)]
    assert (told[0], told[-1]) == (200, 429)


def test_a_body_is_not_read_before_the_token_is_known(door):
    async def never():
        raise AssertionError("the body was read")

    async def send(message):
        sent.append(message)

    sent = []
    scope = {"type": "http", "method": "POST", "path": "/m/lookup", "query_string": b"", "headers": []}
    asyncio.run(door(scope, never, send))
    assert sent[0]["status"] == 401
