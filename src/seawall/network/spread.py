"""Spread clusters: near-duplicate media, judged by who shares them."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.special import betaincinv

from seawall.hashes.entries import THRESHOLD
from seawall.hashes.hexadecimal import Words
from seawall.hashes.nearest import NearHashes

Numbers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

SPREAD = pa.schema(
    [
        pa.field("cluster", pa.int64(), False),
        pa.field("accounts", pa.int64(), False),  # distinct accounts that shared it
        pa.field("risky", pa.float64(), False),  # the expected number of risky ones among them
        pa.field("risk", pa.float64(), False),  # share of risky accounts that is almost certainly exceeded
        pa.field("networks", pa.int64(), False),  # distinct networks that they are members of
        pa.field("network", pa.int64(), False),  # the network with most of them, -1 for none
        pa.field("per_day", pa.float64(), False),  # new accounts a day from the first to the last share
        pa.field("listed", pa.bool_(), False),
        pa.field("flagged", pa.bool_(), False),
    ]
)
"""One row a cluster that more than one account shared, riskiest first."""

FLAG_FROM = 0.2
"""Share of risky accounts, at the lower bound, from which a cluster is flagged."""

ACCOUNTS_FROM = 2.0
"""Distinct risky accounts, in expectation, that a cluster needs: one may be a mistake."""

_CERTAINTY = 0.1  # the chance that the true share is below the bound
_PRIOR_ACCOUNTS = 2.0  # how many accounts of the whole platform's mean are mixed into each cluster
_TAIL = 1 << 14  # leaders searched beside the tables before these are made anew
_DAY = 86_400_000_000


@dataclass(slots=True)
class Leaders:
    """Clusters by their first member: a hash joins the nearest leader within the threshold, or leads a new one.

    Joining leaders, and not any member, keeps a chain of small changes from linking all pictures to each other.
    """

    threshold: int = THRESHOLD
    words: Words = field(default_factory=lambda: np.empty((0, 4), np.uint64))
    _tabled: NearHashes = field(default_factory=lambda: _near(np.empty((0, 4), np.uint64), 0))

    def assign(self, hashes: Words) -> Numbers:
        """The cluster of each hash, shape (n,), growing the clusters; the same hashes in the same order give the same.

        Hashes are four words each, shape (n, 4); clusters are numbered from 0 in order of their first member.
        """
        unique, first, inverse = np.unique(hashes, axis=0, return_index=True, return_inverse=True)
        order = np.argsort(first, kind="stable")
        clusters = np.empty(len(unique), np.int64)
        clusters[order] = self._assign_distinct(unique[order])
        return np.asarray(clusters[inverse.reshape(-1)], np.int64)

    def _assign_distinct(self, hashes: Words) -> Numbers:
        clusters = self._nearest_leader(hashes)
        new = np.flatnonzero(clusters < 0)
        found = _near(hashes[new], 0).search(hashes[new], self.threshold)
        starts = np.searchsorted(found[:, 0], np.arange(len(new) + 1))
        leading: list[int] = []
        for place in range(len(new)):
            if clusters[new[place]] >= 0:
                continue
            around = new[found[starts[place] : starts[place + 1], 1]]
            free = around[clusters[around] < 0]
            clusters[free] = len(self.words) + len(leading)
            leading.append(int(new[place]))
        self._lead(hashes[leading])
        return clusters

    def _nearest_leader(self, hashes: Words) -> Numbers:
        tail = _near(self.words[len(self._tabled.hashes) :], len(self._tabled.hashes))
        found = np.concatenate([part.search(hashes, self.threshold) for part in (self._tabled, tail)])
        found = found[np.lexsort((found[:, 1], found[:, 2], found[:, 0]))]
        clusters = np.full(len(hashes), -1, np.int64)
        query, place = np.unique(found[:, 0], return_index=True)
        clusters[query] = found[place, 1]
        return clusters

    def _lead(self, hashes: Words) -> None:
        self.words = np.concatenate([self.words, hashes])
        if len(self.words) - len(self._tabled.hashes) > _TAIL:
            self._tabled = _near(self.words, 0)


def _near(words: Words, first: int) -> NearHashes:
    return NearHashes.of(words, np.arange(first, first + len(words)))


@dataclass(frozen=True, slots=True)
class Shares:
    """Who shared what and when: rows of cluster, account (an index into the account arrays) and time in µs."""

    cluster: Numbers
    account: Numbers
    at: Numbers

    def first_each(self) -> "Shares":
        """Each account's first share of each cluster."""
        order = np.lexsort((self.at, self.account, self.cluster))
        cluster, account = self.cluster[order], self.account[order]
        new = np.append(True, (cluster[1:] != cluster[:-1]) | (account[1:] != account[:-1]))[: len(order)]
        return Shares(cluster[new], account[new], self.at[order][new])


def judge(shares: Shares, risk: Floats, network: Numbers, listed: npt.NDArray[np.bool_]) -> pa.Table:
    """What the sharers of each cluster say of it, as `SPREAD`.

    `risk` in [0, 1] and `network` (-1 for none) are per account, `listed` per cluster (its media are known already).
    A cluster's risk is the 10 % quantile of the share of risky accounts under a beta posterior whose prior is the mean
    of the whole platform: what everyone shares stays at that mean however large it grows, and what two accounts share
    proves little.
    """
    each = shares.first_each()
    size = len(listed)
    accounts = np.bincount(each.cluster, minlength=size)
    risky = np.bincount(each.cluster, risk[each.account], minlength=size)
    mean = float(risk.mean()) if len(risk) else 0.0
    successes = risky + _PRIOR_ACCOUNTS * mean
    bound = betaincinv(successes + 1e-9, accounts + _PRIOR_ACCOUNTS - successes + 1e-9, _CERTAINTY)
    networks, main = _networks(each, network, size)
    shown = np.flatnonzero(accounts > 1)
    order = shown[np.lexsort((shown, -networks[shown], -bound[shown]))]
    flagged = (bound >= FLAG_FROM) & (risky >= ACCOUNTS_FROM)
    columns = [order, accounts[order], risky[order], bound[order], networks[order], main[order]]
    columns += [_per_day(each, accounts)[order], listed[order], flagged[order]]
    return pa.table(columns, schema=SPREAD)


def unknown_media(judged: pa.Table) -> pa.Table:
    """The flagged clusters that no list knows: for the queue, as unknown media moving through a network."""
    keep = np.asarray(judged["flagged"]) & ~np.asarray(judged["listed"])
    return judged.filter(pa.array(keep))


def _networks(each: Shares, network: Numbers, size: int) -> tuple[Numbers, Numbers]:
    """For each cluster how many networks its accounts are members of, and the one with most of them."""
    member = network[each.account] >= 0
    pairs = np.stack([each.cluster[member], network[each.account[member]]], axis=1)
    pairs, count = np.unique(pairs, axis=0, return_counts=True)
    main = np.full(size, -1, np.int64)
    order = np.lexsort((-pairs[:, 1], count))  # the most members last; of equals the lowest number
    main[pairs[order, 0]] = pairs[order, 1]
    return np.bincount(pairs[:, 0], minlength=size), main


def _per_day(each: Shares, accounts: Numbers) -> Floats:
    """New accounts a day between a cluster's first and last share; a span below a day counts as one."""
    first = np.full(len(accounts), np.iinfo(np.int64).max)
    last = np.full(len(accounts), np.iinfo(np.int64).min)
    np.minimum.at(first, each.cluster, each.at)
    np.maximum.at(last, each.cluster, each.at)
    days = np.where(accounts > 0, (last.astype(np.float64) - first) / _DAY, 1.0)
    return np.asarray(accounts / np.maximum(days, 1.0), np.float64)
