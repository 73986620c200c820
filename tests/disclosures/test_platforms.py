"""Effects are carried out on platforms once, by the platform's own ids."""

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest
from disclosing import KEY

from seawall.disclosures.platforms.directory import Directory, read_table
from seawall.disclosures.platforms.mastodon import MastodonSink
from seawall.disclosures.platforms.ozone import OzoneSink
from seawall.effects.sink import Order
from seawall.records.errors import BadConfiguration, Refused, Unavailable

KEYED = f"{KEY.one('account', '109'):016x}"
DID = "did:plc:velorin"


def order(kind, subject=KEYED, **details):
    return Order("e1", kind, "account", subject, details, "decision:7", "p-1", "p-2", datetime(2026, 6, 1, tzinfo=UTC))


@pytest.fixture
def mastodon(recorder):
    recorder.state = {}

    def answer(method, path, body):
        if method == "GET" and path.startswith("/api/v1/tags/"):
            return 200, json.dumps({"id": "42", "name": path.rpartition("/")[2]}).encode()
        if method == "GET":
            return 200, json.dumps(recorder.state).encode()
        return 200, b"{}"

    recorder.answer = answer
    return MastodonSink(recorder.base, "a token", recorder.outbound, Directory(lambda: {KEYED: "109"}))


def calls(recorder):
    return [
        (method, path, {k: v[0] for k, v in parse_qs(body.decode()).items()}) for method, path, _, body in recorder.seen
    ]


@pytest.mark.parametrize(
    ("kind", "action", "state"), [("remove", "suspend", "suspended"), ("restrict", "silence", "silenced")]
)
def test_mastodon_acts_on_its_own_id_once(mastodon, recorder, kind, action, state):
    assert mastodon.carry_out(order(kind)) == state
    assert calls(recorder)[-1][:2] == ("POST", "/api/v1/admin/accounts/109/action")
    assert calls(recorder)[-1][2]["type"] == action
    recorder.state[state] = True
    assert mastodon.carry_out(order(kind)) == f"{state} already"
    assert [method for method, *_ in calls(recorder)] == ["GET", "POST", "GET"]
    assert KEYED not in str(recorder.seen)


@pytest.mark.parametrize(("undone", "call"), [("remove", "unsuspend"), ("restrict", "unsilence")])
def test_mastodon_restores_what_stands(mastodon, recorder, undone, call):
    assert mastodon.carry_out(order("restore", undoes=undone)).startswith("not ")
    recorder.state["suspended" if undone == "remove" else "silenced"] = True
    mastodon.carry_out(order("restore", undoes=undone))
    assert calls(recorder)[-1][:2] == ("POST", f"/api/v1/admin/accounts/109/{call}")


@pytest.mark.parametrize(("kind", "value"), [("block_term", "false"), ("unblock_term", "true")])
def test_mastodon_switches_a_hashtag_by_its_number(mastodon, recorder, kind, value):
    mastodon.carry_out(order(kind, hashtag="#velorin"))
    assert calls(recorder)[-1] == (
        "PUT",
        "/api/v1/admin/tags/42",
        {"trendable": value, "usable": value, "listable": value},
    )


def test_mastodon_says_what_it_cannot_do(mastodon, recorder):
    with pytest.raises(Refused, match="no lever for protect"):
        mastodon.carry_out(order("protect"))
    with pytest.raises(Refused, match="holds no account"):
        mastodon.carry_out(order("remove", "0" * 16))
    assert recorder.seen == []


@pytest.mark.parametrize(("status", "error"), [(429, Unavailable), (503, Unavailable), (403, Refused), (404, Refused)])
def test_mastodons_failures_are_told_apart(mastodon, recorder, status, error):
    recorder.answer = lambda *_: (status, b"")
    with pytest.raises(error):
        mastodon.carry_out(order("remove"))


@pytest.fixture
def ozone(recorder):
    return OzoneSink(
        recorder.base,
        "a token",
        "did:plc:moderator",
        recorder.outbound,
        Directory(lambda: {KEYED: DID}),
        {"restrict": "velorin-warn"},
        "did:plc:labeler#atproto_labeler",
    )


def sent(recorder):
    return [json.loads(body) for _, _, _, body in recorder.seen]


def test_an_ozone_event_names_its_effect_and_its_case(ozone, recorder):
    recorder.answer = lambda *_: (200, b'{"id": 5}')
    assert ozone.carry_out(order("remove")) == "event 5"
    (body,) = sent(recorder)
    assert body["event"]["$type"].endswith("#modEventTakedown")
    assert body["subject"] == {"$type": "com.atproto.admin.defs#repoRef", "did": DID}
    assert (body["externalId"], body["modTool"]["meta"]["batchId"]) == ("e1", "decision:7")
    assert recorder.seen[0][2]["atproto-proxy"].endswith("#atproto_labeler")


def test_labels_are_set_and_taken_back(ozone, recorder):
    ozone.carry_out(order("restrict"))
    ozone.carry_out(order("restore", undoes="restrict"))
    events = [body["event"] for body in sent(recorder)]
    assert [event["createLabelVals"] for event in events] == [["velorin-warn"], []]
    assert [event["negateLabelVals"] for event in events] == [[], ["velorin-warn"]]


def test_an_event_that_ozone_knows_is_done(ozone, recorder):
    recorder.answer = lambda *_: (400, b'{"error": "DuplicateExternalId"}')
    assert ozone.carry_out(order("remove")) == "known already"


def test_a_label_in_capitals_is_refused(recorder):
    with pytest.raises(BadConfiguration, match="lower-case"):
        OzoneSink(recorder.base, "t", "did:plc:m", recorder.outbound, Directory(), {"restrict": "Warn"})


def test_an_id_that_is_no_did_is_refused(recorder):
    sink = OzoneSink(recorder.base, "t", "did:plc:m", recorder.outbound, Directory(), {})
    with pytest.raises(Refused, match="no DID"):
        sink.carry_out(order("remove", "109"))
    with pytest.raises(Refused, match="nothing is configured for protect"):
        sink.carry_out(order("protect", DID))


@pytest.mark.parametrize(("status", "error"), [(429, Unavailable), (502, Unavailable), (401, Refused)])
def test_ozones_failures_are_told_apart(ozone, recorder, status, error):
    recorder.answer = lambda *_: (status, b"not json")
    with pytest.raises(error):
        ozone.carry_out(order("remove"))


def test_options_that_nobody_reads_are_refused(home):
    with pytest.raises(BadConfiguration, match="Did you mean url"):
        MastodonSink.make("m", {"urll": "https://a.example", "token_file": "x"})
    with pytest.raises(BadConfiguration, match="lacks created_by"):
        OzoneSink.make("o", {"url": "https://a.example", "token_file": "x"})


def test_a_table_of_ids_is_read(tmp_path):
    path = tmp_path / "ids.json"
    path.write_text(json.dumps({KEYED: "109"}))
    assert Directory(lambda: read_table(path)).own(KEYED) == "109"
    path.write_text("[]")
    with pytest.raises(BadConfiguration, match="no table of ids"):
        read_table(path)
