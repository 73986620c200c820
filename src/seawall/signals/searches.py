"""Searches: who looks for the terms of the lexicon."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
import pyarrow as pa

from seawall.signals.base import Example, Sightings, Tables, keyed, merge, micros, signals
from seawall.signals.term_reading import STRENGTH
from seawall.terms.scanner import Scanner


class Searches:
    """Searches that name a term; looking is weak evidence, since reporters and researchers look too."""

    name: ClassVar[str] = "searches"
    version: ClassVar[str] = "1"
    by_row: ClassVar[bool] = False  # a word that many search for may only resemble a term: see terms.own_words
    reads: ClassVar[Mapping[str, tuple[str, ...]]] = {"searches": ("account_id", "query", "first_at")}

    def __init__(self, scanner: Scanner) -> None:
        self.scanner = scanner
        self.severity = np.array([term.severity for term in scanner.lexicon.terms], np.int64)

    def detect(self, tables: Tables) -> pa.Table:
        searches = tables["searches"]
        hits = self.scanner.scan_column(searches["query"])
        order = np.lexsort((hits.term, hits.row))
        rows, first = np.unique(hits.row[order], return_index=True)
        terms = hits.term[order][first]
        seen = Sightings(
            keyed(searches, "account_id")[rows],
            (STRENGTH[self.severity[terms]] / 2).astype(np.float32),
            micros(searches, "first_at")[rows],
            pa.array([f"term:{term}" for term in terms], pa.string()),
        )
        return merge([signals(self, "for_term", seen)])

    def examples(self) -> Sequence[Example]:
        return (
            Example("a search for a term", {"searches": _searches("Qorvane")}, frozenset({"searches.for_term"})),
            Example("a search for something else", {"searches": _searches("qorvaneberry pie")}),
        )


def _searches(query: str) -> pa.Table:
    return pa.table(
        {
            "account_id": pa.array([7], pa.uint64()),
            "query": [query],
            "first_at": pa.array([1], pa.timestamp("us", tz="UTC")),
        }
    )
