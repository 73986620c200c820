"""Signals leave keyed and approved; received ones are seeds that can be taken back."""

from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import parse_qs

import pytest
import stix2
from disclosing import NOW
from threatexchange.exchanges.clients.fb_threatexchange.api import ThreatExchangeAPI

from seawall.disclosures.exchange.receiving import forget_expired, found_here, seeds, take
from seawall.disclosures.exchange.sharing import Sharer
from seawall.disclosures.exchange.signal import Kind, Opinion, Partner, Signal, one_spelling, shared, withdrawal
from seawall.disclosures.exchange.signed_file import Header, read_signals, write_signals
from seawall.disclosures.exchange.stix import bundle
from seawall.disclosures.exchange.threatexchange import ThreatExchange, descriptor
from seawall.disclosures.models import ReceivedSignal, State
from seawall.disclosures.pace import Pace
from seawall.disclosures.vault.keys import OperatorKey
from seawall.records.errors import BadInput, Damaged, Refused, Unavailable

KEY = OperatorKey(bytes(range(32)))
PARTNER, OTHER = Partner("Zanfeldor", b"a" * 32), Partner("Morlixa", b"b" * 32)
LATER = NOW + timedelta(days=90)
VALUES = {
    Kind.HANDLE: "@Velo_Rin",
    Kind.LINK: "https://www.velomira.example/Offer/?ref=1",
    Kind.PAYMENT: "$velo-rin 7",
    Kind.TERM: "velorin  zanfel",
    Kind.PDQ: "ab" * 32,
    Kind.MD5: "cd" * 16,
    Kind.SHA256: "EF" * 32,
}


def signal(kind=Kind.HANDLE, value=None, reference=None, **more):
    return Signal(
        kind=kind, value=value or VALUES[kind], reference=reference or f"r-{kind}", **{"expires_at": LATER, **more}
    )


EVERY = [signal(kind) for kind in Kind]


@pytest.fixture
def sharer(ledger):
    return Sharer(ledger, KEY, "Velomira")


def header(sequence=1, origin="Zanfeldor"):
    return Header(origin=origin, partner="Velomira", sequence=sequence, made_at=NOW, count=0)


@pytest.mark.parametrize("kind", [Kind.HANDLE, Kind.LINK, Kind.PAYMENT, Kind.TERM])
def test_what_names_somebody_leaves_keyed(kind, sharer):
    content = sharer.preview([signal(kind)], PARTNER, NOW).content.decode().casefold()
    assert one_spelling(kind, VALUES[kind]) not in content
    assert "velo" not in content.replace("velomira", "")


def test_two_partners_get_two_hashes():
    assert shared(signal(), PARTNER).value != shared(signal(), OTHER).value


@pytest.mark.parametrize(
    ("kind", "spellings"),
    [
        (Kind.HANDLE, ["@Velo_Rin", "velo_rin", " VELO_RIN "]),
        (Kind.LINK, ["https://www.a.example/b/", "http://a.example/b?x=1", "a.example/b#c"]),
        (Kind.PAYMENT, ["$velo rin", "$VELO-RIN"]),
        (Kind.TERM, ["Velorin  Zanfel", "ｖelorin zanfel"]),
    ],
)
def test_two_platforms_spell_the_same_thing_alike(kind, spellings):
    assert len({PARTNER.keyed(kind, one) for one in spellings}) == 1


def test_a_short_secret_is_refused():
    with pytest.raises(BadInput, match="32 random"):
        Partner("Zanfeldor", b"short")


def test_a_media_hash_must_be_one():
    with pytest.raises(BadInput, match="hex digits"):
        shared(signal(Kind.PDQ, "xyz"), PARTNER)


def test_a_share_shows_what_leaves_and_leaves_after_two_people(sharer, ledger):
    preview = sharer.preview(EVERY, PARTNER, NOW)
    assert "  1 of kind handle, as hashes under the key shared with it" in preview.lines
    assert any("@Velo_Rin" in line for line in preview.lines)
    disclosure = sharer.propose(preview, PARTNER, NOW)
    with pytest.raises(Refused, match="0 of 2"):
        sharer.release(disclosure, "lead", NOW)
    ledger.approve(disclosure, "first", "1", NOW)
    ledger.approve(disclosure, "second", "2", NOW)
    assert sharer.release(disclosure, "lead", NOW) == preview.content
    assert disclosure.state == State.SENT
    assert sharer.release(disclosure, "lead", NOW) == preview.content
    assert ledger.verify(disclosure) == 1


def test_nothing_and_expired_signals_are_not_shared(sharer):
    with pytest.raises(BadInput, match="nothing is shared"):
        sharer.preview([], PARTNER, NOW)
    with pytest.raises(BadInput, match="expired"):
        sharer.preview([signal(expires_at=NOW)], PARTNER, NOW)


def a_file(signals, sequence=1, partner="Velomira"):
    return write_signals(signals, KEY, origin="Zanfeldor", partner=partner, sequence=sequence, now=NOW)


def test_a_file_is_read_back_by_its_partner():
    sent = [shared(one, PARTNER) for one in EVERY]
    told, signals = read_signals(a_file(sent), KEY.public, partner="Velomira")
    assert sorted(signals, key=lambda one: one.kind) == sorted(sent, key=lambda one: one.kind)
    assert (told.origin, told.count) == ("Zanfeldor", 7)


@pytest.mark.parametrize("change", [b"", b'"opinion":2'])
def test_a_changed_file_is_refused(change):
    content = a_file([shared(signal(), PARTNER)]).replace(b'"opinion":1', change or b'"opinion":1')
    with pytest.raises(Damaged):
        read_signals(content[:-70] if not change else content, KEY.public, partner="Velomira")


def test_a_file_for_another_or_of_another_is_refused():
    with pytest.raises(Refused, match="not for Velomira"):
        read_signals(a_file([], partner="Morlixa"), KEY.public, partner="Velomira")
    with pytest.raises(Damaged, match="not signed"):
        read_signals(a_file([]), OperatorKey(b"x" * 32).public, partner="Velomira")


def test_received_signals_are_seeds_with_origin_and_expiry(home):
    take(header(), [shared(signal(opinion=Opinion.POSITIVE), PARTNER)], NOW)
    (seed,) = seeds(NOW)
    assert (seed.origin, seed.expires_at) == ("Zanfeldor", LATER)
    assert not {field.name for field in ReceivedSignal._meta.fields} & {"verdict", "flagged", "role"}
    assert list(seeds(LATER)) == []
    assert forget_expired(LATER) == 1
    assert ReceivedSignal.objects.get().value == ""


def test_a_withdrawal_is_honoured_with_its_update(home):
    take(header(1), [shared(one, PARTNER) for one in EVERY], NOW)
    assert found_here(PARTNER, [(Kind.HANDLE, ["velo_rin"])], NOW)
    assert take(header(2), [withdrawal(signal(), PARTNER)], NOW) == (0, 1)
    assert found_here(PARTNER, [(Kind.HANDLE, ["velo_rin"])], NOW) == {}
    assert seeds(NOW).count() == 6
    assert ReceivedSignal.objects.get(reference="r-handle").value == ""


def test_an_old_file_brings_nothing_back(home):
    take(header(2), [withdrawal(signal(), PARTNER)], NOW)
    for sequence in (1, 2):
        with pytest.raises(Refused, match="not newer"):
            take(header(sequence), [shared(signal(), PARTNER)], NOW)
    assert seeds(NOW).count() == 0


def test_seeds_are_found_among_our_own(home):
    take(header(), [shared(one, PARTNER) for one in EVERY], NOW)
    ours = {kind: [VALUES[kind].upper() if kind is not Kind.LINK else VALUES[kind], "0" * 64] for kind in Kind}
    found = found_here(PARTNER, ours.items(), NOW)
    assert sorted(found) == sorted(f"r-{kind}" for kind in Kind)
    assert found_here(Partner("Zanfeldor", b"c" * 32), [(Kind.HANDLE, ["velo_rin"])], NOW) == {}


def test_a_bundle_is_read_by_the_standards_own_library():
    content = bundle([*(shared(one, PARTNER) for one in EVERY), withdrawal(signal(reference="r-2"), PARTNER)], "V", NOW)
    read = stix2.parse(content.decode(), allow_custom=True)
    indicators = [one for one in read.objects if one.type == "indicator"]
    assert len(indicators) == 8
    assert [one.revoked for one in indicators] == [False] * 7 + [True]
    assert {one.valid_until for one in indicators} == {LATER}
    assert content == bundle(
        [*(shared(one, PARTNER) for one in EVERY), withdrawal(signal(reference="r-2"), PARTNER)], "V", NOW
    )


@pytest.fixture
def threat_exchange(recorder):
    return ThreatExchange(recorder.outbound, f"{recorder.base}/v26.0", "group-7", "a token", Pace(10**7, 10**6))


def test_descriptors_stay_in_their_group_and_the_token_out_of_addresses(threat_exchange, recorder):
    assert threat_exchange.share([shared(one, PARTNER) for one in EVERY]) == 7
    for _, path, _, body in recorder.seen:
        fields = parse_qs(body.decode())
        assert path == "/v26.0/threat_descriptors"
        assert fields["privacy_type"] == ["HAS_PRIVACY_GROUP"]
        assert fields["privacy_members"] == ["group-7"]
        assert fields["access_token"] == ["a token"]
        assert int(fields["expired_on"][0]) == LATER.timestamp()


def test_the_formats_own_client_would_send_the_same_fields(threat_exchange, recorder, monkeypatch):
    threat_exchange.share([shared(one, PARTNER) for one in EVERY])
    client = ThreatExchangeAPI("1|a token", endpoint_override=f"{recorder.base}/v26.0")
    sent = {}

    class Session:
        __enter__ = lambda self: self  # noqa: E731
        __exit__ = lambda *_: None  # noqa: E731

        def post(self, url, data):
            sent.update(url=url, fields=parse_qs(data.decode()))
            return SimpleNamespace(json=dict)

    monkeypatch.setattr(client, "_get_session", Session)
    for (_, _, _, body), one in zip(recorder.seen, EVERY, strict=True):
        assert client.upload_threat_descriptor(descriptor(shared(one, PARTNER), "group-7"), False, False)[0] is None
        ours = parse_qs(body.decode())
        assert ours.pop("access_token") == ["a token"]
        assert ours == sent["fields"]
        assert "threat_descriptors" in sent["url"]
        assert set(ours) <= set(client._POST_PARAM_NAMES.values())


def test_a_withdrawn_descriptor_ends(threat_exchange, recorder):
    threat_exchange.share([withdrawal(signal(Kind.PDQ), PARTNER)])
    fields = parse_qs(recorder.seen[0][3].decode())
    assert (fields["status"], fields["expired_on"]) == (["NON_MALICIOUS"], ["1"])


@pytest.mark.parametrize(("status", "error"), [(401, Refused), (400, BadInput), (429, Unavailable), (500, Unavailable)])
def test_a_refused_descriptor_is_told(threat_exchange, recorder, status, error):
    recorder.answer = lambda *_: (status, b"")
    with pytest.raises(error):
        threat_exchange.share([shared(signal(), PARTNER)])
