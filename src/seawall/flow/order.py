"""What a run is asked to do."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from seawall.lake.engine import Engine
from seawall.records.ids import IdKey


@dataclass(frozen=True, slots=True)
class Order:
    """A run's inputs, its place and how it is carried out.

    `profile` is `platform`, or `research` for a run that writes aggregates only.
    """

    activity: Path
    out: Path
    key: IdKey
    lexicons: tuple[Path, ...] = ()
    hash_lists: tuple[Path, ...] = ()
    previous: Path | None = None
    engine: Engine = "duckdb"
    threads: int = 2
    seed: int = 0
    plain_ids: bool = False
    profile: Literal["platform", "research"] = "platform"
