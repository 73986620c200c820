"""What a run concludes from: the lake's answers, signals, the graph."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import csr_matrix

from seawall.flow.progress import Stages
from seawall.lake.engine import Lake
from seawall.lake.questions import QUERIES, STREAMED, TIES
from seawall.network.graph import Graph, build_graph
from seawall.network.words import bags_and_posts
from seawall.signals.base import Detector, merge, streamed
from seawall.signals.catalogue import term_detectors
from seawall.terms.lexicon import Lexicon
from seawall.terms.scanner import Scanner


@dataclass(frozen=True, slots=True)
class Material:
    """The graph, the signals, the lake's answers by query, bags of words, and posts an account."""

    graph: Graph
    signals: pa.Table
    tables: Mapping[str, pa.Table]
    bags: csr_matrix
    posts: npt.NDArray[np.float32]


def gather(lake: Lake, used: Sequence[Detector], stages: Stages) -> Material:
    """Ask the lake, run every detector, build the graph."""
    with stages.stage("queries"):
        tables = {name: query.of(lake) for name, query in QUERIES.items()}
    ids = tables["accounts"]["account_id"].to_numpy()
    with stages.stage("signals"):
        signals = merge(_signals(lake, used, tables))
    with stages.stage("graph"):
        graph = build_graph(ids, tables | {name: query.of(lake) for name, query in TIES.items()})
    with stages.stage("words"):
        bags, posts = bags_and_posts(lake.batches, ids, tables["accounts"]["bio"])
    return Material(graph, signals, tables, bags, posts)


def read_with(lake: Lake, material: Material, lexicon: Lexicon) -> Material:
    """The same material with a lexicon, of what was gathered without one."""
    seen = _signals(lake, term_detectors(Scanner.compile(lexicon)), material.tables)
    return replace(material, signals=merge([material.signals, *seen]))


def _signals(lake: Lake, used: Sequence[Detector], tables: Mapping[str, pa.Table]) -> Iterator[pa.Table]:
    for detector in used:
        too_large = [name for name in detector.reads if name in STREAMED]
        held = {name: tables[name].select(columns) for name, columns in detector.reads.items() if name in tables}
        if held:
            yield detector.detect(held)
        for name in too_large:
            parts = lake.batches(name, detector.reads[name])
            yield streamed(detector, name, (pa.Table.from_batches([part]) for part in parts))
