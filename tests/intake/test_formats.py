"""The same activity is admitted alike from Parquet, JSON lines and CSV, whatever is wrong with it."""

import gzip
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from admitting import NOW, SMALL, account, follow, lake, quarantined, rows_of, through, write, write_csv, write_parquet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seawall.records.activity import ADMITTED

FORMATS = ("parquet", "jsonl", "csv")


def rewrite(rows: list[dict], activity: Path, table: str, ending: str) -> None:
    activity.mkdir(exist_ok=True)
    path = activity / f"{table}.{ending}"
    if ending == "parquet":
        write_parquet(path, rows, table)
    elif ending == "csv":
        write_csv(path, rows)
    else:
        write(activity, **{table: rows})


@pytest.fixture(scope="module")
def works(tmp_path_factory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("formats")
    for ending in FORMATS:
        for table in ADMITTED:
            rewrite(rows_of(SMALL / f"{table}.jsonl"), root / ending, table, ending)
        through(root / ending, root / f"{ending}-work")
    return {ending: root / f"{ending}-work" for ending in FORMATS}


@pytest.mark.parametrize("table", ADMITTED)
@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_every_format_gives_the_same_lake(works, ending, table):
    part = Path("lake") / table / "part-00000.parquet"
    assert (works[ending] / part).read_bytes() == (works["jsonl"] / part).read_bytes()


def test_packed_lines_and_csv_are_read(tmp_path):
    activity = tmp_path / "in"
    rewrite(rows_of(SMALL / "follows.jsonl"), activity, "follows", "csv")
    (activity / "follows.csv.gz").write_bytes(gzip.compress((activity / "follows.csv").read_bytes()))
    (activity / "follows.csv").unlink()
    (activity / "accounts.jsonl.gz").write_bytes(gzip.compress((SMALL / "accounts.jsonl").read_bytes()))
    through(activity, tmp_path / "work")
    assert len(lake(tmp_path / "work", "follows")) == 35


@pytest.mark.parametrize(
    ("cell", "items"),
    [
        ('["a","B"]', ["a", "b"]),
        ("a|B", ["a", "b"]),
        ("a;B", ["a", "b"]),
        ("#a #b", ["a", "b"]),
        ("[]", []),
        ("", []),
        ('["", null, "a"]', ["a"]),
    ],
)
def test_a_list_in_csv_is_json_or_parted_items(tmp_path, cell, items):
    activity = write(tmp_path / "in", accounts=[account("a")])
    row = {"post_id": "p", "account_id": "a", "created_at": "2026-01-01", "kind": "post", "hashtags": cell}
    write_csv(activity / "posts.csv", [row, {**row, "post_id": "q", "hashtags": '["z"]'}])
    through(activity, tmp_path / "work")
    assert [row["hashtags"] for row in lake(tmp_path / "work", "posts")] == [items, ["z"]]


def test_a_list_that_is_no_json_costs_only_its_row(tmp_path):
    activity = write(tmp_path / "in", accounts=[account("a")])
    row = {"post_id": "p", "account_id": "a", "created_at": "2026-01-01", "kind": "post"}
    cells = ['["a"', '"b"]', '["c"] ["d"]', '["e"]']
    write_csv(activity / "posts.csv", [{**row, "post_id": cell, "hashtags": cell} for cell in cells])
    through(activity, tmp_path / "work")
    assert [row["hashtags"] for row in lake(tmp_path / "work", "posts")] == [['"b"]'], ["e"]]
    assert [line for _, line, _ in quarantined(tmp_path / "work")] == [2, 4]


@pytest.mark.parametrize(
    "kind",
    [pa.large_string(), pa.string_view(), pa.binary(), pa.dictionary(pa.int32(), pa.string())],
)
def test_parquet_text_may_be_of_any_text_type(tmp_path, kind):
    activity = write(tmp_path / "in")
    rows = [account("a"), account("b")]
    columns = {name: pa.array([row[name] for row in rows]).cast(kind) for name in rows[0]}
    pq.write_table(pa.table(columns), activity / "accounts.parquet")
    assert through(activity, tmp_path / "work").tables["accounts"].kept == 2


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Berlin"])
def test_parquet_times_of_any_unit_and_zone_become_utc(tmp_path, unit, zone):
    activity = write(tmp_path / "in", accounts=[account("a")])
    at = pa.array([1_772_000_000 * {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]], pa.timestamp(unit, zone))
    pq.write_table(
        pa.table({"follower_id": ["a"], "followee_id": ["a"], "created_at": at}), activity / "follows.parquet"
    )
    through(activity, tmp_path / "work")
    assert lake(tmp_path / "work", "follows")[0]["created_at"].timestamp() == 1_772_000_000


@pytest.mark.parametrize(("unit", "ticks"), [("ms", 2**60), ("ms", -(2**62)), ("us", 2**62)])
def test_parquet_times_beyond_the_calendar_are_wrong(tmp_path, unit, ticks):
    activity = write(tmp_path / "in", accounts=[account("a")])
    at = pa.array([ticks], pa.timestamp(unit))
    row = {"post_id": ["p"], "account_id": ["a"], "created_at": pa.array([NOW]), "kind": ["story"], "expires_at": at}
    pq.write_table(pa.table(row), activity / "posts.parquet")
    through(activity, tmp_path / "work")
    assert quarantined(tmp_path / "work") == [("posts.parquet", 1, "expires_at has the wrong type")]


def test_integer_ids_equal_their_text(tmp_path):
    activity = write(tmp_path / "in", accounts=[account(7, handle="x"), account("8")])
    numbers = pa.table({"follower_id": [7], "followee_id": [8], "created_at": pa.array([NOW])})
    pq.write_table(numbers, activity / "follows.parquet")
    admission = through(activity, tmp_path / "work")
    assert admission.tables["follows"].kept == 1


NAMES = st.sampled_from(["a", "b", "c", "nobody", ""])
WRONG = st.sampled_from([None, "", "x", "2026-99-99", "2027-01-01T00:00:00Z", "AB" * 32, "active"])
ACCOUNT = st.builds(account, st.sampled_from(["a", "b", "c", "d", ""]))
SPOILT = st.builds(
    lambda row, changes: {**row, **changes},
    ACCOUNT,
    st.dictionaries(st.sampled_from(["created_at", "handle", "status", "avatar_pdq", "removed_at"]), WRONG, max_size=2),
)
LAW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@LAW
@given(
    accounts=st.lists(SPOILT, max_size=6),
    follows=st.lists(st.builds(follow, NAMES, NAMES), max_size=6),
    ending=st.sampled_from(["jsonl", "csv"]),
    noise=st.lists(st.sampled_from(["{", "a,b", "[1]", "nul", "{}"]), max_size=3),
)
def test_rows_in_are_rows_kept_and_rows_quarantined(accounts, follows, ending, noise):
    with TemporaryDirectory() as folder:
        root = Path(folder)
        accounts = [account("a"), *accounts]
        rewrite(accounts, root / "in", "accounts", ending)
        if follows:
            rewrite(follows, root / "in", "follows", ending)
        with (root / "in" / f"accounts.{ending}").open("a") as file:
            file.write("".join(f"{line}\n" for line in noise))
        admission = through(root / "in", root / "work")
        given_rows = {"accounts": len(accounts) + len(noise), "follows": len(follows)}
        for name, count in admission.tables.items():
            lines = [line for file, line, _ in quarantined(root / "work") if file == f"{name}.{ending}"]
            assert count.rows == given_rows[name]
            assert count.kept == len(lake(root / "work", name))
            assert count.quarantined == len(lines) == len(set(lines))


@LAW
@given(accounts=st.lists(SPOILT.filter(lambda row: row["handle"] is not None), max_size=6))  # CSV has no null text
def test_lines_and_csv_keep_the_same_rows(accounts):
    with TemporaryDirectory() as folder:
        root = Path(folder)
        for ending in ("jsonl", "csv"):
            rewrite([account("a"), *accounts], root / ending, "accounts", ending)
            through(root / ending, root / f"{ending}-work")
        assert lake(root / "jsonl-work", "accounts") == lake(root / "csv-work", "accounts")
