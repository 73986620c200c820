"""The batch run: from an activity folder to a run folder, in one order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import csr_matrix

from seawall.flow.conclude import Conclusions, conclude
from seawall.flow.folder import appears_whole
from seawall.flow.progress import Stages
from seawall.flow.write import write_run
from seawall.hashes.bank import KnownMedia
from seawall.intake.door import Admission, admit
from seawall.intake.hash_lists import read_hash_list
from seawall.intake.lexicons import read_lexicon
from seawall.lake import queries
from seawall.lake.engine import Lake, open_lake
from seawall.network.graph import Graph, build_graph
from seawall.network.words import bag_pairs, bags
from seawall.records.ids import IdKey
from seawall.signals.base import Detector, merge
from seawall.signals.catalogue import detectors
from seawall.terms.lexicon import Lexicon
from seawall.terms.scanner import Scanner


@dataclass(frozen=True, slots=True)
class Order:
    """What a run is asked to do."""

    activity: Path
    out: Path
    key: IdKey
    lexicons: tuple[Path, ...] = ()
    hash_lists: tuple[Path, ...] = ()
    verdicts: tuple[Path, ...] = ()
    previous: Path | None = None
    engine: str = "duckdb"
    threads: int = 2
    seed: int = 0
    plain_ids: bool = False
    profile: str = "platform"


@dataclass(frozen=True, slots=True)
class Material:
    """What the conclusions are drawn from: the graph, the signals and the lake's answers by query name."""

    graph: Graph
    signals: pa.Table
    tables: Mapping[str, pa.Table]
    bags: csr_matrix
    posts: npt.NDArray[np.float32]


def run(order: Order, stages: Stages, now: datetime | None = None) -> Path:
    """Carry out a run; returns its folder, which appears whole or not at all."""
    lexicon, known = _lists(order)
    with appears_whole(order.out) as folder, stages:
        work = folder / "work"
        work.mkdir()
        with stages.stage("intake"):
            admission = admit(order.activity, work, order.key, plain_ids=order.plain_ids, now=now or datetime.now(UTC))
        with open_lake(work / "lake", order.engine, order.threads) as lake:
            material = gather(lake, detectors(Scanner.compile(lexicon), known), stages)
            conclusions = conclude(material, order, stages)
            with stages.stage("write"):
                write_run(folder, order, admission, material, conclusions, lake, stages)
        shutil.rmtree(work)
    return order.out


def gather(lake: Lake, used: tuple[Detector, ...], stages: Stages) -> Material:
    """Ask the lake, run every detector, build the graph."""
    with stages.stage("queries"):
        tables = {name: lake.fetch(query(lake)) for name, query in queries.QUERIES.items()}
    accounts = tables["accounts"]["account_id"].to_numpy()
    with stages.stage("signals"):
        signals, words, posts = _read_posts(lake, used, tables, accounts)
    with stages.stage("graph"):
        graph = build_graph(accounts, tables)
    return Material(graph, signals, tables, words, posts)
