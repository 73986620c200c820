"""Every way in which a call can fail is handled as docs/concepts/disclosures.md says."""

import msgspec
import pytest
from disclosing import approved, fill, sender

from seawall.disclosures.cybertip.receiver.reports import IDLE, UNFINISHED
from seawall.disclosures.cybertip.sending import Failed, Held
from seawall.disclosures.dossier import Decision
from seawall.disclosures.example import example_dossier
from seawall.disclosures.models import State
from seawall.records.errors import Damaged, Refused, SeawallWarning, Unavailable

CALLS = ("submit", "upload", "fileinfo", "finish")


@pytest.fixture
def filed(ledger, media_server):
    """The report of an account with two files and a thread of messages."""
    dossier = fill(media_server, example_dossier(9, 1, media_server.base))
    rich = next(one for one in dossier.suspects if len(one.media) == 2)
    return next(one for one in approved(ledger, dossier) if one.subject == ledger.subject(rich.account.id))


@pytest.fixture
def one(ledger, receiver, home, media_server):
    return sender(ledger, receiver, home, media_server, timeout=0.3)


def finished(receiver):
    return [report for report in receiver.reports.kept.values() if report.state == "finished"]


def assert_once(receiver, filed):
    filed.refresh_from_db()
    (report,) = finished(receiver)
    assert filed.state == State.ACKNOWLEDGED
    assert str(report.id) == filed.reference
    assert report.finishes == 1
    assert len(report.files) == len(set(report.files.values())) == 2
    assert set(report.details) == set(report.files)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("how", ["429", "500", "1000", "1100", "dropped", "lost", "cut", "slow"])
def test_a_passing_failure_ends_in_one_report(one, receiver, filed, call, how):
    receiver.fail(call, how)
    one.send(filed)
    assert_once(receiver, filed)
    assert receiver.failures == []


@pytest.mark.parametrize("call", CALLS)
def test_an_empty_401_stops_and_is_gone_on_with(one, ledger, receiver, home, media_server, filed, call):
    wrong = sender(ledger, receiver, home, media_server, password="another")
    with pytest.raises(Refused, match="credentials"):
        wrong.send(filed)
    receiver.fail(call, "401")
    with pytest.raises(Refused, match="credentials"):
        one.send(filed)
    filed.refresh_from_db()
    assert filed.state == State.SENT
    one.send(filed)
    assert_once(receiver, filed)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("code", ["4100", "4110", "4000", "9999"])
def test_what_is_wrong_fails_and_leaves_nothing_open(one, receiver, filed, call, code):
    receiver.fail(call, code)
    with pytest.raises(Failed, match=code):
        one.send(filed)
    filed.refresh_from_db()
    assert filed.state == State.FAILED
    assert code in filed.why
    assert {report.state for report in receiver.reports.kept.values()} <= {"retracted"}


@pytest.mark.parametrize("call", CALLS)
def test_a_lasting_failure_is_told_and_gone_on_with_later(one, receiver, filed, call):
    receiver.fail(call, "1000", 50)
    with pytest.raises(Unavailable):
        one.send(filed)
    receiver.failures.clear()
    one.send(filed)
    assert_once(receiver, filed)


@pytest.mark.parametrize("call", ["upload", "fileinfo", "finish"])
def test_an_expired_report_is_made_anew(one, receiver, filed, call):
    receiver.fail(call, "401")
    with pytest.raises(Refused):
        one.send(filed)
    receiver.reports.forward = UNFINISHED + IDLE
    one.send(filed)
    assert_once(receiver, filed)


def test_a_lost_finish_that_nobody_knows_of_is_held_for_people(one, receiver, filed):
    receiver.fail("finish", "dropped", 4)
    with pytest.raises(Unavailable):
        one.send(filed)
    receiver.reports.forward = UNFINISHED + IDLE
    with pytest.raises(Held, match="Request-ID"):
        one.send(filed)
    assert finished(receiver) == []
    one.settle(filed, finished=False)
    one.send(filed)
    assert_once(receiver, filed)


def test_a_held_report_that_had_arrived_is_closed(one, receiver, filed):
    receiver.fail("finish", "lost", 1)
    receiver.fail("finish", "5001", 1)
    with pytest.raises(Held):
        one.send(filed)
    one.settle(filed, finished=True)
    assert_once(receiver, filed)


def test_a_file_of_another_size_fails(one, receiver, media_server, filed):
    path = next(iter(path for path in media_server.files if "u00002" in path))
    media_server.files = {name: body + b"x" for name, body in media_server.files.items()}
    with pytest.raises((Failed, Damaged)):
        one.send(filed)
    assert path
    assert finished(receiver) == []


def test_a_file_of_another_content_fails(one, receiver, media_server, filed):
    media_server.files = {name: body[::-1] + b"" for name, body in media_server.files.items()}
    with pytest.raises(Failed, match="digest differs"):
        one.send(filed)
    assert finished(receiver) == []
    filed.refresh_from_db()
    assert filed.state == State.FAILED


def test_a_store_that_is_down_leaves_the_report_to_be_gone_on_with(one, receiver, media_server, filed):
    kept, media_server.files = media_server.files, {}
    with pytest.raises(Unavailable):
        one.send(filed)
    media_server.files = kept
    one.send(filed)
    assert_once(receiver, filed)


def test_a_failed_report_is_tried_again_as_it_is(one, ledger, receiver, filed):
    receiver.fail("fileinfo", "4100")
    with pytest.raises(Failed):
        one.send(filed)
    with pytest.raises(Refused, match="nothing is sent"):
        one.send(filed)
    ledger.retry(filed)
    one.send(filed)
    assert_once(receiver, filed)


def test_a_failed_report_that_was_changed_is_sent_as_it_is_now(one, ledger, receiver, media_server, filed):
    receiver.fail("finish", "4100")
    receiver.fail("retract", "500", 50)
    with pytest.warns(SeawallWarning, match="expires by itself"), pytest.raises(Failed):
        one.send(filed)
    receiver.failures.clear()
    changed = msgspec.structs.replace(
        example_dossier(9, 1, media_server.base), decision=Decision(note="an invented note")
    )
    again = next(each for each in approved(ledger, changed) if each.pk == filed.pk)
    one.send(again)
    assert_once(receiver, again)
    (report,) = finished(receiver)
    assert b"an invented note" in report.xml


def test_what_was_acknowledged_is_not_drafted_again(one, ledger, media_server, filed):
    one.send(filed)
    changed = msgspec.structs.replace(example_dossier(9, 1, media_server.base), decision=Decision(note="other"))
    with pytest.raises(Refused, match="is not changed"):
        approved(ledger, changed)
