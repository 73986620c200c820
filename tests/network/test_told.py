"""Conclusions as tables: what a run folder says of accounts and things."""

import json

import numpy as np
import pyarrow as pa

from seawall.network.findings import Findings, Reason
from seawall.network.things import ThingFindings
from seawall.network.told import account_rows, member_rows, network_rows, thing_rows
from seawall.records.roles import ROLES
from seawall.records.run import FINDINGS, MEMBERS, NETWORKS

FOUND = Findings(
    np.array([3, 5]),
    np.array([[0.9, 0, 0, 0, 0, 0.1], [0, 0, 0.3, 0, 0, 0.7]]),
    np.array([0.9, 0.3]),
    np.array([True, False]),
    ((Reason("terms", "names listed terms", 2.5),), ()),
)
THINGS = ThingFindings(np.array([0]), np.array([0.75]), np.array([True]), np.array([6]), np.array([8]))


def test_findings_on_accounts_hold_risk_roles_and_evidence():
    rows = account_rows(FOUND, pa.array(["a", "b"]))
    assert rows.schema == FINDINGS
    assert json.loads(rows["evidence"][0].as_py()) == [{"family": "terms", "says": "names listed terms", "adds": 2.5}]
    assert rows["seller"].to_pylist() == [0.9, 0.0]
    assert rows["flagged"].to_pylist() == [True, False]


def test_roles_of_every_finding_sum_to_one():
    for rows in (account_rows(FOUND, pa.array(["a", "b"])), thing_rows("link", THINGS, pa.array(["x"]))):
        assert np.allclose(np.sum([rows[role].to_numpy() for role in ROLES], axis=0), 1)
        assert np.allclose(1 - rows["bystander"].to_numpy(), rows["risk"].to_numpy())


def test_a_thing_tells_how_many_of_its_users_are_flagged():
    (row,) = thing_rows("hashtag", THINGS, pa.array(["x"])).to_pylist()
    assert json.loads(row["evidence"])[0]["says"] == "6 of its 8 users are flagged"
    assert (row["subject_kind"], row["subject_id"]) == ("hashtag", "x")


def test_networks_count_their_members_and_tell_their_span():
    names = [("network-a", None), ("network-b", "network-b")]
    risk, created = np.array([0.9, 0.7, 0.6]), np.array([5, 3, 8])
    rows = network_rows(names, np.array([0, 0, 1]), risk, created)
    assert rows.schema == NETWORKS
    assert rows["members"].to_pylist() == [2, 1]
    assert np.allclose(rows["risk"].to_numpy(), [0.8, 0.6])
    assert rows["first_at"].cast(pa.int64()).to_pylist() == [3, 8]
    assert rows["last_at"].cast(pa.int64()).to_pylist() == [5, 8]
    assert rows["previous_id"].to_pylist() == [None, "network-b"]


def test_no_network_gives_empty_tables():
    nothing, no_risk = np.array([], np.int64), np.array([], np.float64)
    assert network_rows([], nothing, no_risk, nothing).equals(NETWORKS.empty_table())
    assert member_rows([], pa.array([], pa.string()), [], no_risk).equals(MEMBERS.empty_table())
