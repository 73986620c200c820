"""How tests make a run, and how they read what it left."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from seawall.flow.order import Order
from seawall.flow.progress import Stages
from seawall.flow.run import STAGES
from seawall.flow.run import run as carry_out
from seawall.records.ids import IdKey

KEY = IdKey(bytes(range(32)))


def make_run(world: Path, out: Path, **options: object) -> Path:
    """A quiet run on a world, with its lexicon."""
    given = {"lexicons": (world / "lexicon.csv",), "key": KEY, "threads": 1, **options}
    return carry_out(Order(world / "activity", out, **given), Stages(STAGES, quiet=True))


def files(run: Path) -> dict[str, bytes]:
    """Every file of a run, without the timings in its summary."""
    found = {path.relative_to(run).as_posix(): path.read_bytes() for path in sorted(run.rglob("*")) if path.is_file()}
    told = json.loads(found["summary.json"])
    del told["timings"]
    return {**found, "summary.json": json.dumps(told).encode()}


def summary(run: Path) -> dict:
    return json.loads((run / "summary.json").read_bytes())


def table(run: Path, name: str) -> pa.Table:
    return pq.read_table(run / f"{name}.parquet")
