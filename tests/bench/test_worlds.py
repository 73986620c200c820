import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from bench.peers.lexicon_walk import accuse, lexicon_walk
from bench.worlds import Trial, as_json, measure, read_seeds, section, spell_seeds, write
from scipy.sparse import csr_matrix

from bench import worlds
from seawall.records.run import FINDINGS, MEMBERS

TRIAL = Trial(5_000, (3,), verdicts=True)


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("worlds")


@pytest.fixture(scope="module")
def found(cache):
    return measure(TRIAL, cache=cache)


def test_both_methods_are_judged_over_the_same_accounts(found):
    facts = json.loads(as_json(TRIAL, found))
    assert facts["worlds"] == {"accounts": 5_000, "seeds": [3], "verdicts": True, "background": None}
    assert facts["seawall"]["accounts"]["total"] == facts["peer"]["accounts"]["total"] == 5_000
    assert facts["seeds"]["3"]["seawall"]["seller_side"] == facts["seawall"]["seller_side"]


def test_seawall_is_more_precise_than_an_exact_match(found):
    assert found["seawall"].pooled.seller_side.precision.share > found["peer"].pooled.seller_side.precision.share


def test_an_exact_match_accuses_those_who_warn(found):
    assert found["peer"].pooled.false_accusations["warners"].share > 0.5


def test_the_peer_writes_tables_of_a_run(found, cache):
    (folder,) = (worlds.world(TRIAL, 3, cache) / "peer-verdicts").iterdir()
    assert pq.read_schema(folder / "findings.parquet").equals(FINDINGS)
    assert pq.read_schema(folder / "members.parquet").equals(MEMBERS)


def test_runs_from_before_are_judged_again(found, cache):
    (folder,) = (worlds.world(TRIAL, 3, cache) / "seawall-verdicts").iterdir()
    before = folder.stat().st_ino
    again = measure(TRIAL, cached=True, cache=cache)
    assert folder.stat().st_ino == before
    assert again["seawall"].pooled.as_dict() == found["seawall"].pooled.as_dict()


def test_a_page_keeps_other_trials_and_replaces_its_own(found, tmp_path):
    page, other = tmp_path / "accuracy.md", Trial(5_000, (3,))
    for trial in (TRIAL, other, TRIAL):
        write(page, trial, found)
    text = page.read_text()
    assert text.count(f"## {TRIAL.heading}\n") == text.count(f"## {other.heading}\n") == 1
    assert section(TRIAL, found) in text
    assert text.startswith("# ")


def test_the_walk_reaches_the_neighbours_of_a_seed_and_lets_the_cleared_go():
    n = 100
    ties = csr_matrix((np.ones(3, np.float32), ([1, 2, 50], [0, 0, 51])), shape=(n, n))
    seeds, cleared = np.zeros(n, bool), np.zeros(n, bool)
    seeds[0], cleared[2] = True, True
    found = accuse(seeds, cleared, ties)
    assert found.flagged.tolist() == [0, 1]
    assert found.sells.tolist() == [True, False]
    assert found.network.tolist() == [0, 0]


def test_without_a_match_nobody_is_accused():
    nobody = np.zeros(10, bool)
    assert len(accuse(nobody, nobody, csr_matrix((10, 10), dtype=np.float32)).flagged) == 0


TEXTS = {
    "said": "buy Zhavro now",
    "tagged": "nothing here",
    "longer": "zhavroild is another word",
    "disguised": "zh4vro",
    "unspaced": "ぬぬゆほぬ",
    "silent": None,
}


def test_a_term_is_matched_as_a_whole_word(tmp_path):
    tables = {
        "accounts": pa.table({"account_id": [*TEXTS, "bio"], "bio": [*[None] * len(TEXTS), "(ZHAVRO)"]}),
        "posts": pa.table(
            {
                "account_id": list(TEXTS),
                "text": list(TEXTS.values()),
                "hashtags": [["zhavro"] if name == "tagged" else [] for name in TEXTS],
            }
        ),
        "follows": pa.table({"follower_id": ["silent"], "followee_id": ["longer"]}),
        "interactions": pa.table({"actor_id": ["silent"], "target_id": ["longer"]}),
    }
    for name, table in tables.items():
        pq.write_table(table, tmp_path / f"{name}.parquet")
    (tmp_path / "lexicon.csv").write_text("term,severity\nzhavro,3\nゆほ,2\n", encoding="utf-8")
    found = pq.read_table(lexicon_walk(tmp_path, tmp_path / "lexicon.csv", tmp_path / "run") / "findings.parquet")
    assert set(found.filter(found["flagged"])["subject_id"].to_pylist()) == {"said", "tagged", "unspaced", "bio"}


@pytest.mark.parametrize("text", ["4", "1-5", "1,3,8"])
def test_seeds_are_spelt_as_they_are_read(text):
    assert spell_seeds(read_seeds(text)) == text
