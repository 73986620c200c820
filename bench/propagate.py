"""Propagation beside scipy's product and a bare gather, time and memory.

A random graph with hubs (one end of a tie drawn by the square of a uniform number). Each figure is the best of
several repeats, peers in turn; figures for one seed set count CPU time, those for eight wall time. Memory is
measured in a child process that does nothing but load the graph and propagate.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba as nb
import numpy as np
import psutil
from scipy.sparse import csr_matrix

from seawall.network.propagate import personalised_pagerank, updated_pagerank

ITERATIONS = 20
SETS = 8


@nb.njit(cache=True, nogil=True)
def gather(indptr: Any, indices: Any, vector: Any, out: Any) -> None:
    """The least that a step can do: read every neighbour's value."""
    for row in range(np.uint64(out.size)):
        total = np.float32(0)
        for entry in range(np.uint64(indptr[row]), np.uint64(indptr[row + np.uint64(1)])):
            total += vector[np.uint64(indices[entry])]
        out[row] = total


def random_graph(nodes: int, edges: int, seed: int) -> csr_matrix:
    """A symmetric graph of unit weights."""
    rng = np.random.default_rng(seed)
    ends = rng.integers(0, nodes, edges, np.int32), (rng.random(edges, np.float32) ** 2 * (nodes - 1)).astype(np.int32)
    both = np.concatenate(ends), np.concatenate(ends[::-1])
    graph = csr_matrix((np.ones(2 * edges, np.float32), both), shape=(nodes, nodes))
    graph.data[:] = 1
    return graph


def random_seeds(nodes: int, columns: int) -> np.ndarray[Any, Any]:
    """Twenty seeds a column."""
    rng, seeds = np.random.default_rng(1), np.zeros((nodes, columns), np.float32)
    for column in range(columns):
        seeds[rng.integers(0, nodes, 20), column] = 1
    return seeds


def best(work: dict[str, Callable[[], object]], clock: Callable[[], float], repeats: int) -> dict[str, float]:
    """The shortest time of each, taken in turn."""
    times: dict[str, float] = {}
    for _ in range(repeats):
        for name, each in work.items():
            begun = clock()
            each()
            times[name] = min(times.get(name, np.inf), clock() - begun)
    return times


def repeated(product: Callable[[], object]) -> Callable[[], None]:
    """So many steps of a bare product."""

    def run() -> None:
        for _ in range(ITERATIONS):
            product()

    return run


def speed(graph: csr_matrix, repeats: int) -> dict[str, float]:
    """One seed set by CPU time, eight by wall time, both beside scipy and a gather."""
    nodes = graph.shape[0]
    one, eight = random_seeds(nodes, 1)[:, 0], random_seeds(nodes, SETS)
    out, indptr, indices = np.empty(nodes, np.float32), graph.indptr.view(np.uint32), graph.indices.view(np.uint32)
    # Peers get ranks: pages of a new vector that nobody wrote to are one page of noughts, which never leaves the cache.
    ranks, block = (np.ascontiguousarray(personalised_pagerank(graph, seeds)) for seeds in (one, eight))
    gather(indptr, indices, ranks, out)
    cpu = best(
        {
            "ours": lambda: personalised_pagerank(graph, one, iterations=ITERATIONS),
            "scipy": repeated(lambda: graph @ ranks),
            "gather": repeated(lambda: gather(indptr, indices, ranks, out)),
        },
        time.process_time,
        repeats,
    )
    wall = best(
        {
            "one thread": lambda: personalised_pagerank(graph, eight, iterations=ITERATIONS),
            "two threads": lambda: personalised_pagerank(graph, eight, iterations=ITERATIONS, threads=2),
            "scipy": repeated(lambda: graph @ block),
        },
        time.perf_counter,
        max(1, repeats // 2),
    )
    entries = graph.nnz * ITERATIONS
    return {
        "vs_scipy_1": cpu["scipy"] / cpu["ours"],
        "vs_gather": cpu["gather"] / cpu["ours"],
        "vs_scipy_8": wall["scipy"] / wall["two threads"],
        "vs_gather_8": SETS * cpu["gather"] / wall["two threads"],
        "threads_2_vs_1": wall["one thread"] / wall["two threads"],
        "entries_a_second_1": entries / cpu["ours"],
        "entries_a_second_8": SETS * entries / wall["two threads"],
    }


def incremental(graph: csr_matrix, repeats: int) -> dict[str, float]:
    """One per cent of new ties, merge included, against a full run at the default and at the same tolerance."""
    nodes = graph.shape[0]
    added, seeds = random_graph(nodes, graph.nnz // 200, 7), random_seeds(nodes, 1)[:, 0]
    previous = personalised_pagerank(graph, seeds, iterations=200, tolerance=1e-5)
    merged, ranks = updated_pagerank(graph, added, previous, seeds)
    settled = personalised_pagerank(merged, seeds, iterations=500, tolerance=1e-7)
    times = best(
        {
            "update": lambda: updated_pagerank(graph, added, previous, seeds),
            "full": lambda: personalised_pagerank(merged, seeds, iterations=ITERATIONS),
            "full to tolerance": lambda: personalised_pagerank(merged, seeds, iterations=500, tolerance=1e-4),
        },
        time.process_time,
        repeats,
    )
    return {
        "incremental_ratio": times["update"] / times["full"],
        "incremental_ratio_same_tolerance": times["update"] / times["full to tolerance"],
        "incremental_error": float(np.abs(ranks.astype(float) - settled).sum()),
    }


def memory(graph: csr_matrix) -> dict[str, float]:
    """Peak memory of a child beyond its imports over graph, seeds and ranks, eight seed sets."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("data", "indices", "indptr"):
            np.save(Path(folder) / name, getattr(graph, name))
        done = subprocess.run(
            [sys.executable, "-m", "bench.propagate", "--child", folder], check=True, capture_output=True, text=True
        )
    given = graph.data.nbytes + graph.indices.nbytes + graph.indptr.nbytes + 2 * SETS * 4 * graph.shape[0]
    return {"memory_ratio": float(done.stdout) / given, "given_mb": given / 2**20}


def child(folder: Path) -> None:
    """Load, propagate, print the peak beyond what importing and compiling took."""
    small = random_graph(1000, 5000, 0)
    personalised_pagerank(small, random_seeds(1000, SETS), iterations=1, threads=2)
    process = psutil.Process()
    before = process.memory_info().rss
    data, indices, indptr = (np.load(folder / f"{name}.npy") for name in ("data", "indices", "indptr"))
    graph = csr_matrix((data, indices, indptr), shape=(len(indptr) - 1,) * 2)
    personalised_pagerank(graph, random_seeds(len(indptr) - 1, SETS), iterations=2, threads=2)
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    print(int(peak.split()[1]) * 1024 - before)


def main() -> None:
    """Run it and print a table, or with --json one object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--large", action="store_true", help="10M nodes and 200M ties instead of 1M and 10M")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.child)
        return
    nodes, edges, repeats = (10_000_000, 200_000_000, 1) if options.large else (1_000_000, 10_000_000, 5)
    graph = random_graph(nodes, edges, 0)
    found = {
        "nodes": nodes,
        "entries": graph.nnz,
        **speed(graph, repeats),
        **incremental(graph, repeats),
        **memory(graph),
    }
    print(json.dumps(found) if options.json else json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
