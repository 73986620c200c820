"""The run that the console speaks of: `run` in the home folder."""

import os
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from seawall.intake.keyfile import load_or_make
from seawall.lake.kept_runs import is_run
from seawall.records.errors import Unavailable
from seawall.records.ids import IdKey
from seawall.records.run import TERMS


def latest_run() -> Path | None:
    """The run folder; None where none was linked."""
    place: Path = settings.HOME / "run"
    return place if is_run(place) else None


def proposed_terms() -> pa.Table:
    """The terms that the run proposes, best score first; empty where there is no run, or a research one."""
    run = latest_run()
    path = run / "terms.parquet" if run else None
    found = pq.read_table(path) if path and path.is_file() else TERMS.empty_table()
    return found.sort_by([("score", "descending"), ("term_id", "ascending")])


def degraded() -> list[str]:
    """What the run had to do without."""
    run = latest_run()
    summary = msgspec.json.decode((run / "summary.json").read_bytes()) if run else {}
    return [str(part) for part in summary.get("degraded", [])]


def run_key() -> IdKey:
    """The key that the run's texts are sealed with; raises Unavailable where it is not here."""
    path = Path(os.environ.get("SEAWALL_ID_KEY_FILE", settings.HOME / "seawall.key"))
    if not path.is_file():
        raise Unavailable(f"The run's texts are sealed, and its key file is not at {path}. Set SEAWALL_ID_KEY_FILE.")
    return load_or_make(path)
