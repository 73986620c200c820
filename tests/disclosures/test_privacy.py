"""Nothing leaves but through the one door, and nobody's handle where the format does not ask for it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from disclosing import KEY, NOW, approved, fill, sender

from seawall.disclosures.cybertip.filing import send_case
from seawall.disclosures.dsa import values
from seawall.disclosures.dsa.sending import TransparencyDatabase, puid_of
from seawall.disclosures.dsa.statement import Statement
from seawall.disclosures.example import example_dossier
from seawall.disclosures.exchange.sharing import Sharer
from seawall.disclosures.exchange.signal import Kind, Partner, Signal, shared
from seawall.disclosures.exchange.stix import bundle
from seawall.disclosures.exchange.threatexchange import ThreatExchange
from seawall.disclosures.media_store import MediaStore
from seawall.disclosures.platforms.directory import Directory
from seawall.disclosures.platforms.mastodon import MastodonSink
from seawall.disclosures.platforms.ozone import OzoneSink
from seawall.disclosures.vault.keys import OperatorKey
from seawall.effects.sink import Order
from seawall.effects.webhook import WebhookSink


@pytest.fixture
def dossier(media_server):
    return fill(media_server, example_dossier(8, 11, media_server.base))


def names_of(dossier):
    """Everything that names somebody in a case: handles, names, contacts, addresses."""
    for suspect in dossier.suspects:
        account = suspect.account
        yield from (account.handle, account.bio, *account.display_names)
        yield from (contact.value for contact in account.contacts)
        yield from (sign_in.ip for sign_in in account.sign_ins)


def order(kind, subject, **details):
    return Order(f"e-{kind}", kind, "account", subject, details, "decision:7", "p-1", "p-2", datetime.now(UTC))


def everything_else_leaves(recorder, dossier, ledger):
    """Every way out but the report to an authority, pointed at one server."""
    signals = [
        Signal(kind=Kind.HANDLE, value=one.account.handle, reference=f"r{n}", expires_at=NOW + timedelta(days=9))
        for n, one in enumerate(dossier.suspects)
    ]
    partner = Partner("Zanfeldor", b"z" * 32)
    rows = [shared(one, partner) for one in signals]
    keyed = {f"{KEY.one('account', one.account.id):016x}": one.account.id for one in dossier.suspects}
    statements = [
        Statement(
            decision_account=values.AccountMeasure.TERMINATED,
            decision_ground=values.Ground.ILLEGAL,
            illegal_content_legal_ground="Directive 2011/93/EU",
            illegal_content_explanation="Offers of abuse material.",
            content_type=(values.ContentType.TEXT,),
            category=values.Category.MINORS,
            content_date=date(2026, 3, 1),
            application_date=date(2026, 3, 2),
            decision_facts="A network shared terms and links.",
            source_type=values.Source.VOLUNTARY,
            automated_detection=values.YesNo.YES,
            automated_decision=values.Automation.NOT,
            puid=puid_of(KEY, f"decision:{number}", NOW),
        )
        for number in range(3)
    ]
    door = recorder.outbound
    recorder.answer = lambda method, path, body: (
        (404, b"{}") if "existing-puid" in path else (201, b"{}") if path.endswith("statements") else (200, b"{}")
    )
    TransparencyDatabase(door, f"{recorder.base}/api/v1", "t").send(statements, list(names_of(dossier)))
    ThreatExchange(door, f"{recorder.base}/v26.0", "g", "t").share(rows)
    MediaStore(door, {}, f"{recorder.base}/preserve").preserve(
        "C-1", f"{recorder.base}/media/1", "ab" * 32, "2027-01-01"
    )
    dids = {one: f"did:plc:{own}" for one, own in keyed.items()}
    for subject in keyed:
        MastodonSink(recorder.base, "t", door, Directory(lambda: keyed)).carry_out(order("remove", subject))
        OzoneSink(recorder.base, "t", "did:plc:m", door, Directory(lambda: dids), {}).carry_out(
            order("remove", subject)
        )
        WebhookSink(f"{recorder.base}/hook", b"s" * 32, door).carry_out(order("remove", subject))
    files = Sharer(ledger, OperatorKey(b"k" * 32), "Velomira").preview(signals, partner, NOW).content
    return (
        [body for *_, body in recorder.seen]
        + [path.encode() for _, path, *_ in recorder.seen]
        + [
            files,
            bundle(rows, "Velomira", NOW),
        ]
    )


def test_only_reports_to_an_authority_hold_clear_names(ledger, receiver, recorder, home, media_server, dossier):
    approved(ledger, dossier)
    list(send_case(sender(ledger, receiver, home, media_server), dossier.case_id))
    reported = b"".join(report.xml for report in receiver.reports.kept.values())
    names = [name.encode() for name in names_of(dossier) if name]
    assert all(name in reported for name in names)
    left = everything_else_leaves(recorder, dossier, ledger)
    assert len(left) > 60
    found = {name for body in left for name in names if name.lower() in body.lower()}
    assert found == set()


def test_the_outbound_log_holds_no_name_and_no_secret(ledger, receiver, home, media_server, dossier):
    approved(ledger, dossier)
    list(send_case(sender(ledger, receiver, home, media_server), dossier.case_id))
    log = (home / "outbound.jsonl").read_text()
    assert log.count("\n") > 20
    assert not [name for name in names_of(dossier) if name and name in log]
    assert "Basic" not in log
