"""A run with Spark concludes what a run with DuckDB concludes."""

import numpy as np
import pyarrow.compute as pc
import pytest

from running import make_run, table

pytestmark = pytest.mark.xdist_group("spark")

RISK = 0.02
"""How far a risk may differ; floats are summed in one order by both engines, so it is 0 as a rule."""


@pytest.fixture(scope="module")
def both(world, runs, tmp_path_factory):
    return runs("keyed"), make_run(world, tmp_path_factory.mktemp("spark") / "run", engine="spark")


def risks(run) -> dict[str, float]:
    findings = table(run, "findings")
    accounts = findings.filter(pc.equal(findings["subject_kind"], "account"))
    return dict(zip(accounts["subject_id"].to_pylist(), accounts["risk"].to_pylist(), strict=True))


def test_both_engines_give_the_same_signals(both):
    assert table(both[0], "signals").equals(table(both[1], "signals"))


def test_risks_agree_within_the_tolerance(both):
    ours, theirs = map(risks, both)
    assert all(abs(ours.get(one, 0) - theirs.get(one, 0)) <= RISK for one in ours.keys() | theirs.keys())


def test_the_same_accounts_are_in_the_same_networks(both):
    assert table(both[0], "members")["account_id"].equals(table(both[1], "members")["account_id"])
    assert table(both[0], "networks")["network_id"].equals(table(both[1], "networks")["network_id"])


def test_proposed_terms_agree(both):
    ours, theirs = (table(run, "terms") for run in both)
    assert ours["term_id"].equals(theirs["term_id"])
    assert np.allclose(ours["score"].to_numpy(), theirs["score"].to_numpy(), atol=RISK)
