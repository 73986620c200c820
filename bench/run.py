"""What a run costs: time, memory and rows a second of every stage, by size.

Worlds of 10,000, 100,000 and 1,000,000 accounts (10 follows and 5 posts an account) are made once into a cache. Every
run is a process of its own, so its peak memory is its own; small sizes run several times and the median counts. Both
wall time and CPU time (of all threads) are told, since a shared machine stretches the former.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
from matplotlib import pyplot as plt

CACHE = Path(".cache/bench")
DOCS = Path("docs/reference")
SIZES = (10_000, 100_000, 1_000_000)
COMMAND = "python -m bench.run --json"
SEED = 1
START = "start"
"""What no stage covers: the interpreter, imports, and compiling the lexicon."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one run: wall and CPU seconds, memory at its peak in GB, rows read, wall and CPU seconds by stage."""

    accounts: int
    rows: int
    wall: float
    cpu: float
    peak_gb: float
    stages: dict[str, tuple[float, float]]


def world(accounts: int) -> Path:
    """The folder of a world of so many accounts, made where there is none."""
    folder = CACHE / f"world-{accounts}-{SEED}"
    if not (folder / "world.json").exists():
        seawall("world", str(folder), "--accounts", str(accounts), "--seed", str(SEED))
    return folder


def seawall(*arguments: str) -> tuple[float, float, float]:
    """Run a command of Seawall; returns its wall seconds, CPU seconds and peak memory in GB."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "seawall.cli.main", *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    if status:
        raise SystemExit(f"`seawall {' '.join(arguments)}` failed; run it by hand to see why.")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e9


def cost(accounts: int) -> Cost:
    """What one run over the world of so many accounts costs."""
    folder = world(accounts)
    with tempfile.TemporaryDirectory(dir=CACHE) as place:
        wall, cpu, peak = seawall(
            *("run", str(folder / "activity"), "--lexicon", str(folder / "lexicon.csv"), "--out", f"{place}/run"),
            *("--engine", "duckdb", "--quiet", "--key-file", f"{place}/key"),
        )
        summary = json.loads(Path(place, "run", "summary.json").read_bytes())
    timings = summary["timings"]
    stages = {name: (seconds, timings["cpu"][name]) for name, seconds in timings["stages"].items()}
    spent = [sum(stage[i] for stage in stages.values()) for i in range(2)]
    rows = sum(table["rows"] for table in summary["counts"]["tables"].values())
    return Cost(accounts, rows, wall, cpu, peak, {START: (wall - spent[0], cpu - spent[1]), **stages})


def median(costs: Sequence[Cost]) -> Cost:
    """The median of several runs of one size, figure by figure; of memory the most."""
    first = costs[0]
    stages = {
        name: (
            statistics.median(one.stages[name][0] for one in costs),
            statistics.median(one.stages[name][1] for one in costs),
        )
        for name in first.stages
    }
    wall, cpu = (statistics.median(getattr(one, name) for one in costs) for name in ("wall", "cpu"))
    return Cost(first.accounts, first.rows, wall, cpu, max(one.peak_gb for one in costs), stages)


def table(costs: Sequence[Cost]) -> str:
    """Wall seconds, CPU seconds and rows a second of each stage, as Markdown."""
    rows = {
        **{name: [_cells(one.rows, *one.stages[name]) for one in costs] for name in costs[0].stages},
        "**all**": [_cells(one.rows, one.wall, one.cpu) for one in costs],
        "rows": [f" {one.rows:,} | |" for one in costs],
        "memory at the peak": [f" {one.peak_gb:.2f} GB | |" for one in costs],
    }
    head = "".join(f" {one.accounts:,} accounts | rows a second |" for one in costs)
    lines = [f"| stage |{head}", "| --- |" + " ---: | ---: |" * len(costs)]
    return "\n".join([*lines, *(f"| {name} |{''.join(cells)}" for name, cells in rows.items())])


def _cells(rows: int, wall: float, cpu: float) -> str:
    return f" {wall:,.1f} s ({cpu:,.1f}) | {rows / max(wall, 1e-3):,.0f} |"


def plot(costs: Sequence[Cost], path: Path) -> None:
    """Seconds of each stage, and of the whole, against accounts, with what ten times the time would be."""
    mpl.rcParams.update({"svg.hashsalt": "seawall", "svg.fonttype": "none", "font.size": 9})
    figure, (time_axes, memory_axes) = plt.subplots(1, 2, figsize=(10, 4), width_ratios=(2, 1), layout="constrained")
    sizes = [one.accounts for one in costs]
    for name in costs[0].stages:
        time_axes.plot(sizes, [max(one.stages[name][0], 0.01) for one in costs], marker=".", label=name)
    time_axes.plot(sizes, [one.wall for one in costs], color="black", linewidth=2, marker="o", label="all")
    time_axes.plot(sizes, [costs[-1].wall * n / sizes[-1] for n in sizes], "k:", label="in proportion")
    time_axes.set(xscale="log", yscale="log", xlabel="accounts", ylabel="seconds", title="Time by stage")
    time_axes.legend(fontsize=7, ncols=2)
    memory_axes.plot(sizes, [one.peak_gb for one in costs], color="black", marker="o")
    memory_axes.set(xscale="log", ylim=(0, None), xlabel="accounts", ylabel="GB", title="Memory at the peak")
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def document(costs: Sequence[Cost], keys: dict[str, Any]) -> str:
    """The page of the docs."""
    return f"""# What a run costs

`{COMMAND}` makes worlds with 10 follows and 5 posts an account, runs each in a process of its
own (DuckDB on two threads, all else on one), and writes this page. Seconds are wall time, CPU time of all threads in
brackets; small sizes are medians of several runs. Rows a second are all rows of the activity over a stage's wall time.
`start` is what no stage covers: the interpreter, imports and compiling the lexicon.

{table(costs)}

From {costs[-2].accounts:,} to {costs[-1].accounts:,} accounts, wall time grows {keys["time_ratio"]} times and CPU time
{keys["cpu_ratio"]} times. Measured on {os.cpu_count()} cores that were not idle otherwise.

![Seconds and memory by number of accounts](scale.svg)
"""


def main() -> None:
    """Measure, print, and write the docs where every size was measured."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object last")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="accounts, at least 5,000 each")
    parser.add_argument("--runs", type=int, default=3, help="runs of each size below a million")
    options = parser.parse_args()
    CACHE.mkdir(parents=True, exist_ok=True)
    cost(min(options.sizes))  # compiles the kernels
    costs = []
    for accounts in sorted(options.sizes):
        costs.append(median([cost(accounts) for _ in range(options.runs if accounts < SIZES[-1] else 1)]))
        print(f"{accounts:,} accounts: {costs[-1].wall:.1f} s, {costs[-1].peak_gb:.2f} GB", flush=True)
    before, last = costs[-2:] if len(costs) > 1 else costs * 2
    keys = {
        "time_ratio": round(last.wall / before.wall, 2),
        "cpu_ratio": round(last.cpu / before.cpu, 2),
        "peak_gb": round(last.peak_gb, 2),
        "stages": {one.accounts: {name: round(wall, 2) for name, (wall, _) in one.stages.items()} for one in costs},
    }
    print(table(costs))
    if tuple(sorted(options.sizes)) == SIZES:
        (DOCS / "scale.md").write_text(document(costs, keys), encoding="utf-8")
        plot(costs, DOCS / "scale.svg")
    if options.json:
        print(json.dumps(keys))


if __name__ == "__main__":
    main()
