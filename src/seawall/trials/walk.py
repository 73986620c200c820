"""Test accounts walk a recommender, all of them at once.

Every draw comes from the seed and the step, for every test account whether it still walks or not: two walks that differ
in the guard alone differ in nothing else.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from seawall.guard.answers import Age
from seawall.records.ids import IdKey
from seawall.trials.draws import Bools, Floats, Ints
from seawall.trials.labels import Labels
from seawall.trials.personas import OTHER, OWN, PERSONAS, RISKY, Persona
from seawall.trials.platform import Platform
from seawall.trials.recommenders.base import SURFACES, Page, Recommender, Surface
from seawall.trials.shield import Shield, Viewers, shown, withheld
from seawall.trials.start import FOLLOWS, LIKES, OPENS, Start
from seawall.trials.tally import Tally

PAGE, CANDIDATES = 10, 40
"""Items on a page, and candidates that the recommender has for it: the guard's gaps are filled from these."""
STEPS = 60
MOST_FOLLOWS = 3
"""Follows that one page leads to, at most."""
NEW_QUERY = 0.6
"""How often a search begins with another word rather than with the one at hand."""
Progress = Callable[[int], None]
_ASKED = (Surface.SEARCH, Surface.SUGGEST, Surface.TAGS)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a walk is on: the platform, who is risky there, and the personas that walk it."""

    platform: Platform
    labels: Labels
    personas: tuple[Persona, ...] = PERSONAS
    steps: int = STEPS

    def viewers(self, key: IdKey, start: Start) -> Viewers:
        """Ids that no account of the platform has, and what the platform knows of their ages."""
        ids = np.array(
            [key.one("account", f"trial:{p}:{r}") for p, r in zip(start.persona, start.run, strict=True)], np.uint64
        )
        return Viewers(ids, tuple(Age(self.personas[p].age) for p in start.persona))


def walk(
    ground: Ground,
    start: Start,
    recommender: Recommender,
    seed: int,
    guarded: tuple[Shield, Viewers] | None = None,
    progress: Progress | None = None,
) -> Tally:
    """Walk to the end of every test account's patience, or for `ground.steps` pages."""
    walkers = Walkers(ground, start, recommender, guarded)
    for step in range(ground.steps):
        if not walkers.alive.any():
            break
        walkers.step(Draws.of(seed, step, start.size))
        if progress:
            progress(step)
    return walkers.tally


@dataclass(frozen=True, slots=True)
class Draws:
    """Uniform numbers of one step."""

    one: Floats  # (w, 8)
    read: Floats  # (w, PAGE)
    act: Floats  # (w, PAGE, 3)
    normal: Floats

    @classmethod
    def of(cls, seed: int, step: int, size: int) -> "Draws":
        """The same for the same seed and step."""
        rng = np.random.default_rng((seed, 2, step))
        return cls(rng.random((size, 8)), rng.random((size, PAGE)), rng.random((size, PAGE, 3)), rng.normal(size=size))


_SURFACE, _NEW, _RISKY, _PICK, _TAG, _PAUSE, _LENGTH, _STOP = range(8)


class Walkers:
    """The test accounts of one walk, and where each of them stands."""

    def __init__(
        self, ground: Ground, start: Start, recommender: Recommender, guarded: tuple[Shield, Viewers] | None
    ) -> None:
        self.ground, self.start, self.recommender, self.guarded = ground, start, recommender, guarded
        self.tally = Tally.empty(start.persona, len(ground.personas), ground.platform.size)
        self.alive = np.ones(start.size, bool)
        self.tag, self.pending = np.full(start.size, -1), np.zeros(start.size, bool)
        self.follows = np.zeros(start.size, np.int64)
        self.asks = Questions(ground, start)
        self.is_child = np.array([p.age == "child" for p in ground.personas])[start.persona]
        self.visits = np.cumsum([p.visits for p in ground.personas], axis=1)[start.persona]
        recommender.begin(start.size)
        recommender.follow(start.who, start.follows)

    def step(self, draws: Draws) -> None:
        """One page for everybody who is still there."""
        share = draws.one[:, _SURFACE] * self.visits[:, -1]
        surface = np.minimum((share[:, None] >= self.visits).sum(axis=1), len(SURFACES) - 1)
        surface = np.where(self.pending, SURFACES.index(Surface.SEARCH), surface)
        anew = ~self.pending & ((draws.one[:, _NEW] < NEW_QUERY) | (self.tag < 0))
        self.tag = np.where(anew, self.asks.draw(draws), self.tag)
        self.pending[:] = False
        for number, name in enumerate(SURFACES):
            who = np.flatnonzero(self.alive & (surface == number))
            if len(who):
                self._visit(name, who, draws)
        self._rest(draws)

    def _visit(self, surface: Surface, who: Ints, draws: Draws) -> None:
        page = self._ask(surface, who)
        authors = self._behind(surface, page.items)
        if self.guarded is None:
            items, signals = page.items[:, :PAGE], page.signals[:, :PAGE]
            self._note_own(surface, who, page, authors, None)
        else:
            shield, viewers = self.guarded
            if surface in shield.surfaces:
                kept = shield.keep(surface, viewers, who, self.tag[who], page.items, authors)
            else:
                kept = np.where(page.items >= 0, np.arange(page.items.shape[1]), -1)
            items, signals = shown(kept, page.items, PAGE), shown(kept, page.signals, PAGE)
            self._note_own(surface, who, page, authors, withheld(kept, page.items, PAGE))
        self._note(surface, who, items, signals)
        self._react(surface, who, items, draws)

    def _ask(self, surface: Surface, who: Ints) -> Page:
        if surface is Surface.ACCOUNTS:
            return self.recommender.accounts(who, CANDIDATES)
        if surface is Surface.POSTS:
            return self.recommender.posts(who, CANDIDATES)
        asked = {Surface.SEARCH: self.recommender.search, Surface.SUGGEST: self.recommender.suggest}
        return asked.get(surface, self.recommender.tags)(who, self.tag[who], CANDIDATES)

    def _behind(self, surface: Surface, items: Ints) -> Ints:
        """The account behind each item, -1 for tags and for nothing."""
        if surface is Surface.POSTS:
            return self.recommender.author(items)
        return np.full(items.shape, -1) if surface in (Surface.SUGGEST, Surface.TAGS) else items

    def _risky(self, surface: Surface, items: Ints, authors: Ints) -> Bools:
        labels = self.ground.labels
        if surface in (Surface.SUGGEST, Surface.TAGS):
            return (items >= 0) & labels.risky_tag[np.maximum(items, 0)]
        return (authors >= 0) & labels.risky[np.maximum(authors, 0)]

    def _note_own(self, surface: Surface, who: Ints, page: Page, authors: Ints, gone: Bools | None) -> None:
        """Count what the recommender meant to show, and what of it the guard withheld."""
        items, behind = page.items[:, :PAGE], authors[:, :PAGE]
        risky = self._risky(surface, items, behind)
        if surface is Surface.SEARCH:  # what a word of the trade would have found is no loss
            asked = self.tag[who]
            items = np.where((asked >= 0) & self.ground.labels.risky_tag[asked], -1, items.T).T
        young = (behind >= 0) & self.ground.platform.young[np.maximum(behind, 0)]
        if surface is Surface.ACCOUNTS:  # nor is it a loss that a child is suggested nobody
            young |= (behind >= 0) & self.is_child[who][:, None]
        benign = (items >= 0) & ~risky & ~young
        self.tally.own_items[who] += benign.sum(axis=1)
        if gone is not None:
            self.tally.withheld[who] += (gone & benign).sum(axis=1)
            self.tally.young_withheld[who] += (gone & young & ~risky).sum(axis=1)

    def _note(self, surface: Surface, who: Ints, items: Ints, signals: Ints) -> None:
        authors = self._behind(surface, items)
        there, risky = items >= 0, self._risky(surface, items, authors)
        self.tally.note_page(surface, who, there, risky)
        if surface in (Surface.ACCOUNTS, Surface.POSTS):
            self.tally.note_flood(who, self.follows[who], there, risky)
        if surface in (Surface.SUGGEST, Surface.TAGS):
            return
        row, column = np.nonzero(authors >= 0)
        account, persona = authors[row, column], self.start.persona[who[row]]
        role, signal = self.ground.labels.role[account], signals[row, column]
        cell = np.ravel_multi_index(
            (persona, np.full(len(row), SURFACES.index(surface)), signal, role), self.tally.introduced.shape
        )
        self.tally.introduced += np.bincount(cell, minlength=self.tally.introduced.size).reshape(
            self.tally.introduced.shape
        )
        np.add.at(self.tally.exposure, account[self.ground.labels.risky[account]], 1)
        connects = np.array([p.connects for p in self.ground.personas])[persona]
        np.add.at(self.tally.children_shown, who[row[connects & self.ground.platform.young[account]]], 1)

    def _react(self, surface: Surface, who: Ints, items: Ints, draws: Draws) -> None:
        """Read from the top, then follow, like or open."""
        read = (draws.read[who] < 1 / np.log2(np.arange(PAGE) + 2)) & (items >= 0)
        authors = self._behind(surface, items)
        risky = self._risky(surface, items, authors)
        near = (authors >= 0) & self.start.near[who[:, None], np.maximum(authors, 0)]
        kind = np.where(risky, RISKY, np.where(near, OWN, OTHER))
        chance = np.take_along_axis(self.start.rates[who][:, None, :, :], kind[:, :, None, None], axis=3)[..., 0]
        does = read[:, :, None] & (draws.act[who] < chance)
        if surface in (Surface.SUGGEST, Surface.TAGS):
            self._open_tag(who, items, does[:, :, OPENS])
            return
        self._follow(who, authors, does[:, :, FOLLOWS] & (surface is not Surface.POSTS))
        if surface is Surface.POSTS:
            self._each(self.recommender.like, who, items, does[:, :, LIKES])
            self._follow(who, authors, does[:, :, FOLLOWS] & does[:, :, LIKES])
        self._each(self.recommender.view, who, authors, does[:, :, OPENS])

    def _open_tag(self, who: Ints, items: Ints, opened: Bools) -> None:
        """Open the first tag that is wanted: its page is the next one."""
        some = opened.any(axis=1)
        self.tag[who[some]] = items[some, opened[some].argmax(axis=1)]
        self.pending[who[some]] = True

    def _follow(self, who: Ints, accounts: Ints, wanted: Bools) -> None:
        wanted = wanted & (np.cumsum(wanted, axis=1) <= MOST_FOLLOWS)
        self._each(self.recommender.follow, who, accounts, wanted)
        row, column = np.nonzero(wanted)
        np.add.at(self.follows, who[row], 1)
        offers = self.ground.labels.offers[accounts[row, column]]
        np.add.at(self.tally.sellers_followed, who[row[offers]], 1)

    def _each(self, act: Callable[[Ints, Ints], None], who: Ints, items: Ints, wanted: Bools) -> None:
        row, column = np.nonzero(wanted)
        if len(row):
            act(who[row], items[row, column])

    def _rest(self, draws: Draws) -> None:
        """Time passes; some go away for hours, some for good."""
        personas = self.ground.personas
        minutes, pause, hours, stops = (
            np.array([getattr(p, name) for p in personas])[self.start.persona]
            for name in ("minutes", "pause", "hours", "stops")
        )
        spent = minutes * np.exp(0.6 * draws.normal)
        away = np.where(draws.one[:, _PAUSE] < pause, -np.log1p(-draws.one[:, _LENGTH]) * hours * 60, 0)
        self.tally.minutes += np.where(self.alive, spent + away, 0)
        self.tally.steps += self.alive
        self.alive &= (draws.one[:, _STOP] >= stops) & ~self.recommender.lost
        self.tally.whole &= ~self.recommender.lost


class Questions:
    """What each persona asks for: words of the trade, or tags of whom it resembles."""

    def __init__(self, ground: Ground, start: Start) -> None:
        users = ground.platform.tag_users
        self.by_account = users.T.tocsr()
        model = np.maximum(start.model, 0)
        follows = ground.platform.follows
        self.first, self.last = follows.indptr[model], follows.indptr[model + 1]
        self.known, self.model = follows.indices, start.model
        used = np.diff(users.indptr)
        self.any = np.cumsum(used / max(used.sum(), 1))
        risky = np.where(ground.labels.risky_tag, used, 0)
        self.risky = np.cumsum(risky / risky.sum()) if risky.any() else None
        self.share = np.array([p.risky_query for p in ground.personas])[start.persona]

    def draw(self, draws: Draws) -> Ints:
        """A tag for each test account, -1 where the platform has none."""
        if not len(self.any):
            return np.full(len(self.model), -1)
        pick, at = draws.one[:, _PICK], draws.one[:, _TAG]
        span = self.last - self.first
        friend = self.known[np.minimum(self.first + (pick * span).astype(np.int64), max(len(self.known) - 1, 0))]
        start, stop = self.by_account.indptr[friend], self.by_account.indptr[friend + 1]
        has = (self.model >= 0) & (span > 0) & (stop > start)
        place = np.minimum(start + (at * (stop - start)).astype(np.int64), max(len(self.by_account.indices) - 1, 0))
        anything = np.minimum(np.searchsorted(self.any, at), len(self.any) - 1)
        tag = np.where(has, self.by_account.indices[place], anything)
        if self.risky is None:
            return tag
        risky = np.minimum(np.searchsorted(self.risky, at), len(self.risky) - 1)
        return np.where(draws.one[:, _RISKY] < self.share, risky, tag)
