"""Small activities for the door's tests, and ways to write and read them."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from seawall.intake.admission import Admission
from seawall.intake.door import admit
from seawall.records.activity import TABLES
from seawall.records.ids import IdKey

NOW = datetime(2026, 7, 1, tzinfo=UTC)
KEY = IdKey(b"t" * 32)
SMALL = Path(__file__).parents[1] / "fixtures" / "small"
FEEDS = Path(__file__).parents[1] / "fixtures" / "feeds"


def account(name: str, **more) -> dict:
    row = {"account_id": name, "created_at": "2026-01-01T00:00:00Z", "handle": name, "age_band": "adult"}
    return {**row, "status": "active", **more}


def follow(follower: str, followee: str, **more) -> dict:
    return {"follower_id": follower, "followee_id": followee, "created_at": "2026-02-01T00:00:00Z", **more}


def post(name: str, author: str, **more) -> dict:
    return {"post_id": name, "account_id": author, "created_at": "2026-02-01T00:00:00Z", "kind": "post", **more}


def write(folder: Path, **tables: list[dict]) -> Path:
    """An activity folder of JSON lines."""
    folder.mkdir(exist_ok=True)
    for name, rows in tables.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def rows_of(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def write_parquet(path: Path, rows: list[dict], table: str, **options) -> None:
    """Rows with times as text, in the contract's raw types."""
    schema = TABLES[table].raw_schema
    given = {name for row in rows for name in row}
    arrays = {}
    for field in schema:
        if field.name in given:
            values = pa.array([row.get(field.name) for row in rows], _text_of(field.type))
            arrays[field.name] = values if values.type == field.type else times(values)
    pq.write_table(pa.table(arrays), path, **options)


def times(values: pa.Array) -> pa.Array:
    parsed = [None if v is None else datetime.fromisoformat(v) for v in values.to_pylist()]
    return pa.array(parsed, pa.timestamp("us", "UTC"))


def _text_of(kind: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_timestamp(kind) else kind


def write_csv(path: Path, rows: list[dict]) -> None:
    """Lists as JSON arrays, nulls as nothing."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows([[_cell(row.get(name)) for name in columns] for row in rows])


def _cell(value):
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else "" if value is None else value


def through(activity: Path, work: Path, *, plain_ids: bool = False, key: IdKey = KEY, now=NOW) -> Admission:
    return admit(activity, work, key, plain_ids=plain_ids, now=now)


def lake(work: Path, table: str) -> list[dict]:
    return pq.read_table(work / "lake" / table).to_pylist()


def quarantined(work: Path) -> list[tuple[str, int, str]]:
    rows = pq.read_table(work / "quarantine").to_pylist()
    return [(row["file"], row["line"], row["reason"]) for row in rows]


def one(kind: str, name: str) -> int:
    return KEY.one(kind, name)
