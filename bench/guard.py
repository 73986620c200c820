"""The guard in process and over HTTP: what a decision, an open and a second worker cost.

An index of 5 million accounts, 100,000 terms and a million hashes, all invented, is published once into a cache. Times
are CPU time of one thread, over queries and pairs that are asked once each, so that memory is as cold as in service;
of five rounds the median counts. The second worker is a process of its own beside one that has the index open.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from tests.terms.babel import world

from seawall.guard.answers import Age, ContactKind
from seawall.guard.contents import Contents
from seawall.guard.index import Index
from seawall.guard.library import Guard
from seawall.guard.publish import publish
from seawall.records.ids import IdKey
from seawall.terms.lexicon import Lexicon

CACHE = Path(".cache/bench")
KEY = IdKey(bytes(range(32)))
QUERY, BATCH, ROUNDS = 40, 500, 5


def index_of(accounts: int, terms: int, hashes: int) -> Path:
    """The folder of an index of this size, published where there is none."""
    folder = CACHE / f"guard-{accounts}-{terms}-{hashes}"
    if not (folder / "manifest.json").exists():
        rng = np.random.default_rng(1)
        ids = people(accounts)
        children = ids[: accounts // 5]
        contents = Contents(
            accounts=ids,
            subjects=rng.choice(np.array([0, 2, 3, 4, 5], np.uint8), accounts),
            ages=rng.integers(0, 4, accounts).astype(np.uint8),
            hoods=rng.integers(0, 10_000, accounts).astype(np.uint32),
            connections=(rng.choice(children, accounts), rng.choice(ids, accounts)),
            lexicon=Lexicon.of(world(5, 2, terms)[1], severity=3),
            pdq={"known": rng.integers(0, 2**64, (hashes, 4), dtype=np.uint64)},
        )
        publish(folder, KEY, contents)
    return folder


def people(count: int, seed: int = 2) -> np.ndarray[Any, np.dtype[np.uint64]]:
    """Keyed ids of invented accounts."""
    return np.random.default_rng(seed).integers(1, 2**64, count, dtype=np.uint64)


def each(call: Callable[..., Any], asked: Iterable[Any]) -> float:
    """Microseconds of CPU a call."""
    given = list(asked)
    begin = time.thread_time()
    for one in given:
        call(one)
    return (time.thread_time() - begin) / len(given) * 1e6


def decisions(guard: Guard, accounts: int) -> dict[str, float]:
    """Microseconds of each decision, the median of rounds that ask what was not asked before."""
    known, posts = people(accounts), world(6, 30_000, 1_000)[0]
    queries = [text for text in (" ".join(post.split())[:QUERY] for post in posts) if len(text) == QUERY]
    rounds: dict[str, list[float]] = {}
    for number in range(ROUNDS):
        rng = np.random.default_rng(number)
        pairs = list(zip(rng.choice(known, 20_000).tolist(), people(20_000, number + 50).tolist(), strict=True))
        batches = people(200 * BATCH, number + 90).reshape(-1, BATCH)
        batches[:, ::10] = rng.choice(known, (200, BATCH // 10))
        ids = [[f"account-{number}-{place}" for place in range(BATCH)] for _ in range(50)]
        measured = {
            "search_us": each(lambda text: guard.search(text, 1, Age.ADULT), queries[number::ROUNDS]),
            "contact_us": each(lambda pair: guard.contact(ContactKind.MESSAGE, pair[0], pair[1]), pairs),
            "recommend500_us": each(lambda batch: guard.recommend(1, batch), batches),
            "ids500_us": each(guard.account_ids, ids),
            "decision_id_us": each(lambda answered: answered.decision_id, [guard.contact("follow", 1, 2)] * 5_000),
        }
        for name, value in measured.items():
            rounds.setdefault(name, []).append(value)
    return {name: round(statistics.median(values), 2) for name, values in rounds.items()}


def opening(folder: Path) -> dict[str, float]:
    """Seconds to open the index: the first time on a machine, when the terms are unsealed, and from then on."""
    shared = Path("/dev/shm") / f"seawall-{os.getuid()}"
    for block in shared.glob("*"):
        block.unlink()
    seconds = []
    for _ in range(2):
        begin = time.perf_counter()
        Index.open(folder, KEY)
        seconds.append(round(time.perf_counter() - begin, 3))
    return {"open_s": seconds[0], "open_again_s": seconds[1]}


def second(folder: Path) -> dict[str, float]:
    """What a second worker holds for itself, of the index's size, beside this process."""
    run = subprocess.run(
        [sys.executable, "-m", "bench.guard", "--worker", str(folder)], capture_output=True, text=True, check=True
    )
    private = json.loads(run.stdout.splitlines()[-1])
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return {
        "second_process_share": round(private / size, 4),
        "second_process_mb": round(private / 1e6, 1),
        "index_mb": round(size / 1e6, 1),
    }


def worker(folder: Path) -> int:
    """Bytes that this process alone holds after opening the index and answering, beyond what imports cost."""
    before = psutil.Process().memory_full_info().uss
    with Guard.open(folder, KEY) as guard:
        for number in range(2_000):
            guard.search(f"some words of a query {number}", 1)
            guard.contact(ContactKind.MESSAGE, number + 1, number + 2)
            guard.recommend(number + 1, people(BATCH, number))
        return int(psutil.Process().memory_full_info().uss - before)


def measured(accounts: int, terms: int, hashes: int) -> dict[str, Any]:
    """Every figure of the in-process part."""
    folder = index_of(accounts, terms, hashes)
    told: dict[str, Any] = {"accounts": accounts, "terms": terms, "hashes": hashes, **opening(folder)}
    with Guard.open(folder, KEY) as guard:
        guard.keeper.verify()
        told |= decisions(guard, accounts)
        told |= second(folder)
    return told


def main() -> None:
    """The command `python -m bench.guard`."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true", help="print one JSON object, on one line")
    options.add_argument("--accounts", type=int, default=5_000_000)
    options.add_argument("--terms", type=int, default=100_000)
    options.add_argument("--hashes", type=int, default=1_000_000)
    options.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.worker:
        print(worker(given.worker))
        return
    print(json.dumps(measured(given.accounts, given.terms, given.hashes), indent=None if given.json else 2))


if __name__ == "__main__":
    main()
