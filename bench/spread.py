"""Spread clusters on an invented world: unlisted media of networks against viral, benign ones."""

import argparse
import json
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from seawall.hashes.hexadecimal import Words
from seawall.network.spread import Leaders, Shares, judge, unknown_media

DAY = 86_400_000_000
Rng = np.random.Generator
KINDS = ("network media", "viral memes", "templates", "circles of friends", "memes that networks join")


@dataclass
class World:
    """Accounts with estimated risks, and shares of media; `kind` (an index into `KINDS`) and `truth` are per share."""

    risk: npt.NDArray[np.float64]
    network: npt.NDArray[np.int64]
    words: Words
    account: npt.NDArray[np.int64]
    at: npt.NDArray[np.int64]
    kind: npt.NDArray[np.int64]
    item: npt.NDArray[np.int64]

    @classmethod
    def of(cls, accounts: int, rng: Rng) -> "World":
        """One account in 200 sells; the risk estimates miss a fifth of them and accuse one bystander in 300."""
        sellers = accounts // 200
        network = np.full(accounts, -1)
        network[:sellers] = rng.integers(0, max(sellers // 25, 1), sellers)
        risk = rng.beta(0.3, 20, accounts)
        seen = rng.random(sellers) < 0.8
        risk[:sellers][seen] = rng.beta(8, 2, int(seen.sum()))
        wrong = rng.random(accounts) < 1 / 300
        risk[wrong] = rng.beta(8, 2, int(wrong.sum()))
        network[np.arange(accounts) >= sellers] = -1
        parts = list(_items(accounts, sellers, network, rng))
        words, shares = _copies([size for _, size, _ in parts], [kind == 2 for kind, _, _ in parts], rng)
        account = np.concatenate([chosen for _, _, chosen in parts])
        kind = np.concatenate([np.full(size, kind) for kind, size, _ in parts])
        item = np.repeat(np.arange(len(parts)), [size for _, size, _ in parts])
        at = shares * DAY // 4
        return cls(risk, network, words, account, at, kind, item)


def _items(accounts: int, sellers: int, network: npt.NDArray[np.int64], rng: Rng) -> Any:
    """(kind, number of shares, who shares) of every item; a tenth of a network item's sharers are bystanders."""
    for n in range(network.max() + 1):
        members = np.flatnonzero(network == n)
        for _ in range(3):
            size = int(rng.integers(4, 20))
            insiders = rng.choice(members, min(size, len(members)), replace=False)
            yield 0, len(insiders) + size // 10, np.append(insiders, rng.integers(sellers, accounts, size // 10))
    everyone = np.arange(accounts)
    for _ in range(accounts // 2000):
        size = int(rng.pareto(0.8) * 50) % (accounts // 5) + 50
        yield 1, size, rng.choice(everyone, size, replace=False)
        size = int(rng.integers(20, 300))
        yield 2, size, rng.choice(everyone, size, replace=False)
        size = int(rng.integers(30, 400))
        joined = rng.choice(sellers, size // 5, replace=sellers < size // 5)  # a fifth of the sharers are sellers
        yield 4, size, np.append(rng.choice(everyone, size - len(joined), replace=False), joined)
    for _ in range(accounts // 100):
        size = int(rng.integers(2, 12))
        yield 3, size, rng.integers(sellers, accounts, size)


def _copies(sizes: list[int], templated: list[bool], rng: Rng) -> tuple[Words, npt.NDArray[np.int64]]:
    """Altered copies of each item, 0 to 12 bits from it (templates 20 to 60, as cards with other text), and times."""
    base = rng.integers(0, 2**64, (len(sizes), 4), dtype=np.uint64)
    rate = np.where(np.repeat(templated, sizes), 0.15, 0.02)
    bits = rng.random((sum(sizes), 256)) < rate[:, None] * rng.random((sum(sizes), 1))
    order = np.concatenate([np.arange(size) for size in sizes])
    flips = np.packbits(bits, axis=1).view(">u8").astype(np.uint64)
    return np.repeat(base, sizes, axis=0) ^ flips, order


def measure(accounts: int, seed: int) -> dict[str, Any]:
    """Recall and precision of flagged clusters, and how many of each kind were flagged."""
    rng = np.random.default_rng(seed)
    world = World.of(accounts, rng)
    order = np.argsort(world.at, kind="stable")
    start = time.thread_time()
    leaders = Leaders()
    cluster = np.empty(len(order), np.int64)
    for part in np.array_split(order, 10):  # as batches arrive
        cluster[part] = leaders.assign(world.words[part])
    listed = np.zeros(len(leaders.words), np.bool_)
    judged = judge(Shares(cluster, world.account, world.at), world.risk, world.network, listed)
    spent = time.thread_time() - start
    return _told(world, cluster, np.asarray(unknown_media(judged)["cluster"]), spent)


def _told(world: World, cluster: Any, flagged: Any, spent: float) -> dict[str, Any]:
    kind_of = np.full(cluster.max() + 1, -1)
    kind_of[cluster] = world.kind
    reached = np.unique(world.item[np.isin(cluster, flagged)])
    planted = np.unique(world.item[world.kind == 0])
    kinds = {}
    for number, name in enumerate(KINDS):
        items = np.unique(world.item[world.kind == number])
        kinds[name] = {"items": len(items), "flagged": int(np.isin(items, reached).sum())}
    return {
        "accounts": len(world.risk),
        "shares": len(world.words),
        "recall": float(np.isin(planted, reached).mean()),
        "precision": float((kind_of[flagged] == 0).mean()) if len(flagged) else 0.0,
        "cpu_s": round(spent, 2),
        "kinds": kinds,
    }


def main() -> None:
    """Print a table, or one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--accounts", type=int, default=100_000)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    measure(2_000, 0)  # compiles
    results = [measure(options.accounts, seed) for seed in range(options.seeds)]
    if options.json:
        keys = {name: min(result[name] for result in results) for name in ("recall", "precision")}
        print(json.dumps({**keys, "worlds": results}))
        return
    for result in results:
        print(f"{result['accounts']:,} accounts, {result['shares']:,} shares, {result['cpu_s']} s of CPU")
        print(f"  recall {result['recall']:.3f}, precision {result['precision']:.3f}")
        for name, told in result["kinds"].items():
            print(f"  {name:28}{told['flagged']:6} of {told['items']:6} flagged")


if __name__ == "__main__":
    main()
