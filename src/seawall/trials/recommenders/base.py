"""What a trial asks of a recommender: read this first.

Everything is asked for many test accounts at once: `who` holds their numbers, shape (w,), and an answer is a `Page`
with one row for each. Items are numbers of accounts, posts or tags; -1 stands for nothing.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np

from seawall.trials.draws import Bools, Ints


class Surface(StrEnum):
    """Where a platform shows something; the same words as the guard's."""

    SEARCH = "search"
    SUGGEST = "suggest"
    ACCOUNTS = "accounts"
    POSTS = "posts"
    TAGS = "tags"


SURFACES = tuple(Surface)


class Signal(StrEnum):
    """Why an item was shown."""

    CO_FOLLOW = "co-follow"
    CO_LIKE = "co-like"
    FACTORS = "factors"
    SESSION = "session"
    FOLLOWED = "followed"
    TRENDING = "trending"
    TAG_USE = "tag use"
    TAG_SIMILARITY = "tag similarity"
    PREFIX = "prefix"
    UNTOLD = "untold"  # a staging recommender need not say


SIGNALS = tuple(Signal)


@dataclass(frozen=True, slots=True)
class Page:
    """Candidates in the recommender's order, (w, c), gaps at the end alone: items, and their places in `SIGNALS`."""

    items: Ints
    signals: Ints

    @classmethod
    def of(cls, items: Ints, signal: Signal) -> "Page":
        """Items that all have one signal."""
        return cls(items, np.full(items.shape, SIGNALS.index(signal)))


class Recommender(Protocol):
    """Local or a platform's own; after `begin` the test accounts 0..count-1 are fresh."""

    name: str
    lost: Bools
    """Test accounts for which it no longer answers, (count,): their walks end, and are not whole."""

    def begin(self, count: int) -> None:
        """Make so many fresh test accounts."""

    def search(self, who: Ints, tags: Ints, count: int) -> Page:
        """Accounts that a search for each one's tag finds."""

    def suggest(self, who: Ints, tags: Ints, count: int) -> Page:
        """Tags that complete the first letters of each one's tag."""

    def tags(self, who: Ints, tags: Ints, count: int) -> Page:
        """Tags related to each one's tag."""

    def accounts(self, who: Ints, count: int) -> Page:
        """Accounts to follow."""

    def posts(self, who: Ints, count: int) -> Page:
        """Posts to read."""

    def follow(self, who: Ints, accounts: Ints) -> None:
        """Each follows an account; the pairs are distinct, `who` may repeat."""

    def like(self, who: Ints, posts: Ints) -> None:
        """Each likes a post."""

    def view(self, who: Ints, accounts: Ints) -> None:
        """Each opens an account's page."""

    def author(self, posts: Ints) -> Ints:
        """The account behind each post, -1 for none, shape of `posts`."""
