"""The lake opens, answers in a fixed order, streams, and leaves nothing behind."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from seawall.intake.door import admit
from seawall.lake.engine import open_lake
from seawall.records.activity import ADMITTED
from seawall.records.errors import Damaged, Unavailable
from seawall.records.ids import IdKey

SMALL = Path(__file__).parents[1] / "fixtures" / "small"


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    root = tmp_path_factory.mktemp("lake")
    admit(SMALL, root, IdKey(b"l" * 32), plain_ids=False, now=datetime(2026, 7, 1, tzinfo=UTC))
    return root


@pytest.fixture
def bare(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "accounts.jsonl").write_bytes((SMALL / "accounts.jsonl").read_bytes())
    admit(tmp_path / "in", tmp_path, IdKey(b"l" * 32), plain_ids=False, now=datetime(2026, 7, 1, tzinfo=UTC))
    return tmp_path / "lake"


def test_an_absent_table_is_an_empty_one(bare):
    with open_lake(bare, "duckdb", threads=1) as lake:
        assert lake.has("accounts")
        for name in set(ADMITTED) - {"accounts"}:
            assert not lake.has(name)
            table = lake.fetch(lake.table(name), [ADMITTED[name].columns[0].name])
            assert table.num_rows == 0
            assert table.schema.types == ADMITTED[name].keyed_schema.types
            assert list(lake.batches(name, [])) == []


def test_a_table_has_the_types_of_its_keyed_schema(work):
    with open_lake(work / "lake", "duckdb", threads=1) as lake:
        for name, table in ADMITTED.items():
            assert lake.fetch(lake.table(name), [table.columns[0].name]).schema.types == table.keyed_schema.types


def test_answers_come_in_the_order_asked_for(work):
    with open_lake(work / "lake", "duckdb", threads=1) as lake:
        ids = lake.fetch(lake.table("accounts"), ["account_id"])["account_id"].to_pylist()
        assert ids == sorted(ids)


def test_batches_stream_in_the_order_of_admission(work):
    with open_lake(work / "lake", "duckdb", threads=1) as lake:
        batches = list(lake.batches("posts", ["post_id", "hashtags"], rows=7))
    assert [batch.num_rows for batch in batches] == [7, 7, 7, 7, 7, 5]
    key = IdKey(b"l" * 32)
    posts = pa.concat_arrays([batch["post_id"] for batch in batches]).to_pylist()
    assert posts == [key.one("post", f"post-{number}") for number in range(40)]
    assert batches[0].schema.names == ["post_id", "hashtags"]


def test_a_damaged_part_is_told(bare):
    part = bare / "accounts" / "part-00000.parquet"
    part.write_bytes(part.read_bytes()[:-20])
    with open_lake(bare, "duckdb", threads=1) as lake, pytest.raises(Damaged, match="run` again"):
        list(lake.batches("accounts", ["handle"]))


def test_what_an_engine_spills_stays_beside_the_lake_and_goes(work):
    with open_lake(work / "lake", "duckdb", threads=1) as lake:
        lake.table("accounts")
        assert len(list(work.glob("spill-*"))) == 1
    assert {path.name for path in work.iterdir()} == {"lake", "quarantine"}


def test_spark_without_java_says_what_to_do(work, monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(Unavailable, match="Install a JRE 17"), open_lake(work / "lake", "spark"):
        pass
    assert not list(work.glob("spill-*"))


def test_spark_that_is_not_installed_says_what_to_do(work, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(Unavailable, match=r"seawall\[spark\]"), open_lake(work / "lake", "spark"):
        pass
