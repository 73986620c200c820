"""Pairs of a new account and one that is gone, and in what they agree."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, diags

from seawall.hashes.entries import THRESHOLD
from seawall.hashes.nearest import NearHashes
from seawall.network.traces import BANDS, KINDS, Hashed, Places, Profiles, Traces

CROWD = 64
"""What more accounts than this have in common ties no two of them."""

ASPECTS = (*KINDS, "follows", "followers", "locale", "age")
"""What a pair may agree in. Levels: 0 where it does not, then the stronger the higher."""

LEVELS = 5
_CROWDS = (8, 2)  # others that have it too: at least 8, at least 2, none but these two
_ALIKE = {"bio": (4, 8, 12), "handle": (5, 7, 8)}  # bands that agree
_OVERLAPS = (0.0, 6.0, 10.0, 16.0)  # summed surprise of common neighbours, in nats
_HUB = 500

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Pairs:
    """`new` and `gone` are places, shape (k,), each pair once; `levels` int8, shape (k, aspects)."""

    new: Places
    gone: Places
    levels: npt.NDArray[np.int8]

    @classmethod
    def merged(cls, parts: list[tuple[int, Places, Places, npt.NDArray[np.int8]]]) -> Self:
        """From (aspect, new, gone, level) parts: of an aspect the highest level counts."""
        new, gone = np.concatenate([part[1] for part in parts]), np.concatenate([part[2] for part in parts])
        order = np.lexsort((gone, new))
        fresh = np.ones(len(order), np.bool_)
        fresh[1:] = (np.diff(new[order]) != 0) | (np.diff(gone[order]) != 0)
        row = np.empty(len(order), np.int64)
        row[order] = np.cumsum(fresh) - 1
        levels = np.zeros((int(fresh.sum()), len(ASPECTS)), np.int8)
        aspects = np.concatenate([np.full(len(part[1]), part[0]) for part in parts])
        np.maximum.at(levels, (row, aspects), np.concatenate([part[3] for part in parts]))
        return cls(new[order][fresh], gone[order][fresh], levels)

    def where(self, chosen: Bools) -> "Pairs":
        """Some of the pairs."""
        return Pairs(self.new[chosen], self.gone[chosen], self.levels[chosen])


@dataclass(frozen=True, slots=True)
class Gone:
    """Accounts that are gone, ready to be compared with new ones; `everyone` tells how common each trace is."""

    profiles: Profiles
    traces: dict[str, Traces]
    everyone: dict[str, Traces]
    pictures: NearHashes
    is_gone: Bools

    @classmethod
    def of(cls, profiles: Profiles) -> Self:
        """The accounts among these that are gone."""
        gone = profiles.gone >= 0
        traces = {kind: some.among(gone) for kind, some in profiles.traces.items()}
        pictures = NearHashes.of(profiles.pictures, profiles.pictured)
        return cls(profiles, traces, dict(profiles.traces), pictures, gone)

    def pairs(self, new: Profiles, chosen: Bools, *, inside: bool) -> Pairs:
        """Pairs of the chosen new accounts, shape (n,), that have a trace in common with one that is gone.

        `inside` says that the new accounts are among those that this was made of: then places are of the same table
        and no account is paired with itself.
        """
        parts = [(KINDS.index(kind), *self._alike(kind, new.traces[kind].among(chosen), inside)) for kind in new.traces]
        parts.append((KINDS.index("avatar"), *self._pictures(new, chosen, inside)))
        found = Pairs.merged(parts)
        found.levels[:, ASPECTS.index("locale")] = _same(new.locale[found.new], self.profiles.locale[found.gone])
        found.levels[:, ASPECTS.index("age")] = _same(new.age[found.new], self.profiles.age[found.gone])
        return found

    def _alike(self, kind: str, traces: Traces, inside: bool) -> tuple[Places, Places, npt.NDArray[np.int8]]:
        crowd = self.everyone[kind].crowd(traces.values) - inside
        few = (crowd > 0) & (crowd < CROWD)
        new, gone, value = Traces(traces.owners[few], traces.values[few]).meet(self.traces[kind])
        apart = (new != gone) | (not inside)
        new, gone, value = new[apart], gone[apart], value[apart]
        if kind in BANDS:
            return _by_bands(kind, new, gone)
        return new, gone, _by_crowd(self.everyone[kind].crowd(value) - inside)

    def _pictures(self, new: Profiles, chosen: Bools, inside: bool) -> tuple[Places, Places, npt.NDArray[np.int8]]:
        """Near pictures; those of the accounts that are gone are looked up where they are the fewer."""
        asking, asked = (self.profiles, self.is_gone) if inside else (new, chosen)
        rows = np.flatnonzero(asked[asking.pictured])
        found = self.pictures.search(asking.pictures[rows], THRESHOLD)
        crowd = np.bincount(found[:, 0], minlength=len(rows))[found[:, 0]] - inside
        here, there = asking.pictured[rows][found[:, 0]], found[:, 1]
        one, other = (there, here) if inside else (here, there)
        kept = (crowd < CROWD) & ((one != other) & chosen[one] if inside else self.is_gone[other])
        return one[kept], other[kept], _by_crowd(crowd[kept])


def overlaps(pairs: Pairs, follows: csr_matrix, early: csr_matrix | None = None) -> None:
    """Fill in how surprising the accounts are that both follow, and that follow both.

    `follows` (n, n) is 0/1, row follows column; `early` are the follows of and to the new accounts that count.
    """
    early = follows if early is None else early
    for aspect, theirs, ours in (("follows", follows, early), ("followers", follows.T.tocsr(), early.T.tocsr())):
        degree = np.bincount(theirs.indices, minlength=theirs.shape[0])
        surprise = np.log(theirs.shape[0] / np.maximum(degree, 1.0)) * ((degree > 0) & (degree <= _HUB))
        both = ours[pairs.new].multiply(theirs[pairs.gone]) @ diags(surprise) if len(pairs.new) else None
        total = np.zeros(0) if both is None else np.asarray(both.sum(axis=1)).ravel()
        pairs.levels[:, ASPECTS.index(aspect)] = (total[:, None] > np.array(_OVERLAPS)).sum(axis=1)


def _by_crowd(others: Places) -> npt.NDArray[np.int8]:
    """1 to 3: the fewer others have it too, the higher."""
    level: npt.NDArray[np.int8] = (1 + (others[:, None] < np.array(_CROWDS)).sum(axis=1)).astype(np.int8)
    return level


def _by_bands(kind: str, new: Places, gone: Places) -> tuple[Places, Places, npt.NDArray[np.int8]]:
    """Pairs that agree in enough bands, and how alike they are."""
    if not len(new):
        return new, gone, np.empty(0, np.int8)
    pairs, bands = np.unique(np.stack([new, gone], axis=1), axis=0, return_counts=True)
    level = (bands[:, None] >= np.array(_ALIKE[kind])).sum(axis=1)
    return pairs[level > 0, 0], pairs[level > 0, 1], level[level > 0].astype(np.int8)


def _same(one: Hashed, other: Hashed) -> npt.NDArray[np.int8]:
    """1 where both are known and differ, 2 where they are the same, 0 where one is not known."""
    known = (one != 0) & (other != 0)
    level: npt.NDArray[np.int8] = (known * (1 + (one == other))).astype(np.int8)
    return level
