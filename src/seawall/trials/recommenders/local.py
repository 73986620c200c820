"""A whole recommender over an activity folder.

Accounts come from the ranking, then from what trends; posts are by the authors that the ranking or the feed brings;
search, completions and related tags are the same for all.
"""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from seawall.trials.draws import Bools, Ints
from seawall.trials.platform import Platform
from seawall.trials.recommenders.base import SIGNALS, Page, Signal
from seawall.trials.recommenders.history import History
from seawall.trials.recommenders.neighbours import Candidates
from seawall.trials.recommenders.tags import Tags

RECENT = 90 * 86_400
TRENDING = 200
OWN_SHARE = 3
"""Every third post of a feed is by somebody whom the viewer follows."""


class Ranking(Protocol):
    """One way to rank accounts for test accounts, and every account's nearest."""

    @property
    def signal(self) -> Signal:
        """What an introduction by it is put down to."""

    def best(self, history: History, who: Ints, count: int) -> Candidates:
        """The `count` best for each, (w, count), -1 padded, and their scores."""

    def related(self, count: int) -> Ints:
        """What stands beside every account's page, (accounts, count), -1 padded."""


@dataclass(slots=True)
class Local:
    """A recommender of an activity folder; one object walks one group of test accounts at a time."""

    name: str
    platform: Platform
    ranking: Ranking
    answers: Tags
    popular: Ints
    history: History = field(default_factory=lambda: History.fresh(0, 0))
    lost: Bools = field(default_factory=lambda: np.zeros(0, bool))

    def begin(self, count: int) -> None:
        """Make so many fresh test accounts."""
        self.history = History.fresh(count, self.platform.size)
        self.lost = np.zeros(count, bool)

    def search(self, who: Ints, tags: Ints, count: int) -> Page:
        """Accounts that use the tag most."""
        return _tag_page(self.answers.found, tags, count, Signal.TAG_USE, who)

    def suggest(self, who: Ints, tags: Ints, count: int) -> Page:
        """The most used tags that begin as this one does."""
        return _tag_page(self.answers.completions, tags, count, Signal.PREFIX, who)

    def tags(self, who: Ints, tags: Ints, count: int) -> Page:
        """Tags with the same users."""
        return _tag_page(self.answers.related, tags, count, Signal.TAG_SIMILARITY, who)

    def accounts(self, who: Ints, count: int) -> Page:
        """The ranking's best, then what trends."""
        page = self._ranked(who, count)
        self.history.note_shown(who, page.items[:, : count // 4])
        return page

    def posts(self, who: Ints, count: int) -> Page:
        """Posts by followed accounts and by those that the ranking brings, another post at each visit."""
        ranked = self._ranked(who, count)
        followed = self.history.followed.items[who][:, ::-1]
        authors, signals = ranked.items.copy(), ranked.signals.copy()
        own = np.arange(0, count, OWN_SHARE)
        turn = (self.history.feeds[who][:, None] + np.arange(len(own))) % followed.shape[1]
        theirs = np.take_along_axis(followed, turn, axis=1)
        authors[:, own] = np.where(theirs >= 0, theirs, authors[:, own])
        signals[:, own] = np.where(theirs >= 0, SIGNALS.index(Signal.FOLLOWED), signals[:, own])
        posts = self._latest(authors, self.history.feeds[who])
        self.history.feeds[who] += 1
        return _packed(Page(posts, signals))

    def follow(self, who: Ints, accounts: Ints) -> None:
        """Each follows an account."""
        self.history.followed.add(who, accounts)
        self.history.viewed.add(who, accounts)

    def like(self, who: Ints, posts: Ints) -> None:
        """Each likes a post; rankings learn its author."""
        self.history.liked.add(who, self.author(posts))
        self.history.viewed.add(who, self.author(posts))

    def view(self, who: Ints, accounts: Ints) -> None:
        """Each opens an account's page."""
        self.history.viewed.add(who, accounts)

    def author(self, posts: Ints) -> Ints:
        """The account behind each post."""
        if not len(self.platform.posts.author):
            return np.full(posts.shape, -1)
        return np.where(posts >= 0, self.platform.posts.author[np.maximum(posts, 0)], -1)

    def _ranked(self, who: Ints, count: int) -> Page:
        items, _ = self.ranking.best(self.history, who, count)
        signals = np.full(items.shape, SIGNALS.index(self.ranking.signal))
        return self._filled(who, items, signals)

    def _filled(self, who: Ints, items: Ints, signals: Ints) -> Page:
        """Put what trends where the ranking has nothing, from another place on at each visit."""
        count = items.shape[1]
        turn = (self.history.viewed.filled[who][:, None] + np.arange(count)) % len(self.popular)
        trend = self.popular[turn]
        known = (self.history.followed.items[who][:, None, :] == trend[:, :, None]).any(axis=2)
        trend = np.where(known, -1, trend)
        empty = items < 0
        filled = np.where(empty, trend, items)
        return _packed(Page(filled, np.where(empty, SIGNALS.index(Signal.TRENDING), signals)))

    def _latest(self, authors: Ints, turn: Ints) -> Ints:
        """A post of each author, another one at each turn, -1 where there is none."""
        starts = self.platform.posts.starts
        first, last = starts[np.maximum(authors, 0)], starts[np.maximum(authors, 0) + 1]
        post = first + turn[:, None] % np.maximum(last - first, 1)
        return np.where((authors >= 0) & (last > first), post, -1)


def _tag_page(answers: Ints, tags: Ints, count: int, signal: Signal, who: Ints) -> Page:
    found = answers[np.maximum(tags, 0), :count] if len(answers) else np.full((len(who), count), -1)
    return Page.of(np.where(tags[:, None] >= 0, found, -1), signal)


def _packed(page: Page) -> Page:
    """The same items without gaps and without repetitions."""
    items = page.items
    order = np.argsort(items, axis=1, kind="stable")
    ordered = np.take_along_axis(items, order, axis=1)
    again = np.zeros(items.shape, bool)
    np.put_along_axis(again, order[:, 1:], ordered[:, 1:] == ordered[:, :-1], axis=1)
    items = np.where(again, -1, items)
    front = np.argsort(items < 0, axis=1, kind="stable")
    return Page(np.take_along_axis(items, front, axis=1), np.take_along_axis(page.signals, front, axis=1))


def popular_accounts(platform: Platform) -> Ints:
    """Whom most people turned to in the last ninety days, the most first."""
    acts = platform.acts
    if not len(acts.at):
        turned = np.asarray(platform.follows.sum(axis=0)).ravel()
    else:
        late = acts.at >= acts.at.max() - RECENT
        turned = np.bincount(acts.target[late], minlength=platform.size).astype(np.float64)
    turned = np.where(platform.active, turned, -1)
    order: Ints = np.lexsort((np.arange(platform.size), -turned))[:TRENDING]
    return order
