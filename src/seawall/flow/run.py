"""The batch run: from an activity folder to a run folder, in one order."""

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from seawall.flow.conclude import conclude
from seawall.flow.folder import appears_whole
from seawall.flow.gather import gather
from seawall.flow.progress import Stages
from seawall.flow.write import write_run
from seawall.hashes.bank import KnownMedia
from seawall.intake.door import admit
from seawall.intake.hash_lists import read_hash_list
from seawall.intake.lexicons import read_lexicon
from seawall.lake.engine import Engine, open_lake
from seawall.records.ids import IdKey
from seawall.signals.catalogue import detectors
from seawall.terms.lexicon import Lexicon
from seawall.terms.scanner import Scanner

STAGES = 10
"""How many stages a run has, for its progress bar."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a run is asked to do.

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
    profile: str = "platform"


def run(order: Order, stages: Stages, now: datetime | None = None) -> Path:
    """Carry out a run; returns its folder, which appears whole or not at all."""
    lexicon = Lexicon.union([read_lexicon(path) for path in order.lexicons])
    known = KnownMedia.of(*[read_hash_list(path).entries for path in order.hash_lists])
    with appears_whole(order.out) as folder, stages:
        work = folder / "work"
        with stages.stage("intake"):
            admission = admit(order.activity, work, order.key, plain_ids=order.plain_ids, now=now or datetime.now(UTC))
        with open_lake(work / "lake", order.engine, order.threads) as lake:
            material = gather(lake, detectors(Scanner.compile(lexicon), known), stages)
            conclusions = conclude(material, order, lexicon, stages)
        with stages.stage("write"):
            write_run(folder, order, admission, material, conclusions, stages)
        shutil.rmtree(work)
    return order.out
