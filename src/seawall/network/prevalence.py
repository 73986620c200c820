"""How many there are: shares of roles, and unseen networks.

A run draws a sample of accounts, stratified by risk, for people to judge. The next run, given the one before and their
verdicts, weighs the strata by their size. Each stratum's roles have a Dirichlet posterior whose prior counts one
account with the stratum's mean probabilities; intervals are the middle 95 % of seeded draws from it. Verdicts on other
accounts do not count: people look where they expect to find.

Networks that no detector has seen are estimated as species are that no trap has caught (Chao, Biometrics 1987): from
those that exactly one detector sees, and exactly two. It is a lower bound.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from seawall.network.findings import Findings
from seawall.records.roles import ROLES, Role
from seawall.records.run import SAMPLE

SAMPLE_SIZE = 400
"""Accounts that a run asks people to judge."""

LEAST_JUDGED = 10
"""Verdicts that every stratum needs before anything is said."""

_EDGES = (0.02, 0.1, 0.5, 0.9)  # of risk; below the first an account has no finding
_LEAST = 30  # accounts of a stratum
_DRAWS = 20_000
_TAILS = (2.5, 97.5)
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its 95 % interval."""

    value: float
    low: float
    high: float

    def told(self, digits: int) -> dict[str, float]:
        """As JSON."""
        return {name: round(getattr(self, name), digits) for name in ("value", "low", "high")}


@dataclass(frozen=True, slots=True)
class Sample:
    """Accounts to judge (places), the stratum of each, and of every stratum its size and mean roles, (s, 6)."""

    accounts: Places
    stratum: Places
    sizes: Places
    roles: npt.NDArray[np.float64]

    def rows(self, spelt: pa.Array) -> pa.Table:
        """As a run keeps it, given how the accounts are spelt."""
        columns = [spelt, pa.array(self.stratum), pa.array(self.sizes[self.stratum])]
        columns += [pa.array(self.roles[self.stratum, place]) for place in range(len(ROLES))]
        return pa.table(columns, schema=SAMPLE)


def draw_sample(findings: Findings, n: int, seed: int) -> Sample:
    """Accounts to judge among n."""
    roles = np.zeros((n, len(ROLES)))
    roles[:, ROLES.index(Role.BYSTANDER)] = 1
    roles[findings.accounts] = findings.roles
    stratum = np.searchsorted(np.array(_EDGES), 1 - roles[:, -1], "right")
    sizes = np.bincount(stratum, minlength=len(_EDGES) + 1)
    sums = np.stack([np.bincount(stratum, roles[:, r], len(sizes)) for r in range(len(ROLES))], axis=1)
    means: npt.NDArray[np.float64] = sums / np.maximum(sizes, 1)[:, None]
    rng = np.random.default_rng(seed)
    chosen = [
        np.sort(rng.choice(np.flatnonzero(stratum == number), wanted, replace=False))
        for number, wanted in enumerate(_allocation(sizes, means[:, -1]).tolist())
    ]
    numbers = np.repeat(np.arange(len(sizes)), [len(some) for some in chosen])
    return Sample(np.concatenate(chosen), numbers, sizes, means)


def _allocation(sizes: Places, bystanders: npt.NDArray[np.float64]) -> Places:
    """Accounts to draw from each stratum: the more, the larger and the less certain it is (Neyman 1934)."""
    spread = sizes * np.sqrt(np.clip(bystanders * (1 - bystanders), 0.01, None))
    wanted = np.maximum(np.round(SAMPLE_SIZE * spread / max(spread.sum(), 1e-9)), _LEAST)
    allocated: Places = np.minimum(wanted, sizes).astype(np.int64)
    return allocated


def prevalence(sample: pa.Table, judged: Mapping[str, str], seed: int) -> Mapping[str, Estimate] | None:
    """Each role's share of all accounts, from a sample (columns of SAMPLE) and the roles that people gave, by account.

    None where a stratum has fewer verdicts than `LEAST_JUDGED` and than it has accounts.
    """
    stratum, sizes = np.asarray(sample["stratum"]), np.asarray(sample["accounts"])
    given = [judged.get(account) for account in sample["account_id"].to_pylist()]
    number = np.array([ROLES.index(Role(role)) if role else -1 for role in given], np.int64)
    rng, total = np.random.default_rng(seed), np.zeros((_DRAWS, len(ROLES)))
    mean, everyone = np.zeros(len(ROLES)), 0
    for one in np.unique(stratum).tolist():
        rows = np.flatnonzero(stratum == one)
        counted = np.bincount(number[rows][number[rows] >= 0], minlength=len(ROLES))
        size = int(sizes[rows[0]])
        if counted.sum() < min(LEAST_JUDGED, size):
            return None
        prior = np.array([sample[role][int(rows[0])].as_py() for role in ROLES]) + 1e-6
        total += size * rng.dirichlet(counted + prior, _DRAWS)
        mean += size * (counted + prior) / (counted + prior).sum()
        everyone += size
    if not everyone:
        return None
    low, high = np.percentile(total / everyone, _TAILS, axis=0)
    value = mean / everyone
    return {str(role): Estimate(float(value[i]), float(low[i]), float(high[i])) for i, role in enumerate(ROLES)}


def unseen_networks(seen: npt.NDArray[np.bool_]) -> Estimate | None:
    """How many networks no detector has seen, from which each one is seen by, shape (networks, detectors).

    Chao's lower bound with its log-normal interval (Chao 1987, eq. 12); None for fewer than three detectors.
    """
    networks, detectors = seen.shape
    if detectors < 3 or not networks:
        return None
    times = seen.sum(axis=1)
    once, twice = int((times == 1).sum()), int((times == 2).sum())
    part = (detectors - 1) / detectors
    unseen = part * once * (once - 1) / (2 * (twice + 1))
    variance = unseen + part**2 * (
        once * (2 * once - 1) ** 2 / (4 * (twice + 1) ** 2) + once**2 * twice * (once - 1) ** 2 / (4 * (twice + 1) ** 4)
    )
    if unseen <= 0:
        return Estimate(0.0, 0.0, 0.0 if once == 0 else part * once)
    spread = float(np.exp(1.96 * np.sqrt(np.log1p(variance / unseen**2))))
    return Estimate(unseen, unseen / spread, unseen * spread)


def captures(places: Places, detectors: pa.ChunkedArray, network: Places) -> npt.NDArray[np.bool_]:
    """Which detectors see each network, shape (networks, detectors): those with signals on two members at least.

    `places` (of accounts) and `detectors` are those of the signals; `network` is that of every account, -1 for none.
    """
    names = detectors.combine_chunks().dictionary_encode()
    pairs = np.unique(np.stack([places, names.indices.to_numpy().astype(np.int64)], axis=1), axis=0)
    of, detector = network[pairs[:, 0]], pairs[:, 1]
    count = np.zeros((int(network.max(initial=-1)) + 1, len(names.dictionary)), np.int64)
    np.add.at(count, (of[of >= 0], detector[of >= 0]), 1)
    seen: npt.NDArray[np.bool_] = count >= 2
    return seen
