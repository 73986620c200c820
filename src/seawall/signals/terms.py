"""Terms: where a term of the lexicon stands, and beside what.

A term next to an offer says far more than a term alone: people who warn, teach or report name terms too. So each place
is a signal of its own, and a text that lists many terms at once is told apart.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seawall.signals.base import Example, Sightings, Tables, keyed, merge, micros, signals
from seawall.signals.offers import is_offer, shapes_of
from seawall.terms.lexicon import Lexicon, Term
from seawall.terms.scanner import Scanner

STRENGTH = np.array([0.0, 0.3, 0.6, 0.9], np.float32)
"""Strength of a sighting by the term's severity, 1 to 3."""

LISTED = 3
"""This many different terms in one text make a list of terms."""


class Terms:
    """Terms in posts, hashtags, bios and names."""

    name: ClassVar[str] = "terms"
    version: ClassVar[str] = "1"
    by_row: ClassVar[bool] = True
    reads: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "accounts": ("account_id", "handle", "display_name", "bio", "links"),
        "posts": ("account_id", "created_at", "text", "hashtags"),
    }

    def __init__(self, scanner: Scanner) -> None:
        self.scanner = scanner
        self.severity = np.array([term.severity for term in scanner.lexicon.terms], np.int64)

    def detect(self, tables: Tables) -> pa.Table:
        found: list[pa.Table] = []
        if "posts" in tables:
            found += self._posts(tables["posts"])
        if "accounts" in tables:
            found += self._accounts(tables["accounts"])
        return merge(found)

    def _posts(self, posts: pa.Table) -> list[pa.Table]:
        rows, terms = hits(self.scanner, posts["text"])
        texts = posts["text"].combine_chunks() if isinstance(posts["text"], pa.ChunkedArray) else posts["text"]
        distinct = np.unique(rows)
        offers = np.zeros(len(posts), bool)
        offers[distinct] = is_offer(shapes_of(texts.take(pa.array(distinct))))
        listed = _listed(rows, terms, len(posts))
        tags, tag_terms = tag_hits(self.scanner, posts["hashtags"])
        times = micros(posts, "created_at")
        return [
            self._signals("in_offer", posts, rows[offers[rows]], terms[offers[rows]], times),
            self._signals("in_post", posts, rows[~offers[rows]], terms[~offers[rows]], times),
            self._signals("in_list", posts, rows[listed[rows]], terms[listed[rows]], times),
            self._signals("in_tag", posts, tags, tag_terms, times),
        ]

    def _accounts(self, accounts: pa.Table) -> list[pa.Table]:
        rows, terms = hits(self.scanner, accounts["bio"])
        linked = np.asarray(pc.list_value_length(accounts["links"])) > 0
        offers = is_offer(shapes_of(accounts["bio"])) | linked
        names = [hits(self.scanner, accounts[column]) for column in ("handle", "display_name")]
        return [
            self._signals("in_offering_bio", accounts, rows[offers[rows]], terms[offers[rows]], None),
            self._signals("in_bio", accounts, rows[~offers[rows]], terms[~offers[rows]], None),
            *[self._signals("in_name", accounts, rows, terms, None) for rows, terms in names],
        ]

    def _signals(
        self,
        what: str,
        table: pa.Table,
        rows: npt.NDArray[np.int64],
        terms: npt.NDArray[np.int64],
        times: npt.NDArray[np.int64] | None,
    ) -> pa.Table:
        order = np.lexsort((-self.severity[terms], rows))
        rows, gravest = np.unique(rows[order], return_index=True)
        terms = terms[order][gravest]
        evidence = pc.binary_join_element_wise(pa.repeat("term", len(terms)), pa.array(terms).cast(pa.string()), ":")
        seen = Sightings(
            keyed(table, "account_id")[rows],
            STRENGTH[self.severity[terms]],
            None if times is None else times[rows],
            evidence,
        )
        return signals(self, what, seen)

    def examples(self) -> Sequence[Example]:
        return (
            Example("a term in a menu", {"posts": _posts("qorvane 10€ / 20€")}, frozenset({"terms.in_offer"})),
            Example("a term in passing", {"posts": _posts("beware of qorvane")}, frozenset({"terms.in_post"})),
            Example("a term as a tag", {"posts": _posts("hello", ["qorvane"])}, frozenset({"terms.in_tag"})),
            Example("a word that holds the term", {"posts": _posts("the qorvaneberry season")}),
            Example("no text at all", {"posts": _posts(None)}),
        )


def example_scanner() -> Scanner:
    """A scanner of the one invented term that the examples use."""
    return Scanner.compile(Lexicon((Term(text="qorvane", severity=3),)))


def hits(
    scanner: Scanner, texts: pa.ChunkedArray, *, hashtags: bool = False
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Rows and terms of every hit, ordered by row."""
    found = scanner.scan_column(texts, hashtags=hashtags)
    order = np.lexsort((found.term, found.row))
    return found.row[order].astype(np.int64), found.term[order].astype(np.int64)


def tag_hits(scanner: Scanner, tags: pa.ChunkedArray) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Rows of a list column and the terms among its entries."""
    tags = tags.combine_chunks() if isinstance(tags, pa.ChunkedArray) else tags
    parents = np.asarray(pc.list_parent_indices(tags)).astype(np.int64)
    rows, terms = hits(scanner, pc.list_flatten(tags), hashtags=True)
    return parents[rows], terms


def _listed(rows: npt.NDArray[np.int64], terms: npt.NDArray[np.int64], n: int) -> npt.NDArray[np.bool_]:
    pairs = np.unique(np.stack([rows, terms]), axis=1)
    return np.bincount(pairs[0], minlength=n) >= LISTED


def _posts(text: str | None, tags: list[str] | None = None) -> pa.Table:
    return pa.table(
        {
            "account_id": pa.array([7], pa.uint64()),
            "created_at": pa.array([1], pa.timestamp("us", tz="UTC")),
            "text": pa.array([text], pa.string()),
            "hashtags": pa.array([tags or []], pa.list_(pa.string())),
        }
    )
