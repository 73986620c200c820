"""Figures over hand-made runs whose answers are known."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from seawall.records.errors import BadInput
from seawall.records.ids import IdKey
from seawall.records.roles import ROLES
from seawall.records.run import FINDINGS, MEMBERS, TRUTH
from seawall.trials.evaluate import evaluate, evaluate_many
from seawall.trials.world import World

TRUTH_ROWS = [
    # id, role, network, community, returned from
    ("s1", "seller", "n1", None, None),
    ("s2", "seller", "n1", None, "s1"),
    ("p1", "promoter", "n1", None, None),
    ("b1", "buyer", "n1", None, None),
    ("s3", "seller", "n2", None, None),
    ("b2", "buyer", "n2", None, None),
    ("o1", "bystander", None, "artists", None),
    ("o2", "bystander", None, "artists", None),
    ("o3", "bystander", None, "parents", None),
    ("o4", "bystander", None, None, None),
]
FOUND = [
    # id, role, risk, flagged, network
    ("s1", "seller", 0.9, True, "x"),
    ("s2", "promoter", 0.8, True, "x"),
    ("p1", "promoter", 0.7, True, "x"),
    ("b1", "seller", 0.6, True, "y"),
    ("b2", "buyer", 0.9, True, "y"),
    ("o1", "buyer", 0.6, True, "y"),
    ("o3", "seller", 0.2, False, None),
]


def write_truth(folder: Path, rows: list[tuple] = TRUTH_ROWS) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    names = ("subject_id", "role", "network_id", "community", "returned_from")
    facts = [{"subject_kind": "account", **dict(zip(names, row, strict=True))} for row in rows]
    pq.write_table(pa.Table.from_pylist(facts, schema=TRUTH), folder / "truth.parquet")
    return folder / "truth.parquet"


def write_run(folder: Path, rows: list[tuple] = FOUND) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    findings, members = [], []
    for name, role, risk, flagged, network in rows:
        shares = {str(r): risk if r == role else 0.0 for r in ROLES} | {"bystander": 1 - risk}
        facts = {"subject_kind": "account", "subject_id": name, "risk": risk, "flagged": flagged, "evidence": "[]"}
        findings.append(facts | shares)
        if network:
            members.append({"network_id": network, "account_id": name, "role": role, "risk": risk})
    pq.write_table(pa.Table.from_pylist(findings, schema=FINDINGS), folder / "findings.parquet")
    pq.write_table(pa.Table.from_pylist(members, schema=MEMBERS), folder / "members.parquet")
    return folder


def perfect_run(folder: Path, truth: list[tuple]) -> Path:
    return write_run(folder, [(name, role, 1.0, True, net) for name, role, net, *_ in truth if role != "bystander"])


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    return write_run(tmp_path / "run"), write_truth(tmp_path / "world")


def test_a_promoter_said_to_sell_is_right_as_seller_side(pair: tuple[Path, Path]):
    told = evaluate(*pair).as_dict()
    side = told["seller_side"]
    assert (side["truth"], side["accused"], side["right"]) == (4, 4, 3)
    assert side["recall"] == side["precision"] == 0.75
    assert side["recall_low"] < 0.75 < side["recall_high"]


def test_buyers_are_a_class_of_their_own(pair: tuple[Path, Path]):
    buyers = evaluate(*pair).as_dict()["buyers"]
    assert (buyers["recall"], buyers["precision"]) == (0.5, 0.5)


def test_role_f1_counts_the_likeliest_role_of_the_flagged(pair: tuple[Path, Path]):
    told = evaluate(*pair).as_dict()
    assert told["roles"]["seller"]["f1"] == pytest.approx(2 * 1 / (3 + 2))
    assert told["roles"]["promoter"]["f1"] == pytest.approx(2 / 3)
    assert told["roles"]["buyer"]["f1"] == pytest.approx(0.5)
    assert told["roles"]["reseller"]["f1"] is None
    assert told["macro_role_f1"] == pytest.approx((0.4 + 2 / 3 + 0.5) / 3)
    assert told["macro_role_f1_low"] < told["macro_role_f1"] < told["macro_role_f1_high"]


def test_any_flag_on_a_bystander_is_a_false_accusation(pair: tuple[Path, Path]):
    accused = evaluate(*pair).as_dict()["false_accusations"]
    assert accused["artists"]["flagged"] == 1
    assert accused["artists"]["share"] == 0.5
    assert accused["parents"] == {"flagged": 0, "accounts": 1, "share": 0.0, "upper": pytest.approx(0.95)}
    assert accused["ordinary"]["accounts"] == 1
    assert accused["all"]["flagged"] == 1


def test_network_pairs_are_counted_from_overlaps(pair: tuple[Path, Path]):
    networks = evaluate(*pair).as_dict()["networks"]
    # truth: 6 + 1 pairs; found: 3 + 3; both: s1-s2, s1-p1, s2-p1
    assert networks["pair_recall"] == pytest.approx(3 / 7)
    assert networks["pair_precision"] == pytest.approx(3 / 6)
    assert networks["pair_f1"] == pytest.approx(2 * 3 / (7 + 6))
    assert (networks["truth"], networks["found"]) == (2, 2)


def test_calibration_compares_risks_with_outcomes(pair: tuple[Path, Path]):
    told = evaluate(*pair).as_dict()["calibration"]
    assert told["above"] == 7
    risk = np.array([0.9, 0.8, 0.7, 0.6, 0.9, 0.6, 0.2])
    hidden = np.array([1, 1, 1, 1, 1, 0, 0])
    assert told["ece"] == pytest.approx(np.abs(risk - hidden).mean())  # seven risks, a bin each
    errors = (risk - hidden) ** 2
    assert told["brier_skill"] == pytest.approx(1 - (errors.sum() + 1) / 10 / 0.24)  # s3 missed at risk 0


def test_removed_accounts_that_came_back_count(pair: tuple[Path, Path]):
    hard = evaluate(*pair).as_dict()["hard"]
    assert hard["returned"]["recall"] == 1.0
    assert "no_post" not in hard


def test_it_tells_who_posts_nothing_from_the_activity(pair: tuple[Path, Path]):
    activity = pair[1].parent / "activity"
    activity.mkdir()
    posts = pa.table({"account_id": ["s2", "p1", "p1", "b1"], "kind": ["story", "post", "story", "post"]})
    pq.write_table(posts, activity / "posts.parquet")
    hard = evaluate(*pair).as_dict()["hard"]
    assert (hard["no_post"]["right"], hard["no_post"]["truth"]) == (1, 2)
    assert (hard["stories_only"]["right"], hard["stories_only"]["truth"]) == (1, 1)


def test_a_perfect_run_is_perfect(tmp_path: Path):
    truth = write_truth(tmp_path / "world")
    told = evaluate(perfect_run(tmp_path / "run", TRUTH_ROWS), truth).as_dict()
    assert told["seller_side"]["recall"] == told["seller_side"]["precision"] == told["macro_role_f1"] == 1
    assert told["networks"]["pair_f1"] == told["calibration"]["brier_skill"] == 1
    assert told["calibration"]["ece"] == told["false_accusations"]["all"]["flagged"] == 0


def test_an_empty_run_finds_nothing_and_accuses_nobody(tmp_path: Path):
    told = evaluate(write_run(tmp_path / "run", []), write_truth(tmp_path / "world")).as_dict()
    assert told["seller_side"]["recall"] == told["macro_role_f1"] == told["networks"]["pair_f1"] == 0
    assert told["seller_side"]["precision"] is told["calibration"]["slope"] is None
    assert told["false_accusations"]["all"]["flagged"] == 0


def test_pooled_networks_of_two_worlds_stay_apart(tmp_path: Path):
    truth = write_truth(tmp_path / "world")
    perfect, poor = perfect_run(tmp_path / "perfect", TRUTH_ROWS), write_run(tmp_path / "poor")
    told = evaluate_many([(perfect, truth), (poor, truth)]).as_dict()
    assert told["networks"]["truth"] == 4
    assert told["networks"]["pair_f1"] == pytest.approx(2 * (7 + 3) / (14 + 7 + 6))
    assert told["seller_side"]["truth"] == 8
    assert told["false_accusations"]["artists"]["accounts"] == 4


def test_keyed_runs_are_compared_with_the_key(tmp_path: Path):
    key = IdKey(bytes(range(32)))
    rows = [(f"{key.one('account', name):016x}", *rest) for name, *rest in FOUND]
    run, truth = write_run(tmp_path / "run", rows), write_truth(tmp_path / "world")
    plain = evaluate(write_run(tmp_path / "plain"), truth)
    assert evaluate(run, truth, key=key).as_dict() == plain.as_dict()
    with pytest.raises(BadInput, match="key file"):
        evaluate(run, truth)


def test_the_same_seed_gives_the_same_figures(pair: tuple[Path, Path]):
    assert evaluate(*pair, seed=5).as_json() == evaluate(*pair, seed=5).as_json()
    assert json.loads(evaluate(*pair).as_json()) == evaluate(*pair).as_dict()


def test_accounts_that_the_truth_does_not_know_are_counted(tmp_path: Path):
    run = write_run(tmp_path / "run", [*FOUND, ("stranger", "seller", 0.9, True, "x")])
    told = evaluate(run, write_truth(tmp_path / "world")).as_dict()
    assert told["accounts"]["without_truth"] == 1
    assert told["networks"]["pair_precision"] == pytest.approx(3 / 9)


def test_it_says_which_file_is_missing(tmp_path: Path):
    with pytest.raises(BadInput, match=r"truth\.parquet"):
        evaluate(write_run(tmp_path / "run"), tmp_path / "truth.parquet")
    with pytest.raises(BadInput, match=r"findings\.parquet"):
        evaluate(tmp_path, write_truth(tmp_path / "world"))


def test_lines_name_every_figure(pair: tuple[Path, Path]):
    text = "\n".join(evaluate(*pair).lines())
    for word in ("seller side", "buyers", "macro", "network pairs", "slope", "Brier", "artists", "at_risk_child"):
        assert word in text


def test_a_perfect_run_on_a_made_world_is_perfect(world: World, tmp_path: Path):
    rows = pq.read_table(world.folder / "truth.parquet").select(["subject_id", "role", "network_id"]).to_pylist()
    told = evaluate(
        perfect_run(tmp_path / "run", [tuple(row.values()) for row in rows]), world.folder / "truth.parquet"
    )
    facts = told.as_dict()
    assert facts["seller_side"]["recall"] == facts["buyers"]["precision"] == facts["networks"]["pair_f1"] == 1
    assert facts["hard"]["no_post"]["truth"] > 2
