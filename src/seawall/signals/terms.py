"""Terms: where a term of the lexicon stands, and beside what.

A term next to an offer says far more than a term alone: people who warn, teach or report name terms too. So each place
is a signal of its own, and a text that lists many terms at once is told apart.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
import pyarrow as pa

from seawall.signals.base import Example, Tables
from seawall.signals.term_reading import TermReading
from seawall.terms.lexicon import Lexicon, Term
from seawall.terms.scanner import Scanner


class Terms:
    """Terms in posts, hashtags, bios and names."""

    name: ClassVar[str] = "terms"
    version: ClassVar[str] = "1"
    by_row: ClassVar[bool] = False  # a spelling is judged by all texts: see terms.own_words
    reads: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "accounts": ("account_id", "handle", "display_name", "bio", "links"),
        "posts": ("account_id", "created_at", "text", "hashtags"),
    }

    def __init__(self, scanner: Scanner) -> None:
        self.scanner = scanner
        self.severity = np.array([term.severity for term in scanner.lexicon.terms], np.int64)

    def detect(self, tables: Tables) -> pa.Table:
        reading = self.reading()
        reading.add(tables)
        return reading.signals()

    def reading(self) -> TermReading:
        """Parts of posts and accounts, whose spellings are weighed together."""
        return TermReading(self)

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


def _posts(text: str | None, tags: list[str] | None = None) -> pa.Table:
    return pa.table(
        {
            "account_id": pa.array([7], pa.uint64()),
            "created_at": pa.array([1], pa.timestamp("us", tz="UTC")),
            "text": pa.array([text], pa.string()),
            "hashtags": pa.array([tags or []], pa.list_(pa.string())),
        }
    )
