"""Every query answers the same with DuckDB and with Spark, on the same small activity."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from seawall.intake.door import admit
from seawall.lake import queries
from seawall.lake.engine import open_lake
from seawall.records.activity import ADMITTED, TIME
from seawall.records.ids import IdKey

SMALL = Path(__file__).parents[1] / "fixtures" / "small"
NOW = datetime(2026, 7, 1, tzinfo=UTC)
ORDER = {
    "accounts": ["account_id"],
    "follows": ["follower_id", "followee_id"],
    "ties": ["actor_id", "target_id", "kind"],
    "tag_uses": ["account_id", "tag"],
    "link_uses": ["account_id", "link", "place"],
    "mention_uses": ["account_id", "mentioned"],
    "media_uses": ["account_id", "digest"],
    "avatar_uses": ["account_id"],
    "searches": ["account_id", "query", "surface"],
    "complaints": ["account_id", "reporter_id"],
    "verdicts": ["subject_kind", "subject_id"],
    "sign_in_devices": ["account_id", "device_hash"],
}
WHOLE = ("posts", "media", "impressions")  # tables of which no query gives every column
TOLERANCE = 0.0  # ids, counts, texts and times are exact; no query of the lake returns a float

pytestmark = pytest.mark.xdist_group("spark")


def answers(folder: Path, engine: str) -> dict[str, pa.Table]:
    with open_lake(folder, engine, threads=1, memory="1GB") as lake:
        found = {name: lake.fetch(getattr(queries, name)(lake), order) for name, order in ORDER.items()}
        found |= {f"table {name}": lake.fetch(lake.table(name), plain_columns(name)) for name in WHOLE}
        return found


def plain_columns(table: str) -> list[str]:
    """Columns that sort: with all of them the order of rows is fixed."""
    return [field.name for field in ADMITTED[table].keyed_schema if not pa.types.is_list(field.type)]


@pytest.fixture(scope="module")
def both(tmp_path_factory) -> dict[str, dict[str, pa.Table]]:
    work = tmp_path_factory.mktemp("engines")
    admit(SMALL, work, IdKey(b"e" * 32), plain_ids=False, now=NOW)
    before = set(Path.cwd().iterdir())
    found = {engine: answers(work / "lake", engine) for engine in ("duckdb", "spark")}
    left = {path.name for path in work.iterdir()} - {"lake", "quarantine"}
    return {**found, "left": left | {path.name for path in set(Path.cwd().iterdir()) - before}}


@pytest.mark.parametrize("name", [*ORDER, *(f"table {name}" for name in WHOLE)])
def test_both_engines_answer_the_same(both, name):
    ours, theirs = both["duckdb"][name], both["spark"][name]
    assert ours.num_rows > 0
    assert ours.schema.names == theirs.schema.names
    assert ours.schema.types == theirs.schema.types
    assert not any(pa.types.is_floating(kind) for kind in ours.schema.types) or TOLERANCE > 0
    assert ours.to_pylist() == theirs.to_pylist()


def test_every_query_is_compared():
    public = {name for name, value in vars(queries).items() if callable(value) and value.__module__ == queries.__name__}
    assert {name for name in public if not name.startswith("_")} == set(ORDER)


@pytest.mark.parametrize("engine", ["duckdb", "spark"])
def test_ids_are_uint64_and_times_utc_microseconds(both, engine):
    assert both[engine]["follows"].schema.types == [pa.uint64(), pa.uint64(), TIME, TIME]
    assert both[engine]["ties"].schema.field("n").type == pa.int64()


def test_engines_leave_nothing_behind(both):
    assert both["left"] == set()
