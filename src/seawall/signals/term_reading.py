"""Where terms stand in posts and profiles, gathered part by part."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seawall.signals.base import Detector, Sightings, Tables, keyed, merge, micros, signals
from seawall.signals.offers import is_offer, shapes_of
from seawall.terms.hits import Hits
from seawall.terms.own_words import Spellings
from seawall.terms.scanner import Scanner

STRENGTH = np.array([0.0, 0.3, 0.6, 0.9], np.float32)
"""Strength of a sighting by the term's severity, 1 to 3."""
LISTED = 3
"""This many different terms in one text make a list of terms."""


class TermDetector(Detector, Protocol):
    """What a reading needs of its detector."""

    scanner: Scanner
    severity: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Places:
    """Hits in one column, arrays of shape (hits,): `row` counts over all parts, `time` in UTC microseconds."""

    subject: npt.NDArray[np.uint64]
    row: npt.NDArray[np.int64]
    term: npt.NDArray[np.int64]
    time: npt.NDArray[np.int64]
    offer: npt.NDArray[np.bool_]
    spelling: npt.NDArray[np.int64]

    @classmethod
    def joined(cls, parts: Sequence["_Places"]) -> "_Places":
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)))

    def where(self, mask: npt.NDArray[np.bool_]) -> "_Places":
        return _Places(*(getattr(self, field.name)[mask] for field in fields(self)))


class TermReading:
    """Posts and profiles read so far; whether a spelling is a term is settled when all are read."""

    def __init__(self, detector: TermDetector) -> None:
        self._detector = detector
        self._spellings = Spellings(detector.scanner.lexicon)
        self._places: defaultdict[str, list[_Places]] = defaultdict(list)
        self._rows: Counter[str] = Counter()

    def add(self, tables: Tables) -> None:
        if "posts" in tables:
            self._posts(tables["posts"])
        if "accounts" in tables:
            self._accounts(tables["accounts"])

    def _posts(self, posts: pa.Table) -> None:
        scanner, texts, tags = self._detector.scanner, _whole(posts["text"]), _whole(posts["hashtags"])
        said, tagged = scanner.scan_each(texts), scanner.scan_each(pc.list_flatten(tags), hashtags=True)
        posts_of_tags = np.asarray(pc.list_parent_indices(tags)).astype(np.int64)[tagged.row]
        offers = np.zeros(len(posts), bool)
        looked_at = np.union1d(said.row, posts_of_tags)
        offers[looked_at] = is_offer(shapes_of(texts.take(pa.array(looked_at))))
        times = micros(posts, "created_at")
        self._note("text", posts, said, texts, said.row, offers, times)
        self._note("tag", posts, tagged, pc.list_flatten(tags), posts_of_tags, offers, times)

    def _accounts(self, accounts: pa.Table) -> None:
        offers = is_offer(shapes_of(accounts["bio"])) | (np.asarray(pc.list_value_length(accounts["links"])) > 0)
        for column in ("bio", "handle", "display_name"):
            found = self._detector.scanner.scan_each(accounts[column])
            self._note(column, accounts, found, accounts[column], found.row, offers, np.zeros(len(accounts), np.int64))

    def _note(
        self,
        column: str,
        table: pa.Table,
        found: Hits,
        texts: pa.Array | pa.ChunkedArray,
        rows: npt.NDArray[np.int64],
        offers: npt.NDArray[np.bool_],
        times: npt.NDArray[np.int64],
    ) -> None:
        """Keep the hits of one column; `rows` are theirs in the table, whose `offers` and `times` are given."""
        spelling = self._spellings.add(found, texts, offers[rows])
        row = rows + self._rows[column]
        subject = keyed(table, "account_id")[rows]
        self._places[column].append(_Places(subject, row, found.term, times[rows], offers[rows], spelling))
        self._rows[column] += len(table)

    def signals(self) -> pa.Table:
        found, words = [], self._spellings.words()
        for column, parts in self._places.items():
            places = _Places.joined(parts)
            places = places.where(~words[places.spelling])
            for what, mask in _kinds(column, places).items():
                found.append(self._signals(what, places.where(mask), timed=column in ("text", "tag")))
        return merge(found)

    def _signals(self, what: str, places: _Places, *, timed: bool) -> pa.Table:
        """One sighting for each row, of its gravest term."""
        severity = self._detector.severity
        order = np.lexsort((places.term, -severity[places.term], places.row))
        _, first = np.unique(places.row[order], return_index=True)
        gravest = order[first]
        term = places.term[gravest]
        evidence = pc.binary_join_element_wise(pa.repeat("term", len(term)), pa.array(term).cast(pa.string()), ":")
        times = places.time[gravest] if timed else None
        return signals(
            self._detector, what, Sightings(places.subject[gravest], STRENGTH[severity[term]], times, evidence)
        )


def _kinds(column: str, places: _Places) -> dict[str, npt.NDArray[np.bool_]]:
    """What a term in this column says, and of which hits."""
    every = np.ones(len(places.row), bool)
    if column == "text":
        return {"in_offer": places.offer, "in_post": ~places.offer, "in_list": _listed(places)}
    if column == "bio":
        return {"in_offering_bio": places.offer, "in_bio": ~places.offer}
    return {"in_tag" if column == "tag" else "in_name": every}


def _listed(places: _Places) -> npt.NDArray[np.bool_]:
    """Whether the text of each hit names many different terms."""
    pairs = np.unique(np.stack([places.row, places.term]), axis=1)
    rows, terms = np.unique(pairs[0], return_counts=True)
    return np.isin(places.row, rows[terms >= LISTED])


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
