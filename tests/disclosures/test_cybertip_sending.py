"""Reports reach the receiver once each, whatever happens on the way."""

import pytest
from disclosing import approved, fill, sender
from lxml import etree

from seawall.disclosures.cybertip.filing import send_case
from seawall.disclosures.example import example_dossier


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
