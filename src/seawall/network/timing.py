"""Who acts on the same accounts at the same moments, again and again.

People who run several accounts, or act on one call, follow and like the same accounts within minutes of each other
(Cao and others, "Uncovering large groups of active malicious accounts", CCS 2014). So do crowds that read the same
news, and friends who meet once. A burst of more than `CROWD_AT_ONCE` therefore says nothing, a pair needs bursts on
`TARGETS` accounts, and as many as chance does not explain: under the null hypothesis each acts on an account at some
moment of the time in which people act on it.
"""

from dataclasses import dataclass
from typing import Any

import numba as nb
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from seawall.network.surprise import surprise

Numbers = npt.NDArray[np.integer[Any]]

WINDOW = 300
"""Seconds: actions on one account, each at most so long after the one before, are one burst."""

CROWD_AT_ONCE = 16
"""A burst of more accounts than this ties nobody."""

TARGETS = 3
"""On so many accounts at least two must have been in one burst."""

AWAKE = 3.0
"""People act in a third of the day, so bursts come about by chance so many times as often as over all hours."""

DOUBT = float(np.log(20))
"""Nats beyond the logarithm of all pairs: with one chance in twenty any pair at all is tied by accident."""

DAY = 86_400


@dataclass(frozen=True, slots=True)
class Actions:
    """Who acted on whom, in what way and when: numbers of actors, targets and kinds, and seconds, shape (m,) each.

    All times lie within 2**32 seconds of the first.
    """

    actor: Numbers
    target: Numbers
    kind: Numbers
    at: Numbers


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Pairs of accounts, on how many accounts they were in one burst, and how likely one is by chance, (k,) each."""

    one: Numbers
    other: Numbers
    times: Numbers
    chance: npt.NDArray[np.float64]


def in_time(actions: Actions, n: int) -> csr_matrix:
    """Pairs of the n accounts that act at the same moments more than chance explains: symmetric, 0/1, shape (n, n)."""
    keys = (actions.kind.astype(np.int64) * n + actions.target) << 32
    keys |= actions.at - actions.at.min(initial=0)
    order = np.argsort(keys)
    keys, actor = keys[order], actions.actor[order]
    of, at = keys >> 32, keys & 0xFFFFFFFF
    fresh = np.diff(of, prepend=-1) != 0
    starts, group = np.flatnonzero(fresh), np.cumsum(fresh) - 1
    pairs = _repeated(_in_bursts(starts, at, actor, of), n)
    involved = np.isin(actor, np.concatenate([pairs.one, pairs.other]))
    ends = actor[involved], group[involved]
    acted = csr_matrix((np.ones(len(ends[0]), np.float32), ends), shape=(n, len(starts)))
    both = np.asarray(acted[pairs.one].multiply(acted[pairs.other]).sum(axis=1)).ravel()
    sizes = np.diff(starts, append=len(of)).astype(np.float64)
    all_pairs = max(float(sizes @ (sizes - 1)) / 2, 1.0)
    kept = (
        surprise(pairs.times.astype(np.float32), (both * pairs.chance).astype(np.float32)) > np.log(all_pairs) + DOUBT
    )
    one, other = pairs.one[kept], pairs.other[kept]
    ties = np.concatenate([one, other]), np.concatenate([other, one])
    return csr_matrix((np.ones(len(ties[0]), np.float32), ties), shape=(n, n))


def _in_bursts(starts: Numbers, at: Numbers, actor: Numbers, of: Numbers) -> tuple[Numbers, Numbers, Numbers, Any]:
    """Every pair in every burst: one, the other, by what action on whom, and how likely by chance."""
    size = _bursts(starts, at, actor, np.empty((3, 0), np.int64), np.empty(0), False)
    found, chance = np.empty((3, size), np.int64), np.empty(size)
    _bursts(starts, at, actor, found, chance, True)
    one, other, place = found
    return one, other, of[place], chance


def _repeated(found: tuple[Numbers, Numbers, Numbers, Any], n: int) -> _Pairs:
    """Those that were in one burst on `TARGETS` accounts or more; how likely by chance is a mean."""
    one, other, of, chance = found
    order = np.lexsort((of % n, other, one))
    one, other, target, chance = one[order], other[order], of[order] % n, chance[order]
    pair = (np.diff(one, prepend=-1) != 0) | (np.diff(other, prepend=-1) != 0)
    fresh = pair | (np.diff(target, prepend=-1) != 0)
    number = np.cumsum(pair) - 1
    times = np.bincount(number[fresh], minlength=int(pair.sum()))
    mean = np.bincount(number[fresh], chance[fresh], minlength=len(times)) / np.maximum(times, 1)
    often = times >= TARGETS
    first = np.flatnonzero(pair)[often]
    return _Pairs(one[first], other[first], times[often], mean[often])


@nb.njit(cache=True)
def _bursts(starts, at, actor, found, chance, fill):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Count, and with `fill` write down, the pairs in each burst on one account by one kind of action."""
    count = 0
    for group in range(len(starts)):
        begin = starts[group]
        end = starts[group + 1] if group + 1 < len(starts) else len(at)
        span = max(at[end - 1] - at[begin], DAY) if end > begin else DAY
        first = begin
        while first < end:
            last = first + 1
            while last < end and at[last] - at[last - 1] <= WINDOW:
                last += 1
            if last - first <= CROWD_AT_ONCE:
                likely = min(AWAKE * (at[last - 1] - at[first] + 2 * WINDOW) / span, 1.0)
                for i in range(first, last):
                    for j in range(i + 1, last):
                        if actor[i] == actor[j]:
                            continue
                        if fill:
                            found[0, count] = min(actor[i], actor[j])
                            found[1, count] = max(actor[i], actor[j])
                            found[2, count] = i
                            chance[count] = likely
                        count += 1
            first = last
    return count
