"""The receiver behaves as the service does."""

import json

import pytest
from disclosing import PASSWORD, tipline
from test_cybertip_format import filled, whole_report

from seawall.disclosures.cybertip.answers import Verdict, read_answer
from seawall.disclosures.cybertip.calls import Upload, id_form
from seawall.disclosures.cybertip.receiver.reports import IDLE, UNFINISHED
from seawall.disclosures.cybertip.report import FileDetails
from seawall.disclosures.cybertip.schema import parse, restated
from seawall.disclosures.cybertip.write import to_xml
from seawall.effects.outbound import Destination, Outbound
from seawall.records.errors import Unavailable


@pytest.fixture
def line(receiver, tmp_path):
    return tipline(receiver.base, tmp_path)


def submit(line):
    return read_answer("submit", line.post_xml("submit", to_xml(whole_report())))


def upload(line, number, content=b"invented bytes" * 9_000):
    sent = Upload(number, "a name.bin", "application/octet-stream", len(content))
    pieces = (content[place : place + 777] for place in range(0, len(content), 777))
    return sent, read_answer("upload", line.upload(sent, pieces))


def details(number, name):
    whole = filled(FileDetails)
    return to_xml(type(whole)(report_id=number, file_id=name, file_viewed_by_esp=False))


def test_a_report_with_a_file_is_finished(line, receiver):
    number = submit(line).report_id
    sent, uploaded = upload(line, number)
    assert uploaded.digest == sent.md5.hexdigest()
    assert len(uploaded.file_id) == 32
    assert read_answer("fileinfo", line.post_xml("fileinfo", details(number, uploaded.file_id))).code == 0
    done = read_answer("finish", line.post_id("finish", id_form(number)))
    assert (done.code, done.report_id, done.files) == (0, number, (uploaded.file_id,))
    assert done.trace
    assert receiver.reports.kept[number].sizes[uploaded.file_id] == sent.size


def test_status_and_schema_are_served(line):
    assert read_answer("status", line.get("status")).code == 0
    assert line.get("xsd").body == restated()


def test_wrong_credentials_get_an_empty_401(receiver, tmp_path):
    answer = tipline(receiver.base, tmp_path, password=PASSWORD + "x").get("status")
    assert (answer.status, answer.body) == (401, b"")


def test_another_order_is_answered_with_4100(line):
    xml = to_xml(whole_report()).decode()
    start, end = xml.index("<platform>"), xml.index("</platform>") + len("</platform>")
    moved = xml[:start] + xml[end:]
    moved = moved.replace("<incidentSummary>", "<incidentSummary>" + xml[start:end])
    reply = read_answer("submit", line.post_xml("submit", moved.encode()))
    assert reply.code == 4100
    assert "platform" in reply.says


def test_what_is_no_xml_is_answered_with_4110(line):
    assert read_answer("submit", line.post_xml("submit", b"<report>")).code == 4110


def test_an_entity_is_not_expanded(line):
    bomb = b'<!DOCTYPE report [<!ENTITY a "aaaaaaaaaa">]><report>&a;</report>'
    assert read_answer("submit", line.post_xml("submit", bomb)).code == 4110


def test_finished_and_retracted_reports_say_so(line):
    first, second = submit(line).report_id, submit(line).report_id
    line.post_id("finish", id_form(first))
    line.post_id("retract", id_form(second))
    assert read_answer("finish", line.post_id("finish", id_form(first))).code == 5102
    assert read_answer("finish", line.post_id("finish", id_form(first))).verdict is Verdict.DONE
    assert read_answer("retract", line.post_id("retract", id_form(first))).verdict is Verdict.WRONG
    assert read_answer("retract", line.post_id("retract", id_form(second))).verdict is Verdict.DONE
    assert read_answer("finish", line.post_id("finish", id_form(second))).verdict is Verdict.GONE


def test_what_is_not_there_is_5001_or_5002(line):
    assert read_answer("finish", line.post_id("finish", id_form(77))).code == 5001
    number = submit(line).report_id
    assert read_answer("fileinfo", line.post_xml("fileinfo", details(number, "0" * 32))).code == 5002


@pytest.mark.parametrize(("forward", "code"), [(UNFINISHED * 0.9, 0), (UNFINISHED * 1.1, 5001)])
def test_an_unfinished_report_expires_a_day_after_it_was_opened(line, receiver, forward, code):
    number = submit(line).report_id
    receiver.reports.forward = forward
    assert read_answer("finish", line.post_id("finish", id_form(number))).code == code


def test_a_change_keeps_a_report_for_another_hour(line, receiver):
    number = submit(line).report_id
    receiver.reports.forward = UNFINISHED * 0.99
    upload(line, number)
    receiver.reports.forward = UNFINISHED * 0.99 + IDLE * 0.9
    assert upload(line, number)[1].code == 0
    receiver.reports.forward += IDLE * 1.1
    assert upload(line, number)[1].code == 5001


def test_an_answer_cut_in_half_is_no_answer(line, receiver):
    receiver.fail("submit", "cut")
    with pytest.raises(Unavailable):
        submit(line)
    assert len(receiver.reports.kept) == 1


def test_the_control_calls_tell_and_change(receiver, tmp_path):
    base = receiver.base.removesuffix("/ispws")
    outbound = Outbound([Destination(base, private=True)])
    outbound.request("POST", f"{base}/control/fail", purpose="test", body=b'{"call": "status", "how": "429"}')
    assert tipline(receiver.base, tmp_path).get("status").status == 429
    outbound.request("POST", f"{base}/control/clock", purpose="test", body=b'{"forward": 3600}')
    told = json.loads(outbound.request("GET", f"{base}/control/reports", purpose="test").body)
    assert told["reports"] == []
    assert receiver.reports.forward == IDLE


def test_the_restated_schema_is_a_schema():
    assert parse(restated()).tag.endswith("schema")
