"""Media lookup against its peers, on uniform and skewed hashes: rates, recall, build, size, opening, sharing."""

import argparse
import json
import multiprocessing
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt
from threatexchange.signal_type.pdq.pdq_index import PDQIndex

from seawall.hashes.hexadecimal import Words
from seawall.hashes.index import HashIndex, IndexWriter

BITS = 256
THRESHOLD = 31
PLANTED = 10_000
ROUNDS = 5
HALVES = ("uniform", "skewed")
Ids = npt.NDArray[np.int64]
Rng = np.random.Generator


def uniform(n: int, rng: Rng) -> Words:
    """Hashes of unrelated photographs."""
    return rng.integers(0, 2**64, (n, 4), dtype=np.uint64)


def noisy(base: Words, chance: npt.NDArray[np.float64], rng: Rng) -> Words:
    """Each base hash with every bit flipped by its own chance; `chance` broadcasts to (len(base), 256)."""
    out = np.empty_like(base)
    for start in range(0, len(base), 50_000):
        part = slice(start, start + 50_000)
        rate = np.broadcast_to(chance, (len(base), BITS))[part].astype(np.float32)
        out[part] = base[part] ^ _packed(rng.random(rate.shape, np.float32) < rate)
    return out


def templated(n: int, templates: int, rng: Rng) -> Words:
    """Cards and memes: of each template's hash some rows of the DCT hardly change and some are a coin.

    Spread as of 200 rendered cards with other text each: pairs differ in 54 to 88 bits (1st and 90th percentile).
    """
    sizes = rng.multinomial(n, rng.dirichlet(np.full(templates, 0.5)))
    base = uniform(templates, rng)
    rows = np.repeat(rng.beta(0.6, 0.9, (templates, 16)) / 2, 16, axis=1)
    parts = [noisy(np.repeat(base[t : t + 1], s, axis=0), rows[t : t + 1], rng) for t, s in enumerate(sizes) if s]
    return np.concatenate(parts)


def skewed(n: int, rng: Rng) -> Words:
    """As real lists are: a tenth near-black, a tenth near-flat, six tenths templated, the rest altered copies.

    Rendered near-black pictures differ in 78 to 130 bits; near-flat ones fall on few patterns, many of them equal.
    """
    black, flat, copies = n // 10, n // 10, n // 5
    near_black = noisy(np.zeros((black, 4), np.uint64), rng.uniform(0.15, 0.4, (black, 1)), rng)
    patterns = uniform(flat // 50 + 1, rng)[rng.integers(0, flat // 50 + 1, flat)]
    near_flat = noisy(patterns, rng.uniform(0, 0.15, (flat, 1)) * (rng.random((flat, 1)) < 0.7), rng)
    photos = uniform(copies // 4 + 1, rng)[rng.integers(0, copies // 4 + 1, copies)]
    altered = noisy(photos, rng.uniform(0, 0.05, (copies, 1)), rng)
    cards = templated(n - black - flat - copies, max(n // 5000, 4), rng)
    return np.concatenate([near_black, near_flat, altered, cards])[rng.permutation(n)]


def flipped(hashes: Words, counts: Ids, rng: Rng) -> Words:
    """Each hash with so many of its bits flipped, no bit twice."""
    order = np.argsort(rng.random((len(hashes), BITS)), axis=1)
    flips = np.zeros((len(hashes), BITS), np.bool_)
    np.put_along_axis(flips, order, np.arange(BITS) < counts[:, None], axis=1)
    return hashes ^ _packed(flips)


def _packed(bits: npt.NDArray[np.bool_]) -> Words:
    return np.packbits(bits, axis=1).view(">u8").astype(np.uint64)


@dataclass
class Corpus:
    """Hashes, half uniform and half skewed, and for each half queries with the row that each was made from."""

    words: Words
    queries: dict[str, Words]
    rows: dict[str, Ids]
    distances: dict[str, Ids]

    @classmethod
    def of(cls, n: int, rng: Rng) -> "Corpus":
        words = np.concatenate([uniform(n - n // 2, rng), skewed(n // 2, rng)])
        queries, rows, distances = {}, {}, {}
        for half, low, high in (("uniform", 0, n - n // 2), ("skewed", n - n // 2, n)):
            rows[half] = rng.integers(low, high, 2 * PLANTED)
            near, far = rng.integers(0, THRESHOLD + 1, PLANTED), rng.integers(THRESHOLD + 1, 41, PLANTED)
            distances[half] = rng.permutation(np.concatenate([near, far]))
            queries[half] = flipped(words[rows[half]], distances[half], rng)
        return cls(words, queries, rows, distances)


Lookup = Callable[[Words], Any]


@dataclass
class Engine:
    """One way to look hashes up, how many queries it is asked for, and the CPU time that it took for each half."""

    name: str
    lookup: Lookup
    asked: int
    build_s: float = 0.0
    spent: dict[str, float] = field(default_factory=lambda: dict.fromkeys(HALVES, 0.0))
    done: dict[str, int] = field(default_factory=lambda: dict.fromkeys(HALVES, 0))

    def rate(self, half: str) -> float:
        return self.done[half] / max(self.spent[half], 1e-9)


@contextmanager
def cpu_time(into: list[float]) -> Iterator[None]:
    """Append the CPU seconds of this thread within the block."""
    start = time.thread_time()
    yield
    into.append(time.thread_time() - start)


def as_bytes(words: Words) -> npt.NDArray[np.uint8]:
    """Hashes as faiss takes them, shape (n, 32)."""
    return words.astype(">u8").view(np.uint8).reshape(len(words), 32)


def faiss_engine(name: str, index: Any, words: Words, asked: int) -> Engine:
    """A faiss index; range_search's radius is exclusive."""
    spent: list[float] = []
    with cpu_time(spent):
        index.add(as_bytes(words))
    return Engine(name, lambda queries: index.range_search(as_bytes(queries), THRESHOLD + 1), asked, spent[0])


def pdq_index(words: Words, asked: int) -> Engine:
    """The PDQIndex of threatexchange, asked as it is made to be: one hash of hex digits after the other."""
    texts = [row.tobytes().hex() for row in as_bytes(words)]
    spent: list[float] = []
    with cpu_time(spent):
        index = PDQIndex(zip(texts, range(len(texts)), strict=True))
    return Engine("PDQIndex", lambda qs: [index.query(q.tobytes().hex()) for q in as_bytes(qs)], asked, spent[0])


def interleave(engines: list[Engine], corpus: Corpus) -> None:
    """Ask every engine in turn, a part of its queries at a time, so that a busy machine slows all alike."""
    for part in range(ROUNDS):
        for half in HALVES:
            for engine in engines:
                each = engine.asked // ROUNDS
                queries = corpus.queries[half][part * each : (part + 1) * each]
                spent: list[float] = []
                with cpu_time(spent):
                    engine.lookup(queries)
                engine.spent[half] += spent[0]
                engine.done[half] += len(queries)


def build(folder: Path, words: Words) -> float:
    """CPU seconds to make the index of some hashes."""
    spent: list[float] = []
    with cpu_time(spent), IndexWriter(folder) as writer:
        writer.add(words, np.arange(len(words)))
    return spent[0]


def recall(corpus: Corpus, half: str, index: HashIndex) -> tuple[float, int]:
    """Share of planted rows found, and rows answered that are too far or at a wrong distance."""
    queries, rows, distances = corpus.queries[half], corpus.rows[half], corpus.distances[half]
    reached = np.zeros(len(queries), np.bool_)
    wrong = 0
    for start in range(0, len(queries), 1000):
        found = index.search(queries[start : start + 1000])
        asked, entry, distance = found[:, 0] + start, found[:, 1], found[:, 2]
        for part in range(0, len(found), 1_000_000):
            piece = slice(part, part + 1_000_000)
            true = np.bitwise_count(queries[asked[piece]] ^ corpus.words[entry[piece]]).sum(axis=1)
            wrong += int(((true != distance[piece]) | (true > THRESHOLD)).sum())
        reached[asked[entry == rows[asked]]] = True
    near = distances <= THRESHOLD
    return float(reached[near].mean()), wrong + int(reached[~near].sum())


def add_ms(writer: IndexWriter, rng: Rng, first: int, count: int = 2000) -> float:
    """Milliseconds to add one hash, as a mean over many single additions."""
    fresh = uniform(count, rng)
    start = time.perf_counter()
    for i in range(count):
        writer.add(fresh[i : i + 1], np.array([first + i]))
    return (time.perf_counter() - start) * 1000 / count


def opening(folder: Path) -> tuple[HashIndex, float]:
    """An index without its background check, and the seconds until it could answer."""
    start = time.perf_counter()
    index = HashIndex.open(folder, verify=False)
    index.search(np.zeros((1, 4), np.uint64), 0)
    return index, time.perf_counter() - start


def private_share(folder: Path) -> float:
    """The largest part of the index that is memory of its own in one of two processes that have read all of it."""
    context = multiprocessing.get_context("spawn")
    told, stay = context.Queue(), context.Barrier(3)
    readers = [context.Process(target=_read_all, args=(folder, told, stay)) for _ in range(2)]
    for reader in readers:
        reader.start()
    stay.wait(300)  # both have read everything
    shares = [told.get(timeout=300) for _ in readers]
    for reader in readers:
        reader.join()
    return max(shares)


def _read_all(folder: Path, told: Any, stay: Any) -> None:
    index = HashIndex.open(folder, verify=False)
    before = _private_bytes()
    for segment in index.segments:
        segment.verify()
    index.search(np.zeros((1, 4), np.uint64), 0)
    stay.wait(300)
    told.put((_private_bytes() - before) / sum(segment.size for segment in index.segments))


def _private_bytes() -> int:
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))


def measure(n: int, folder: Path, peers: Callable[[Words], list[Engine]], seed: int) -> dict[str, Any]:
    """Every figure for an index of n hashes."""
    rng = np.random.default_rng(seed)
    corpus = Corpus.of(n, rng)
    build_s = build(folder, corpus.words)
    index, open_s = opening(folder)
    for segment in index.segments:
        segment.verify()
    engines = [Engine("seawall", index.search, 2 * PLANTED, build_s), *peers(corpus.words)]
    interleave(engines, corpus)
    right = {half: recall(corpus, half, index) for half in HALVES}
    size = sum(segment.size for segment in index.segments)
    apart = private_share(folder)
    with IndexWriter(folder) as writer:
        adding = add_ms(writer, rng, n)
    return {
        "n": n,
        "rates": {engine.name: {half: engine.rate(half) for half in HALVES} for engine in engines},
        "build_s": {engine.name: engine.build_s for engine in engines},
        "recall": min(share for share, _ in right.values()),
        "false_matches": sum(wrong for _, wrong in right.values()),
        "bytes_per_hash": size / n,
        "open_s": open_s,
        "add_ms": adding,
        "private_share": apart,
    }


def peers_small(words: Words) -> list[Engine]:
    """The peers at the first size."""
    multi = faiss.IndexBinaryMultiHash(BITS, 16, 16)
    multi.nflip = 1
    return [
        pdq_index(words, 500),
        faiss_engine("IndexBinaryMultiHash", multi, words, 500),
        faiss_engine("IndexBinaryFlat", faiss.IndexBinaryFlat(BITS), words, 500),
    ]


def peers_large(words: Words) -> list[Engine]:
    """The one peer that takes a bearable time to build at the second size."""
    return [faiss_engine("IndexBinaryFlat", faiss.IndexBinaryFlat(BITS), words, 160)]


def table(result: dict[str, Any]) -> str:
    """Rates of one size as a table for people."""
    lines = [f"{result['n']:,} hashes, lookups a second", f"{'':24}{'uniform':>12}{'skewed':>12}"]
    lines += [f"{name:24}{r['uniform']:12,.0f}{r['skewed']:12,.0f}" for name, r in result["rates"].items()]
    return "\n".join(lines)


def worse(result: dict[str, Any], peer: str) -> float:
    """How many times the peer's rate, in the half where that is less."""
    rates = result["rates"]
    return min(float(rates["seawall"][half] / rates[peer][half]) for half in HALVES)


def main() -> None:
    """Print the tables, or one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object with the keys of the docs")
    parser.add_argument("--small", type=int, default=1_000_000, help="hashes of the first index")
    parser.add_argument("--large", type=int, default=10_000_000, help="hashes of the second index")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    faiss.omp_set_num_threads(1)
    folder = Path(tempfile.mkdtemp(prefix="seawall-bench-"))
    try:
        measure(40_000, folder / "warm", lambda _: [], options.seed)  # compiles
        small = measure(options.small, folder / "small", peers_small, options.seed)
        large = measure(options.large, folder / "large", peers_large, options.seed + 1) if options.large else small
    finally:
        shutil.rmtree(folder)
    keys = {
        "vs_pdqindex_1m": round(worse(small, "PDQIndex"), 1),
        "vs_flat_10m": round(worse(large, "IndexBinaryFlat"), 1),
        "recall": min(small["recall"], large["recall"]),
        "false_matches": small["false_matches"] + large["false_matches"],
        "bytes_per_hash": round(max(small["bytes_per_hash"], large["bytes_per_hash"]), 1),
        "build_s_1m": round(small["build_s"]["seawall"], 2),
        "open_s_10m": round(large["open_s"], 4),
        "add_ms": round(max(small["add_ms"], large["add_ms"]), 3),
        "private_share": round(max(small["private_share"], large["private_share"]), 4),
    }
    if options.json:
        print(json.dumps({**keys, "tables": [small, large]}))
    else:
        print(table(small), table(large), json.dumps(keys), sep="\n\n")


if __name__ == "__main__":
    main()
