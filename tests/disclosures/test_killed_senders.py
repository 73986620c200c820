"""A sender that is killed again and again sends each report once."""

import pytest
from disclosing import KEY, approved, fill
from killed_senders import assert_each_once, kill_often

from seawall.disclosures.example import example_dossier
from seawall.disclosures.ledger import Ledger
from seawall.disclosures.models import State

KILLS = 6


@pytest.mark.xdist_group("killed_senders")
def test_every_report_is_finished_once(database, receiver, media_server):
    ledger = Ledger(KEY)
    dossier = fill(media_server, example_dossier(10, 7, media_server.base))
    filed = approved(ledger, dossier)
    killed = kill_often(database.environment, receiver.base, media_server.base, dossier.case_id, KILLS, seed=7)
    for disclosure in filed:
        disclosure.refresh_from_db()
        assert disclosure.state == State.ACKNOWLEDGED
        ledger.verify(disclosure)
    assert_each_once(receiver, dossier, filed)
    assert killed >= KILLS // 2
