"""How many there are is told from a sample that was drawn for it, with an interval that holds."""

import msgspec
import numpy as np
import pyarrow as pa
import pytest

from seawall.network.findings import Findings
from seawall.network.prevalence import SAMPLE_SIZE, captures, draw_sample, prevalence, unseen_networks
from seawall.records.roles import ROLES

N = 50_000
SELLER, BUYER, BYSTANDER = (ROLES.index(role) for role in ("seller", "buyer", "bystander"))


def platform(rng, optimism=1.0):
    """True roles of N accounts, and findings whose risks are right where `optimism` is 1."""
    chance = np.zeros((N, len(ROLES)))
    with_finding = np.sort(rng.choice(N, 2_000, replace=False))
    chance[with_finding, SELLER] = rng.beta(0.5, 1.5, len(with_finding)) * 0.6
    chance[with_finding, BUYER] = rng.beta(0.5, 1.5, len(with_finding)) * 0.4
    hidden = chance.sum(axis=1)
    lot = rng.random(N)
    truth = np.where(lot < chance[:, SELLER], SELLER, np.where(lot < hidden, BUYER, BYSTANDER))
    said = np.clip(chance * optimism, 0, 0.49)
    said[:, BYSTANDER] = 1 - said.sum(axis=1)
    found = said[with_finding]
    risk = 1 - found[:, BYSTANDER]
    kept = risk >= 0.02
    findings = Findings(with_finding[kept], found[kept], risk[kept], risk[kept] > 0.5, ((),) * int(kept.sum()))
    return truth, findings


def estimated(truth, findings, seed, leave_out=0):
    sample = draw_sample(findings, N, seed)
    names = pa.array([str(account) for account in sample.accounts])
    judged = {str(account): str(ROLES[truth[account]]) for account in sample.accounts[leave_out:]}
    return prevalence(sample.rows(names), judged, seed)


def test_a_sample_has_accounts_of_every_stratum_and_more_where_less_is_sure():
    sample = draw_sample(platform(np.random.default_rng(1))[1], N, 1)
    assert sample.sizes.sum() == N
    drawn = np.bincount(sample.stratum, minlength=len(sample.sizes))
    assert (drawn >= np.minimum(30, sample.sizes)).all()
    assert SAMPLE_SIZE * 0.8 < len(sample.accounts) < SAMPLE_SIZE * 1.5
    share = drawn / np.maximum(sample.sizes, 1)
    assert share[0] < share[2]


@pytest.mark.parametrize("optimism", [1.0, 0.3])
def test_the_interval_holds_the_truth_though_the_risks_may_be_wrong(optimism):
    inside = []
    for seed in range(60):
        truth, findings = platform(np.random.default_rng(seed), optimism)
        one = estimated(truth, findings, seed)["seller"]
        inside.append(one.low <= (truth == SELLER).mean() <= one.high)
    assert np.mean(inside) > 0.85


def test_shares_sum_to_one():
    told = estimated(*platform(np.random.default_rng(2)), 2)
    assert sum(one.value for one in told.values()) == pytest.approx(1)


def test_too_few_verdicts_say_nothing():
    truth, findings = platform(np.random.default_rng(3))
    assert estimated(truth, findings, 3, leave_out=SAMPLE_SIZE - 20) is None
    empty = draw_sample(findings, N, 3).rows(pa.array([""] * len(draw_sample(findings, N, 3).accounts))).slice(0, 0)
    assert prevalence(empty, {"1": "seller"}, 3) is None


def test_a_platform_without_findings_is_one_stratum():
    none = Findings(np.empty(0, np.int64), np.zeros((0, 6)), np.zeros(0), np.zeros(0, bool), ())
    told = estimated(np.full(N, BYSTANDER), none, 0)
    assert told["seller"].low < 1e-6
    assert told["bystander"].value > 0.99


def test_an_estimate_can_be_told_as_json():
    seen = np.zeros((9, 5), bool)
    seen[np.arange(9), np.arange(9) % 5] = True
    told = msgspec.json.decode(msgspec.json.encode(unseen_networks(seen).told(1)))
    assert 0 < told["low"] < told["value"] < told["high"]


def test_unseen_networks_are_bounded_from_those_that_few_detectors_see():
    rng = np.random.default_rng(0)
    right = []
    for _ in range(40):
        seen = rng.random((200, 6)) < 0.25
        caught = seen[seen.any(axis=1)]
        one = unseen_networks(caught)
        right.append(one.low <= 200 - len(caught) <= one.high)
    assert np.mean(right) > 0.85


def test_where_every_detector_sees_every_network_none_is_unseen():
    assert unseen_networks(np.ones((20, 5), bool)).high == 0
    assert unseen_networks(np.ones((20, 2), bool)) is None
    assert unseen_networks(np.ones((0, 5), bool)) is None


def test_a_detector_sees_a_network_by_two_of_its_members():
    network = np.array([0, 0, 1, 1, -1])
    detectors = pa.chunked_array([["terms", "terms", "offers", "terms", "offers", "offers"]])
    seen = captures(np.array([0, 1, 0, 2, 4, 0]), detectors, network)
    assert seen.tolist() == [[True, False], [False, False]]
