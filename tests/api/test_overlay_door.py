"""A person's decision over HTTP: in force when answered, and only if signed."""

import pytest
from asking import SELLER, STRANGER, Deployment, serving

from seawall.effects.overlay_entries import OverlayAction


@pytest.fixture
def server(deployment):
    with serving(deployment, "--overlay", "overlay") as running:
        yield running


def shown(server, account):
    with server.client() as client:
        asked = {"viewer": "account-9", "age": "adult", "candidates": [account]}
        return client.post("/v1/recommend", json=asked).json()["kept"] == [0]


def test_decisions_are_in_force_when_they_are_answered(server, deployment):
    assert shown(server, STRANGER)
    assert not shown(server, SELLER)
    told = server.decide(
        deployment.entry(1, OverlayAction.REMOVE, STRANGER), deployment.entry(2, OverlayAction.CLEAR, SELLER)
    )
    assert told.json() == {"applied": 2}
    assert not shown(server, STRANGER)
    assert shown(server, SELLER)


def test_a_decision_that_is_sent_again_is_taken_once(server, deployment):
    entry = deployment.entry(1, OverlayAction.REMOVE, STRANGER)
    assert [server.decide(entry).json()["applied"] for _ in range(3)] == [1, 0, 0]


def test_a_decision_outlives_the_server(deployment):
    with serving(deployment, "--overlay", "overlay") as first:
        first.decide(deployment.entry(1, OverlayAction.REMOVE, STRANGER))
    with serving(deployment, "--overlay", "overlay") as second:
        assert not shown(second, STRANGER)


def test_a_stranger_signs_nothing(server, deployment, tmp_path):
    forged = Deployment(tmp_path).entry(1, OverlayAction.CLEAR, SELLER)
    told = server.decide(forged)
    assert told.status_code == 409
    assert "not signed" in told.json()["message"]
    assert not shown(server, SELLER)


def test_an_old_number_with_another_decision_is_refused(server, deployment):
    server.decide(deployment.entry(1, OverlayAction.REMOVE, STRANGER))
    assert server.decide(deployment.entry(1, OverlayAction.CLEAR, STRANGER)).status_code == 409
    assert not shown(server, STRANGER)


def test_a_server_without_an_overlay_takes_no_changes(deployment):
    with serving(deployment) as server:
        told = server.decide(deployment.entry(1, OverlayAction.REMOVE, STRANGER))
        assert told.status_code == 409
        assert "--overlay" in told.json()["message"]
