"""Unlisted media of networks against viral, benign media: who is flagged, in whole runs and with assumed risks.

Media are planted into invented worlds: altered copies that members of a network share, memes that thousands share,
templates with other text each, pictures in circles of friends, and memes that sellers join. Seawall runs on each world
as on any activity. A flagged cluster is right where most of its sharers are hidden by the world's truth; an item is
found where a flagged cluster holds it. The second part needs no run: clusters alone, on 100,000 accounts whose assumed
risks miss a fifth of the sellers and accuse one bystander in 300.
"""

import argparse
import json
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench.worlds import CACHE, KEY, Trial, world
from seawall.flow.order import Order
from seawall.flow.progress import Stages
from seawall.flow.run import STAGES, run
from seawall.hashes.hexadecimal import Words
from seawall.network.spread import Leaders, Shares, judge, unknown_media
from seawall.records.activity import TABLES

HOUR = 3_600_000_000
SIDE = ("seller", "promoter", "reseller", "at_risk_child")
NETWORK_MEDIA, VIRAL, TEMPLATE, FRIENDS, JOINED = range(5)
KINDS = ("network media", "viral memes", "templates", "circles of friends", "memes that networks join")
Rng = np.random.Generator
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class People:
    """Places of accounts: all, those who sell, those with no part in it, and the selling members of each network."""

    everyone: Ints
    selling: Ints
    bystanders: Ints
    networks: Sequence[Ints]


def items(people: People, rng: Rng) -> Iterator[tuple[int, Ints]]:
    """(kind, who shares) of every planted item; one in ten sharers of a network's item is a bystander."""
    for members in people.networks:
        for _ in range(3):
            insiders = rng.choice(members, min(int(rng.integers(4, 20)), len(members)), replace=False)
            yield NETWORK_MEDIA, np.append(insiders, rng.choice(people.bystanders, len(insiders) // 10))
    for _ in range(max(len(people.everyone) // 2000, 10)):
        size = int(rng.pareto(0.8) * 50) % (len(people.everyone) // 5) + 50
        yield VIRAL, rng.choice(people.everyone, size, replace=False)
        yield TEMPLATE, rng.choice(people.everyone, int(rng.integers(20, 300)), replace=False)
        size = int(rng.integers(30, 400))
        joined = rng.choice(people.selling, min(size // 5, len(people.selling)), replace=False)
        yield JOINED, np.append(rng.choice(people.everyone, size - len(joined), replace=False), joined)
    for _ in range(len(people.everyone) // 100):
        yield FRIENDS, rng.choice(people.bystanders, int(rng.integers(2, 12)), replace=False)


def copies(kinds: Ints, sizes: Ints, rng: Rng) -> Words:
    """Altered copies of each item, 0 to 12 bits from it (templates 20 to 60, as cards with other text)."""
    base = rng.integers(0, 2**64, (len(sizes), 4), dtype=np.uint64)
    rate = np.where(np.repeat(kinds == TEMPLATE, sizes), 0.15, 0.02)
    bits = rng.random((int(sizes.sum()), 256)) < rate[:, None] * rng.random((int(sizes.sum()), 1))
    return np.repeat(base, sizes, axis=0) ^ np.packbits(bits, axis=1).view(">u8").astype(np.uint64)


@dataclass(frozen=True)
class Planted:
    """One row a share: its item, who shared (a place), when (hours after the item's first share), and the hash."""

    kinds: Ints  # of items
    item: Ints
    who: Ints
    hours: Ints
    words: Words

    @classmethod
    def of(cls, people: People, rng: Rng) -> "Planted":
        """Draw every item and its copies."""
        drawn = list(items(people, rng))
        kinds, sizes = np.array([kind for kind, _ in drawn]), np.array([len(who) for _, who in drawn])
        item, hours = np.repeat(np.arange(len(drawn)), sizes), np.concatenate([6 * np.arange(size) for size in sizes])
        return cls(kinds, item, np.concatenate([who for _, who in drawn]), hours, copies(kinds, sizes, rng))


def flagged_kinds(planted: Planted, found: Ints) -> dict[str, dict[str, int]]:
    """How many items of each kind are among those found."""
    told = {}
    for number, name in enumerate(KINDS):
        of_kind = np.flatnonzero(planted.kinds == number)
        told[name] = {"items": len(of_kind), "flagged": int(np.isin(of_kind, found).sum())}
    return told


def recall(kinds: dict[str, dict[str, int]]) -> float:
    """The share of the networks' items that are found."""
    return kinds[KINDS[NETWORK_MEDIA]]["flagged"] / max(kinds[KINDS[NETWORK_MEDIA]]["items"], 1)


def in_a_run(accounts: int, seed: int) -> dict[str, Any]:
    """Plant into a world, run Seawall on it, and judge the clusters that it queues."""
    folder = world(Trial(accounts, (seed,)), seed, CACHE)
    truth = pq.read_table(folder / "truth.parquet").filter(pc.field("subject_kind") == "account")
    out = Path(tempfile.mkdtemp(prefix="spread-", dir=CACHE))
    try:
        planted, side = plant(folder, out / "activity", truth, np.random.default_rng(seed))
        order = Order(out / "activity", out / "run", KEY, (folder / "lexicon.csv",), threads=1, plain_ids=True)
        run(order, Stages(STAGES, quiet=True))
        queued = pq.read_table(out / "run" / "spread_media.parquet")
        seconds = json.loads((out / "run" / "summary.json").read_text())["timings"]["cpu"]["spread"]
    finally:
        shutil.rmtree(out)
    kinds = flagged_kinds(planted, np.unique([int(name[5:]) for name in _planted_items(queued)]))
    right = _right(queued, side)
    told = {"accounts": accounts, "seed": seed, "recall": recall(kinds), "clusters": len(right)}
    return told | {"precision": float(np.mean(right)) if right else 0.0, "cpu_s": seconds, "kinds": kinds}


def plant(folder: Path, activity: Path, truth: pa.Table, rng: Rng) -> tuple[Planted, set[str]]:
    """The world's activity with more media in it; also the accounts that the truth hides."""
    activity.mkdir()
    for table in (folder / "activity").iterdir():
        if table.name != "media.parquet":
            (activity / table.name).hardlink_to(table)
    ids, role, network = (truth[name].to_numpy(zero_copy_only=False) for name in ("subject_id", "role", "network_id"))
    accounts = pq.read_table(activity / "accounts.parquet", columns=["account_id", "removed_at"])
    there = accounts.filter(pc.is_null(accounts["removed_at"]))
    present = np.isin(ids, there["account_id"].to_numpy(zero_copy_only=False))
    selling = np.isin(role, SIDE) & present
    networks = [np.flatnonzero(selling & (network == name)) for name in np.unique(network[selling].astype(str))]
    people = People(
        np.flatnonzero(present),
        np.flatnonzero(selling),
        np.flatnonzero(present & (role == "bystander")),
        [members for members in networks if len(members) >= 4],
    )
    planted = Planted.of(people, rng)
    _write_media(folder, activity, planted, ids)
    return planted, set(ids[np.isin(role, (*SIDE, "buyer"))].tolist())


def _write_media(folder: Path, activity: Path, planted: Planted, ids: npt.NDArray[np.object_]) -> None:
    media = pq.read_table(folder / "activity" / "media.parquet")
    end = pc.max(media["created_at"]).cast(pa.int64()).as_py()
    at = end - (planted.hours.max() - planted.hours) * HOUR
    columns: dict[str, Any] = {
        "media_id": [f"item-{item}-{number}" for number, item in enumerate(planted.item)],
        "account_id": ids[planted.who],
        "created_at": pa.array(at).cast(media.schema.field("created_at").type),
        "kind": ["image"] * len(at),
        "pdq": [row.astype(">u8").tobytes().hex() for row in planted.words],
        "pdq_quality": [100] * len(at),
    }
    schema = TABLES["media"].raw_schema
    more = pa.table(
        [pa.array(columns[f.name], f.type) if f.name in columns else pa.nulls(len(at), f.type) for f in schema],
        schema=schema,
    )
    pq.write_table(pa.concat_tables([media.select(schema.names).cast(schema), more]), activity / "media.parquet")


def _planted_items(queued: pa.Table) -> list[str]:
    names = [name.rsplit("-", 1)[0] for name in queued["media_id"].to_pylist() if name.startswith("item-")]
    return sorted(set(names))


def _right(queued: pa.Table, side: set[str]) -> list[bool]:
    """For every queued cluster whether most of its sharers are hidden by the truth."""
    sharers: dict[str, set[str]] = {}
    for cluster, account in zip(queued["cluster_id"].to_pylist(), queued["account_id"].to_pylist(), strict=True):
        sharers.setdefault(cluster, set()).add(account)
    return [len(accounts & side) * 2 > len(accounts) for accounts in sharers.values()]


def with_assumed_risks(accounts: int, seed: int) -> dict[str, Any]:
    """Clusters grown in ten batches, judged by risks that are assumed."""
    rng = np.random.default_rng(seed)
    sellers = accounts // 200
    network = np.full(accounts, -1)
    network[:sellers] = rng.integers(0, max(sellers // 25, 1), sellers)
    risk = rng.beta(0.3, 20, accounts)
    seen, wrong = np.flatnonzero(rng.random(sellers) < 0.8), np.flatnonzero(rng.random(accounts) < 1 / 300)
    risk[seen], risk[wrong] = rng.beta(8, 2, len(seen)), rng.beta(8, 2, len(wrong))
    everyone = np.arange(accounts)
    members = [np.flatnonzero(network == number) for number in range(network.max() + 1)]
    planted = Planted.of(People(everyone, everyone[:sellers], everyone[sellers:], members), rng)
    order = np.argsort(planted.hours, kind="stable")
    start = time.thread_time()
    leaders, cluster = Leaders(), np.empty(len(order), np.int64)
    for part in np.array_split(order, 10):  # as batches arrive
        cluster[part] = leaders.assign(planted.words[part])
    shares = Shares(cluster, planted.who, planted.hours * HOUR)
    judged = judge(shares, risk, network, np.zeros(len(leaders.words), np.bool_))
    spent = time.thread_time() - start
    flagged = np.asarray(unknown_media(judged)["cluster"])
    kind_of = np.full(cluster.max() + 1, -1)
    kind_of[cluster] = planted.kinds[planted.item]
    kinds = flagged_kinds(planted, np.unique(planted.item[np.isin(cluster, flagged)]))
    right = kind_of[flagged] == NETWORK_MEDIA
    told = {"accounts": accounts, "seed": seed, "shares": len(order), "recall": recall(kinds), "clusters": len(flagged)}
    return told | {"precision": float(right.mean()) if len(right) else 0.0, "cpu_s": round(spent, 2), "kinds": kinds}


def table(results: Sequence[dict[str, Any]]) -> str:
    """Items flagged of each kind, a column a world."""
    head = [f"seed {result['seed']}" for result in results]
    lines = [f"{'':28}" + "".join(f"{name:>16}" for name in head)]
    for name in KINDS:
        cells = [f"{one['kinds'][name]['flagged']} of {one['kinds'][name]['items']}" for one in results]
        lines.append(f"{name:28}" + "".join(f"{cell:>16}" for cell in cells))
    keys = ("recall", "precision", "cpu_s")
    lines += [f"{key:28}" + "".join(f"{one[key]:>16.3f}" for one in results) for key in keys]
    return "\n".join(lines)


def main() -> None:
    """Print two tables, or one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--accounts", type=int, default=20_000, help="accounts of each world that is run on")
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    CACHE.mkdir(parents=True, exist_ok=True)
    with_assumed_risks(2_000, 0)  # compiles
    runs = [in_a_run(options.accounts, seed) for seed in range(1, options.seeds + 1)]
    assumed = [with_assumed_risks(100_000, seed) for seed in range(options.seeds)]
    if options.json:
        keys = {name: min(result[name] for result in runs) for name in ("recall", "precision")}
        print(json.dumps({**keys, "runs": runs, "assumed": assumed}))
        return
    print(f"Whole runs on worlds of {options.accounts:,} accounts", table(runs), sep="\n")
    print("", "Assumed risks, 100,000 accounts", table(assumed), sep="\n")


if __name__ == "__main__":
    main()
