"""What a walk leaves: counts by test account, surface and signal."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from seawall.records.roles import ROLES
from seawall.trials.draws import Bools, Floats, Ints
from seawall.trials.recommenders.base import SIGNALS, SURFACES, Surface

FLOOD = 30
"""Follows up to which the flood curve goes."""
NEVER = -1


@dataclass(slots=True)
class Tally:
    """Counts of one recommender under one guard; the first axis is the test account, w.

    An item is risky when the account behind it is, or the tag. `first_*` is when the first risky account or post was
    shown, `NEVER` otherwise. `flood_*` count suggested accounts and posts by the number of follows so far.
    `withheld_*` are among the first items of the recommender's own pages.
    """

    items: Ints  # (w, surfaces)
    risky: Ints  # (w, surfaces)
    first_at: Ints  # (w, surfaces): the item of that surface that was the first risky one
    first_step: Ints
    first_items: Ints
    first_minute: Floats
    minutes: Floats
    steps: Ints
    flood_items: Ints  # (w, FLOOD + 1)
    flood_risky: Ints
    own_items: Ints  # benign items of the recommender's own pages
    withheld: Ints  # of these, those that the guard withheld
    young_withheld: Ints  # to protect children: their accounts, and suggestions to them; counted apart
    sellers_followed: Ints
    children_shown: Ints
    introduced: Ints  # (personas, surfaces, signals, roles)
    exposure: Ints  # risky showings by account; never written
    persona: Ints
    whole: Bools  # false where the recommender failed before the walk's own end

    @classmethod
    def empty(cls, persona: Ints, personas: int, accounts: int) -> Self:
        """Nothing seen yet."""
        w, s = len(persona), len(SURFACES)
        return cls(
            items=_zeros(w, s),
            risky=_zeros(w, s),
            first_at=np.full((w, s), NEVER),
            first_step=np.full(w, NEVER),
            first_items=np.full(w, NEVER),
            first_minute=np.full(w, float(NEVER)),
            minutes=np.zeros(w),
            steps=_zeros(w),
            flood_items=_zeros(w, FLOOD + 1),
            flood_risky=_zeros(w, FLOOD + 1),
            own_items=_zeros(w),
            withheld=_zeros(w),
            young_withheld=_zeros(w),
            sellers_followed=_zeros(w),
            children_shown=_zeros(w),
            introduced=_zeros(personas, s, len(SIGNALS), len(ROLES)),
            exposure=_zeros(accounts),
            persona=persona,
            whole=np.ones(w, bool),
        )

    @property
    def shown(self) -> Ints:
        """Items with an account behind them, (w,)."""
        return np.asarray(self.items[:, PEOPLE].sum(axis=1))

    @property
    def exposures(self) -> Ints:
        """Risky ones among these, (w,)."""
        return np.asarray(self.risky[:, PEOPLE].sum(axis=1))

    def note_page(self, surface: Surface, who: Ints, there: Bools, risky: Bools) -> None:
        """Count one page of each of `who`: which places held an item, and which of these were risky; both (w, p)."""
        s = SURFACES.index(surface)
        before, met = self.shown[who], risky.any(axis=1)
        rank = risky.argmax(axis=1)
        here = met & (self.first_at[who, s] == NEVER)
        self.first_at[who[here], s] = self.items[who[here], s] + 1 + rank[here]
        self.items[who, s] += there.sum(axis=1)
        self.risky[who, s] += risky.sum(axis=1)
        if surface in _PEOPLE:
            new = met & (self.first_step[who] == NEVER)
            at = who[new]
            self.first_step[at] = self.steps[at]
            self.first_minute[at] = self.minutes[at]
            self.first_items[at] = before[new] + 1 + rank[new]

    def note_flood(self, who: Ints, follows: Ints, there: Bools, risky: Bools) -> None:
        """Count a page of suggestions or posts at the number of follows that each has made."""
        early = follows <= FLOOD
        at = (who[early], follows[early])
        self.flood_items[at] += there[early].sum(axis=1)
        self.flood_risky[at] += risky[early].sum(axis=1)


def _zeros(*shape: int) -> Ints:
    return np.zeros(shape, np.int64)


_PEOPLE = (Surface.SEARCH, Surface.ACCOUNTS, Surface.POSTS)
PEOPLE = [SURFACES.index(surface) for surface in _PEOPLE]
"""Surfaces whose items have an account behind them."""
