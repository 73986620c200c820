"""The guard between a recommender and a test account."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np

from seawall.guard.answers import Age, Decision, ItemKind
from seawall.guard.library import Guard
from seawall.records.ids import Keys
from seawall.trials.draws import Bools, Ints
from seawall.trials.recommenders.base import Surface

TYPED = 3
TERMS, ACCOUNTS = "terms", "accounts"
"""The two things that a guard knows: words, and who is risky."""


@dataclass(frozen=True, slots=True)
class Viewers:
    """Who looks: keyed ids and ages, one entry a test account."""

    ids: Keys
    ages: tuple[Age, ...]


@dataclass(slots=True)
class Shield:
    """A guard that is asked on some surfaces, for what some of its parts know.

    `seconds` holds how long each of its calls took.
    """

    guard: Guard
    surfaces: frozenset[Surface]
    parts: frozenset[str]
    accounts: Keys  # the keyed id of each account's number
    tags: Sequence[str]
    seconds: list[float] = field(default_factory=list)

    def keep(self, surface: Surface, viewers: Viewers, who: Ints, asked: Ints, items: Ints, authors: Ints) -> Ints:
        """Which candidates may be shown, in the order to show them: places in each row, -1 padded, (w, c).

        `asked` is each one's tag where the surface is asked for one; `authors` the account behind each item.
        """
        kept = np.full(items.shape, -1)
        for row, viewer in enumerate(who):
            there = np.flatnonzero(items[row] >= 0)
            if len(there):
                places = self._timed(
                    surface, viewers, int(viewer), int(asked[row]), items[row, there], authors[row, there]
                )
                kept[row, : len(places)] = there[places]
        return kept

    def _timed(self, surface: Surface, viewers: Viewers, viewer: int, tag: int, items: Ints, authors: Ints) -> Ints:
        begun = perf_counter()
        places = self._places(surface, int(viewers.ids[viewer]), viewers.ages[viewer], tag, items, authors)
        self.seconds.append(perf_counter() - begun)
        return places

    def _places(self, surface: Surface, viewer: int, age: Age, tag: int, items: Ints, authors: Ints) -> Ints:
        if surface is Surface.SEARCH:
            return self._found(viewer, age, tag, self.accounts[authors])
        if surface in {Surface.SUGGEST, Surface.TAGS}:
            typed = self.tags[tag][:TYPED] if surface is Surface.SUGGEST else ""
            return self._words(viewer, age, typed, [self.tags[item] for item in items])
        if ACCOUNTS not in self.parts:
            return np.arange(len(items))
        kind = ItemKind.ACCOUNT if surface is Surface.ACCOUNTS else ItemKind.POST
        ids = self.accounts[authors]
        return self.guard.recommend(viewer, ids, age, kind=kind, authors=ids if kind is ItemKind.POST else None).kept

    def _found(self, viewer: int, age: Age, tag: int, authors: Keys) -> Ints:
        """What a search shows: nothing where the word is refused, else all but the risky."""
        query = self.tags[tag] if TERMS in self.parts else ""
        answer = self.guard.search(query, viewer, age, authors=authors if ACCOUNTS in self.parts else None)
        if answer.decision is not Decision.ALLOW:
            return np.empty(0, np.int64)
        return np.delete(np.arange(len(authors)), answer.removed)

    def _words(self, viewer: int, age: Age, typed: str, words: list[str]) -> Ints:
        if TERMS not in self.parts:
            return np.arange(len(words))
        return self.guard.suggest(typed, words, viewer, age).kept


def shown(kept: Ints, items: Ints, length: int) -> Ints:
    """The first items that may be shown, (w, length), -1 padded."""
    places = kept[:, :length]
    return np.where(places >= 0, np.take_along_axis(items, np.maximum(places, 0), axis=1), -1)


def withheld(kept: Ints, items: Ints, length: int) -> Bools:
    """Which of the first `length` items, as the recommender had them, may not be shown, (w, length)."""
    allowed = np.zeros(items.shape, bool)
    row, column = np.nonzero(kept >= 0)
    allowed[row, kept[row, column]] = True
    gone: Bools = (items >= 0)[:, :length] & ~allowed[:, :length]
    return gone
