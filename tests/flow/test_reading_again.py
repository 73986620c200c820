import json

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from seawall.flow.order import Order
from seawall.flow.progress import Stages
from seawall.flow.run import STAGES, run
from seawall.records.activity import VERDICTS_TABLE
from seawall.records.ids import IdKey
from seawall.trials.world import make_world

SIDE = ("seller", "promoter", "reseller", "at_risk_child")
SEEDS = 10


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return make_world(tmp_path_factory.mktemp("seeds") / "world", 6_000, 2)


@pytest.fixture(scope="module")
def sellers(world):
    truth = pq.read_table(world.folder / "truth.parquet")
    return truth.filter(pc.is_in(truth["role"], pa.array(SIDE)))["subject_id"].to_pylist()


def made(world, out, confirmed):
    rows = [
        {"subject_kind": "account", "subject_id": one, "verdict": "confirmed", "role": "seller", "decided_by": "a"}
        for one in confirmed
    ]
    decided = pq.read_table(world.activity / "accounts.parquet", columns=["created_at"])["created_at"][0].as_py()
    table = pa.Table.from_pylist([row | {"decided_at": decided} for row in rows], schema=VERDICTS_TABLE.raw_schema)
    pq.write_table(table, world.activity / "verdicts.parquet")
    return run(Order(world.activity, out, IdKey(bytes(32)), threads=1, plain_ids=True), Stages(STAGES, quiet=True))


@pytest.fixture(scope="module")
def from_seeds(world, sellers, tmp_path_factory):
    return made(world, tmp_path_factory.mktemp("run") / "run", sellers[:SEEDS])


def test_sellers_are_found_from_a_few_known_ones_without_a_lexicon(from_seeds, sellers):
    findings = pq.read_table(from_seeds / "findings.parquet")
    findings = findings.filter(pc.and_(pc.equal(findings["subject_kind"], "account"), findings["flagged"]))
    found = set(findings["subject_id"].to_pylist())
    others = set(sellers[SEEDS:])
    assert len(found & others) > 0.4 * len(others)


def test_the_summary_tells_that_it_read_again_and_with_what(from_seeds):
    method = json.loads((from_seeds / "summary.json").read_text())["method"]
    assert method.startswith(f"cold start with {SEEDS} verdicts, reading ")
    assert method.endswith("terms that it found")


def test_terms_that_it_found_wait_for_people_and_are_not_published(from_seeds):
    assert set(pq.read_table(from_seeds / "terms.parquet")["status"].to_pylist()) == {"proposed"}


def test_without_a_lexicon_and_without_sellers_it_reads_once(world, tmp_path):
    method = json.loads((made(world, tmp_path / "run", []) / "summary.json").read_text())["method"]
    assert method == "cold start"
