"""Accounts that come back: ranked matches with evidence.

A new account is compared with those that are gone and leave a trace in common (`return_pairs`). Weights are those of
record linkage (Fellegi and Sunter, JASA 1969): the log of how often a returning person agrees in something over how
often two people do. The first is a fixed expectation; the second is counted on pairs that cannot be a return, because
the older account went away only after the newer one was there. The same pairs tell how many false matches to expect at
any score (target and decoy: Elias and Gygi, Nature Methods 2007), so that the threshold needs no truth.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from seawall.network.findings import Reason
from seawall.network.return_pairs import ASPECTS, LEVELS, Bools, Gone, Pairs, overlaps
from seawall.network.traces import Places, Profiles

FALSE_SHARE = 0.035
"""Matches are told down to a score at which so many of them are expected to be false."""

_AGREES: Mapping[str, Sequence[float]] = {
    "device": (0.35, 0.03, 0.10, 0.52),
    "avatar": (0.35, 0.03, 0.10, 0.52),
    "link": (0.75, 0.01, 0.04, 0.20),
    "name": (0.90, 0.01, 0.02, 0.07),
    "bio": (0.90, 0.03, 0.03, 0.04),
    "handle": (0.90, 0.03, 0.03, 0.04),
    "follows": (0.75, 0.06, 0.06, 0.06, 0.07),
    "followers": (0.75, 0.06, 0.06, 0.06, 0.07),
    "locale": (0.0, 0.1, 0.9),
    "age": (0.0, 0.2, 0.8),
}
"""How often a person who returns agrees with the former account, by level: expected before anything is known."""

_SAYS = {
    "device": "signs in from the same device as",
    "avatar": "has nearly the same picture as",
    "link": "gives the same link or payment handle as",
    "name": "bears the same name as",
    "bio": "describes itself nearly as",
    "handle": "has nearly the same handle as",
    "follows": "follows whom few but",
    "followers": "is followed by whom few follow but",
}
_SOON, _SOON_SHARE, _YEAR = 10.0, 0.85, 365.0  # days: most who come back do so soon
_DAY = 86_400e6
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ReturnModel:
    """`weights` (aspects, levels) in nats; `scores` falling, and the share of false matches expected down to each."""

    weights: Floats
    scores: Floats
    false_share: Floats

    @classmethod
    def fit(cls, pairs: Pairs, profiles: Profiles, new: Bools) -> Self:
        """Weights and expected errors from pairs on both sides of the line that no return can cross."""
        possible = profiles.created[pairs.new] > profiles.gone[pairs.gone]
        targets, decoys = _comparable(profiles, new)
        weights = _weights(pairs.levels[~possible], decoys)
        score = _scored(weights, pairs, profiles)
        real, false = (np.sort(_best(pairs.new[side], score[side]))[::-1] for side in (possible, ~possible))
        expected = (np.searchsorted(-false, -real, "right") + 1) * (targets / max(decoys, 1))
        share = np.minimum(expected / np.arange(1, len(real) + 1), 1.0)
        return cls(weights, real, np.minimum.accumulate(share[::-1])[::-1])

    def score(self, pairs: Pairs, profiles: Profiles, other: Profiles | None = None) -> Floats:
        """Nats for a return; `other` are the profiles of the new accounts where they are not the same table."""
        return _scored(self.weights, pairs, profiles, other)

    def probability(self, scores: Floats) -> Floats:
        """One less the share of false matches that is expected down to each score."""
        place = np.searchsorted(-self.scores, -scores, "right") - 1
        if not len(self.scores):
            return np.zeros(len(scores))
        return np.where(place < 0, 1 - self.false_share[0], 1 - self.false_share[np.maximum(place, 0)])


@dataclass(frozen=True, slots=True)
class Returns:
    """Matches: `account` came back `of` another (places), how probable that is, and why; best match of each only."""

    account: Places
    of: Places
    probability: Floats
    reasons: tuple[tuple[Reason, ...], ...]


@dataclass(frozen=True, slots=True)
class ReturnIndex:
    """The accounts that are gone, and what agreement with them is worth."""

    gone: Gone
    model: ReturnModel

    @classmethod
    def of(cls, profiles: Profiles, follows: csr_matrix, early: csr_matrix | None = None) -> tuple[Self, Pairs]:
        """Learn from a platform's accounts; also the pairs of its new accounts with those that went before them."""
        gone, new = Gone.of(profiles), newcomers(profiles)
        pairs = gone.pairs(profiles, new, inside=True)
        overlaps(pairs, follows, early)
        model = ReturnModel.fit(pairs, profiles, new)
        return cls(gone, model), pairs.where(profiles.created[pairs.new] > profiles.gone[pairs.gone])

    def match(self, newcomer: Profiles, most: int = 5) -> list[tuple[int, float, tuple[Reason, ...]]]:
        """The likeliest former accounts of one new account: (place, probability, evidence), likeliest first."""
        pairs = self.gone.pairs(newcomer, np.ones(1, np.bool_), inside=False)
        score = self.model.score(pairs, self.gone.profiles, newcomer)
        best = np.argsort(-score, kind="stable")[:most]
        likely = self.model.probability(score[best])
        reasons = reasons_of(self.model, pairs.levels[best])
        return list(zip(pairs.gone[best].tolist(), likely.tolist(), reasons, strict=True))


def returns_among(profiles: Profiles, follows: csr_matrix, early: csr_matrix | None = None) -> Returns:
    """Who of these accounts came back as whom, where at most `FALSE_SHARE` of the matches are expected to be false."""
    index, pairs = ReturnIndex.of(profiles, follows, early)
    score = index.model.score(pairs, profiles)
    order = np.lexsort((pairs.gone, -score, pairs.new))
    first = order[np.append(True, np.diff(pairs.new[order]) != 0)[: len(order)]]
    likely = index.model.probability(score[first])
    kept = first[likely >= 1 - FALSE_SHARE]
    reasons = reasons_of(index.model, pairs.levels[kept])
    return Returns(pairs.new[kept], pairs.gone[kept], likely[likely >= 1 - FALSE_SHARE], tuple(reasons))


def newcomers(profiles: Profiles) -> Bools:
    """The accounts that were made after somebody had gone."""
    gone = profiles.gone[profiles.gone >= 0]
    new: Bools = profiles.created > gone.min() if len(gone) else np.zeros(len(profiles.created), np.bool_)
    return new


def reasons_of(model: ReturnModel, levels: npt.NDArray[np.int8]) -> list[tuple[Reason, ...]]:
    """What speaks for each match, the strongest first."""
    told = []
    for row in levels.tolist():
        adds = [
            (round(float(model.weights[place, level]), 3), name)
            for place, (name, level) in enumerate(zip(ASPECTS, row, strict=True))
            if level and name in _SAYS
        ]
        told.append(tuple(Reason(name, _SAYS[name], add) for add, name in sorted(adds, reverse=True) if add > 0))
    return told


def _comparable(profiles: Profiles, new: Bools) -> tuple[int, int]:
    """How many pairs of a new account and one that is gone could be a return, and how many could not."""
    created, gone = np.sort(profiles.created[new]), profiles.gone[profiles.gone >= 0]
    later = int((len(created) - np.searchsorted(created, gone, "right")).sum())
    return later, len(created) * len(gone) - later


def _weights(decoys: npt.NDArray[np.int8], comparable: int) -> Floats:
    """Log ratios; traces are counted among all pairs, the rest among those that have a trace in common."""
    weights = np.zeros((len(ASPECTS), LEVELS))
    for place, aspect in enumerate(ASPECTS):
        expected = np.array(_AGREES[aspect])
        counted = np.bincount(decoys[:, place], minlength=LEVELS)[: len(expected)] + 0.5
        if aspect in ("locale", "age"):
            counted[0], expected = 0.0, expected / expected.sum()
        is_trace = aspect not in ("locale", "age", "follows", "followers")
        total = comparable if is_trace else counted.sum()
        usual = np.append((total - counted[1:].sum()), counted[1:]) if is_trace else counted
        told = np.log(np.maximum(expected, 1e-9) / np.maximum(usual / max(total, 1), 1e-9))
        weights[place, : len(expected)] = np.where(expected > 0, told, 0.0)
    for aspect in ("follows", "followers"):  # friends share friends: less than independent evidence
        weights[ASPECTS.index(aspect)] = np.maximum(weights[ASPECTS.index(aspect)], -0.3)
    return weights


def _scored(weights: Floats, pairs: Pairs, profiles: Profiles, other: Profiles | None = None) -> Floats:
    apart = np.abs((other or profiles).created[pairs.new] - profiles.gone[pairs.gone]) / _DAY
    soon = _SOON_SHARE * np.exp(-apart / _SOON) / _SOON + (1 - _SOON_SHARE) / _YEAR
    agreed = weights[np.arange(len(ASPECTS))[None, :], pairs.levels].sum(axis=1)
    scored: Floats = agreed + np.log(soon * _YEAR)
    return scored


def _best(new: Places, score: Floats) -> Floats:
    """The best score of each new account."""
    order = np.lexsort((-score, new))
    first = np.append(True, np.diff(new[order]) != 0)[: len(order)]
    best: Floats = score[order][first]
    return best
