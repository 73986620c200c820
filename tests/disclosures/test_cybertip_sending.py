"""Reports reach the receiver once each, whatever happens on the way."""

import msgspec
import pytest
from disclosing import NOW, approved, fill, sender
from lxml import etree

from seawall.disclosures.cybertip.filing import file_drafts, send_case
from seawall.disclosures.dossier import Decision
from seawall.disclosures.example import example_dossier
from seawall.disclosures.models import State
from seawall.records.errors import Damaged, Refused, Unavailable


def send_all(one, dossier):
    return [number for _, number in send_case(one, dossier.case_id)]


@pytest.fixture
def dossier(media_server):
    return fill(media_server, example_dossier(6, 1, media_server.base))


def test_a_network_becomes_linked_reports(ledger, receiver, home, media_server, dossier):
    approved(ledger, dossier)
    numbers = send_all(sender(ledger, receiver, home, media_server), dossier)
    reports = receiver.reports.kept
    assert sorted(reports) == numbers
    assert {report.state for report in reports.values()} == {"finished"}
    for place, number in enumerate(numbers):
        root = etree.fromstring(reports[number].xml)
        assert {node.text for node in root.iter("groupIdentifier")} == {dossier.case_id}
        first = next(node for node in root if node.tag in {"personOrUserReported", "victim"})
        assert [int(node.text) for node in first.iterfind("priorCTReports")] == numbers[:place]


def test_a_child_is_a_victim_and_its_files_say_so(ledger, receiver, home, media_server):
    dossier = fill(media_server, example_dossier(12, 2, media_server.base))
    child = next(suspect for suspect in dossier.suspects if suspect.victim and suspect.media)
    (filed,) = [one for one in approved(ledger, dossier) if one.subject == ledger.subject(child.account.id)]
    report = receiver.reports.kept[sender(ledger, receiver, home, media_server).send(filed)]
    root = etree.fromstring(report.xml)
    assert root.find("personOrUserReported") is None
    assert root.findtext("victim/espIdentifier") == child.account.id
    marked = [etree.fromstring(xml).find("fileAnnotations/possibleSelfProduction") for xml in report.details.values()]
    assert len(marked) == len(child.media)
    assert all(mark is not None for mark in marked)


def test_a_buyer_is_marked_as_soliciting(ledger, receiver, home, media_server, dossier):
    approved(ledger, dossier)
    send_all(sender(ledger, receiver, home, media_server), dossier)
    marked = [b"<csamSolicitation/>" in report.xml for report in receiver.reports.kept.values()]
    assert marked == [suspect.role == "buyer" for suspect in dossier.in_order]


def test_files_pass_through_with_their_digests_and_views(ledger, receiver, home, media_server, dossier):
    approved(ledger, dossier)
    send_all(sender(ledger, receiver, home, media_server), dossier)
    media = {one.md5: one for suspect in dossier.suspects for one in suspect.media}
    told = {
        report.files[name]: etree.fromstring(xml).findtext("fileViewedByEsp")
        for report in receiver.reports.kept.values()
        for name, xml in report.details.items()
        if report.files[name] in media
    }
    assert told == {md5: "true" if one.viewed_by else "false" for md5, one in media.items()}
    assert not [path for path in home.rglob("*") if b"u00001-0u00001-0u00001-0" in path.read_bytes()]


def test_nothing_is_sent_without_two_people(ledger, receiver, home, media_server, dossier):
    filed = approved(ledger, dossier)
    filed[0].approvals.first().delete()
    with pytest.raises(Refused, match="1 of 2 approvals"):
        sender(ledger, receiver, home, media_server).send(filed[0])
    assert receiver.reports.kept == {}


def test_one_person_or_one_session_is_not_two(ledger, dossier):
    first = file_drafts(ledger, dossier, "local", NOW)[0]
    assert not ledger.approve(first, "first", "session-1", NOW)
    with pytest.raises(Refused, match="second person"):
        ledger.approve(first, "first", "session-2", NOW)
    with pytest.raises(Refused, match="second person"):
        ledger.approve(first, "second", "session-1", NOW)


def test_a_changed_draft_loses_its_approvals(ledger, dossier):
    filed = approved(ledger, dossier)[0]
    other = msgspec.structs.replace(dossier, decision=Decision(note="something else"))
    again = file_drafts(ledger, other, "local", NOW)[0]
    assert (again.pk, again.state) == (filed.pk, State.CHECKED)
    with pytest.raises(Refused, match="0 of 2"):
        ledger.require_approval(again)


def test_the_same_case_is_never_reported_twice(ledger, receiver, home, media_server, dossier):
    for _ in range(2):
        filed = file_drafts(ledger, dossier, "local", NOW)
        for one in filed:
            if one.state == State.CHECKED:
                ledger.approve(one, "first", "1", NOW)
                ledger.approve(one, "second", "2", NOW)
        send_all(sender(ledger, receiver, home, media_server), dossier)
    assert len(receiver.reports.kept) == len(dossier.suspects)


def test_the_ledger_holds_the_bytes_that_arrived(ledger, receiver, home, media_server, dossier):
    filed = approved(ledger, dossier)
    send_all(sender(ledger, receiver, home, media_server), dossier)
    for disclosure in filed:
        disclosure.refresh_from_db()
        report = receiver.reports.kept[int(disclosure.reference)]
        submit = disclosure.steps.get(call="submit")
        assert ledger.sent(submit) == report.xml
        assert b"<responseCode>0</responseCode>" in ledger.answered(submit)
        assert submit.trace
        assert ledger.verify(disclosure) == disclosure.steps.count()


def test_a_changed_step_is_found(ledger, receiver, home, media_server, dossier):
    filed = approved(ledger, dossier)[0]
    sender(ledger, receiver, home, media_server).send(filed)
    filed.steps.filter(call="finish").update(by="somebody else")
    with pytest.raises(Damaged):
        ledger.verify(filed)


def test_the_database_holds_nothing_in_clear(ledger, receiver, home, media_server, dossier):
    approved(ledger, dossier)
    send_all(sender(ledger, receiver, home, media_server), dossier)
    kept = b"".join(path.read_bytes() for path in home.iterdir() if path.name.startswith("seawall.db"))
    for suspect in dossier.suspects:
        assert suspect.account.handle.encode() not in kept
        assert suspect.account.contacts[0].value.encode() not in kept


def test_prior_reports_of_a_test_never_go_elsewhere(ledger, receiver, home, media_server, dossier):
    first = approved(ledger, dossier)[0]
    first.environment, first.reference, first.state = "test", "4711", State.ACKNOWLEDGED
    first.save()
    send_all(sender(ledger, receiver, home, media_server), dossier)
    assert not [report for report in receiver.reports.kept.values() if b"4711" in report.xml]


def test_only_one_sender_works_at_a_time(ledger, receiver, home, media_server, dossier):
    approved(ledger, dossier)
    going = send_case(sender(ledger, receiver, home, media_server), dossier.case_id)
    next(going)
    with pytest.raises(Refused, match="another sender"):
        next(send_case(sender(ledger, receiver, home, media_server), dossier.case_id))
    assert len(list(going)) == len(dossier.suspects) - 1


def test_a_report_is_withdrawn_before_it_is_finished_and_not_after(ledger, receiver, home, media_server, dossier):
    filed = approved(ledger, dossier)
    one = sender(ledger, receiver, home, media_server)
    receiver.fail("finish", "dropped", 4)
    with pytest.raises(Unavailable):
        one.send(filed[0])
    with pytest.raises(Refused, match="may be"):
        one.withdraw(filed[0], "a mistake")
    receiver.fail("fileinfo", "401")
    with pytest.raises(Refused):
        one.send(next(each for each in filed if each.ordinal == 2))
    one.withdraw(filed[1], "a mistake")
    assert filed[1].state == State.WITHDRAWN
    assert [report.state for report in receiver.reports.kept.values()] == ["open", "retracted"]
