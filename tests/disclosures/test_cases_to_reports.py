"""From a decided case to finished reports, through the proposal of two people and the executor."""

import hashlib
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from disclosing import KEY, NOW, sender
from lxml import etree

sys.path.append(str(Path(__file__).parents[1] / "cases"))

from working import case, person, rulings, signed_in

from seawall.cases.commands.decisions import decide
from seawall.cases.commands.enacting import Ruling
from seawall.cases.commands.proposals import act_alone, approve, propose, see_evidence
from seawall.cases.commands.queue import claim
from seawall.cases.models import AccountDecision, Proposal
from seawall.disclosures.approvals import subject_of, take_approvals
from seawall.disclosures.cybertip.filing import file_drafts
from seawall.disclosures.dossier import Decision, Operator
from seawall.disclosures.dsa.from_cases import Reasons, statement_of
from seawall.disclosures.dsa.rules import check_statement
from seawall.disclosures.from_cases import dossier_from
from seawall.disclosures.media_store import MediaStore
from seawall.disclosures.media_views import record_full_view
from seawall.disclosures.models import State
from seawall.disclosures.platforms.directory import Directory
from seawall.disclosures.preserving import PreserveSink
from seawall.disclosures.receipts import Receipts
from seawall.disclosures.sinks import CybertipSink, VaultSink
from seawall.disclosures.transparency.counting import counted
from seawall.disclosures.transparency.records import Records
from seawall.disclosures.vault.case_state import YEAR
from seawall.disclosures.vault.keys import OperatorKey
from seawall.disclosures.vault.vault import By, Vault
from seawall.effects.configuration import EffectsSection
from seawall.effects.executor import carry_out_due
from seawall.effects.models import Effect
from seawall.effects.sink import Order
from seawall.records.errors import BadInput, Refused

VAULT_KEY = OperatorKey(bytes(range(32)))
OPERATOR = Operator(platform="Velomira", email="safety@velomira.example")
FILE = b"bytes of no picture" * 100


@pytest.fixture
def ana(home):
    return signed_in(person("ana", "analyst"))


@pytest.fixture
def ben(home):
    return signed_in(person("ben", "analyst"))


@pytest.fixture
def activity(tmp_path, media_server):
    """The folder of the platform's tables; the seller's file lies in its store."""
    folder = tmp_path / "activity"
    folder.mkdir()
    media_server.files["/m1"] = FILE
    return folder


def known(folder, decided, media_server):
    """Write what the platform knows of the accounts of a case."""
    names = [member.account_id for member in decided.members.order_by("account_id")]
    at = "2026-05-01T10:00:00Z"
    tables = {
        "accounts": [{"account_id": n, "created_at": at, "handle": f"velo_{n}", "bio": "velorin 20"} for n in names],
        "posts": [{"post_id": f"p-{n}", "account_id": n, "created_at": at, "text": "zanfel 30"} for n in names],
        "sign_ins": [{"account_id": n, "at": at, "ip": "192.0.2.7", "port": 4711} for n in names],
        "contacts": [{"account_id": n, "kind": "email", "value": f"{n}@mail.example"} for n in names],
        "media": [
            {
                "media_id": "m1",
                "account_id": names[0],
                "created_at": at,
                "sha256": hashlib.sha256(FILE).hexdigest(),
                "locator": f"{media_server.base}/m1",
                "size": len(FILE),
            }
        ],
    }
    for name, rows in tables.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.fixture
def decided(ana, ben, activity, media_server):
    """A case of three whose seller is judged a child, the others are restricted."""
    made = case(3)
    claim(ana, made)
    names = sorted(rulings(made, "restrict"))
    decide(ana, made, {names[0]: Ruling("protect", "at_risk_child")}, "judged a child")
    decide(ana, made, {name: Ruling("restrict", "buyer") for name in names[1:]}, "buyers")
    known(activity, made, media_server)
    return made


def proposed(ledger, made, activity, ana):
    dossier = dossier_from(made, activity, KEY, OPERATOR, Decision())
    filed = file_drafts(ledger, dossier, "local", datetime.now(UTC))
    return filed, propose(ana, Proposal.Kind.REPORT, subject_of(filed), "the network is clear", case=made)


def test_a_decided_case_becomes_finished_reports(ledger, receiver, home, media_server, activity, decided, ana, ben):
    record_full_view(ana, decided, "m1", "to judge the age")
    filed, proposal = proposed(ledger, decided, activity, ana)
    with pytest.raises(Refused, match="only what two people approved"):
        take_approvals(ledger, proposal)
    see_evidence(ben, proposal, "second look")
    approve(ben, proposal, proposal.digest, "agreed")
    (effect,) = Effect.objects.filter(kind="file_report")
    while carry_out_due({effect.sink: CybertipSink(sender(ledger, receiver, home, media_server))}, EffectsSection()):
        pass
    effect.refresh_from_db()
    assert effect.state == Effect.State.DONE, effect.answer
    reports = [etree.fromstring(report.xml) for report in receiver.reports.kept.values()]
    assert {report.state for report in receiver.reports.kept.values()} == {"finished"}
    assert sorted(bool(root.findall("victim")) for root in reports) == [False, False, True]
    (child,) = [root for root in reports if root.findall("victim")]
    assert child.findtext("victim/ipCaptureEvent/port") == "4711"
    (details,) = [xml for report in receiver.reports.kept.values() for xml in report.details.values()]
    assert etree.fromstring(details).findtext("fileViewedByEsp") == "true"
    for one in filed:
        one.refresh_from_db()
        assert ledger.approvers(one) == [ana.label, ben.label]


def test_a_file_that_nobody_opened_is_not_said_to_be_viewed(ledger, activity, decided):
    dossier = dossier_from(decided, activity, KEY, OPERATOR, Decision())
    (media,) = [one for suspect in dossier.suspects for one in suspect.media]
    assert media.viewed_by == ()


def test_an_emergency_needs_one_person_and_says_so(ledger, home, activity, decided, ana):
    filed, _ = proposed(ledger, decided, activity, ana)
    lead = signed_in(person("lea", "lead"))
    alone = act_alone(lead, Proposal.Kind.REPORT, subject_of(filed), "a child is in danger tonight", case=decided)
    taken = take_approvals(ledger, alone)
    assert {one.state for one in taken} == {State.APPROVED}
    assert all(one.approvals.get().emergency for one in taken)
    ledger.require_approval(taken[0])


def test_a_draft_that_changed_after_the_proposal_is_not_sent(ledger, activity, decided, ana, ben):
    filed, proposal = proposed(ledger, decided, activity, ana)
    see_evidence(ben, proposal, "second look")
    approve(ben, proposal, proposal.digest, "agreed")
    dossier = dossier_from(decided, activity, KEY, OPERATOR, Decision(note="something else"))
    file_drafts(ledger, dossier, "local", NOW)
    proposal.refresh_from_db()
    with pytest.raises(Refused, match="not what was proposed"):
        take_approvals(ledger, proposal)
    assert filed


def test_a_case_without_decisions_is_no_dossier(home, activity, ana):
    with pytest.raises(BadInput, match="decide first"):
        dossier_from(case(2), activity, KEY, OPERATOR, Decision())


def test_a_purge_that_was_done_is_done(tmp_path, home):
    vault = Vault(tmp_path / "vault", OperatorKey(bytes(range(32))))
    vault.open("C-1", By("ana", "keep")).put("a", [b"b"])
    vault.open("C-1", By("ana", "keep")).reported(datetime(2020, 1, 1, tzinfo=UTC))
    order = Order("e", "purge", "case", "1", {"case_id": "C-1"}, "proposal:1", "ana", "ben", NOW)
    sink = VaultSink(vault)
    assert sink.carry_out(order) == "destroyed 1 items"
    assert sink.carry_out(order) == "destroyed before"


def test_finished_reports_leave_receipts_and_preserve_their_case(
    ledger, receiver, home, media_server, activity, decided, ana, ben, tmp_path
):
    filed, _ = proposed(ledger, decided, activity, ana)
    receipts = Receipts(Vault(tmp_path / "vault", VAULT_KEY), ledger)
    assert receipts.keep(filed[0], By("ana", "receipts")) == 0
    for one in filed:
        ledger.approve(one, "first", "1", NOW)
        ledger.approve(one, "second", "2", NOW)
        sender(ledger, receiver, home, media_server).send(one)
        assert receipts.keep(one, By("ana", "receipts")) == 2 * one.steps.count()
        assert receipts.keep(one, By("ana", "receipts")) == 0
    kept = receipts.vault.open(str(decided), By("lea", "look"))
    name = next(item.name for item in kept.items() if item.name.endswith("submit.sent"))
    assert b"".join(kept.read(name)) in [report.xml for report in receiver.reports.kept.values()]
    assert kept.state.preserve_until == max(one.finished_at for one in filed) + YEAR


def test_a_file_is_preserved_once_with_its_receipt(home, recorder, activity, decided, tmp_path, media_server):
    recorder.answer = lambda *_: (201, b"receipt 7")
    store = MediaStore(recorder.outbound, {"Authorization": "secret"}, f"{recorder.base}/preserve")
    vault = Vault(tmp_path / "vault", VAULT_KEY)
    sink = PreserveSink(store, activity, Directory(), vault)
    seller = decided.members.order_by("account_id").first().account_id
    told = Order("e", "preserve", "account", seller, {"case": decided.pk}, "decision:1", "ana", "ben", NOW)
    assert sink.carry_out(told) == "1 files asked for, 0 without a locator"
    assert sink.carry_out(told) == "0 files asked for, 0 without a locator"
    ((_, _, headers, body),) = recorder.seen
    assert json.loads(body)["sha256"] == hashlib.sha256(FILE).hexdigest()
    assert headers["authorization"] == "secret"
    kept = vault.open(str(decided), By("lea", "look"))
    assert b"".join(kept.read("preserved-m1")) == b"receipt 7"
    with pytest.raises(Refused, match="route it"):
        sink.carry_out(Order("e", "remove", "account", seller, {}, "decision:1", "ana", "ben", NOW))


def test_decisions_have_statements_that_may_leave(ledger, decided):
    reasons = Reasons(legal_ground="Directive 2011/93/EU, Article 5", explanation="Offers of abuse material.")
    rows = list(AccountDecision.objects.filter(decision__case=decided).order_by("account_id"))
    with pytest.raises(BadInput, match="restricts nobody"):
        statement_of(rows[0], reasons, KEY)
    made = [statement_of(one, reasons, KEY) for one in rows[1:]]
    assert [check_statement(one, [row.account_id for row in rows]) for one in made] == [[], []]
    assert len({one.puid for one in made}) == 2


def test_the_transparency_report_counts_what_was_decided(ledger, decided):
    found = counted(Records(platform="Velomira"))
    assert sorted(one.kind for one in found.measures) == ["protect", "restrict", "restrict"]
    assert all(one.hours is not None and one.hours >= 0 for one in found.measures)
