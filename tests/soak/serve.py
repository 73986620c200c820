"""Asks a server for a long time while its index and its overlay change; tells what was lost, and memory.

Run `python tests/soak/serve.py --minutes 30 --plot docs/reference/serve-memory.svg`; it exits with 1 when a request is
lost, a status is not 200, a part fails, or memory grows.
"""

import argparse
import itertools
import json
import random
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2]))
sys.path.append(str(Path(__file__).parents[1] / "api"))
import numpy as np
import psutil
from asking import BLOCKED, BUYER, CHILD, FREE, SELLER, STRANGER, Deployment, Server, serving
from bench.load import Load, Outcome, drive, post

from seawall.effects.overlay_entries import OverlayAction

GROWTH = 0.02
"""The share by which memory may grow between the second quarter of the time and the last."""

ASKED = (
    ("search", {"query": f"{FREE} and {BLOCKED}", "viewer": STRANGER}),
    ("search", {"query": FREE, "authors": [SELLER, STRANGER]}),
    ("suggest", {"typed": "gar", "completions": [FREE, BLOCKED]}),
    ("tag", {"tag": FREE}),
    ("recommend", {"viewer": STRANGER, "candidates": [f"account-{n}" for n in range(200)]}),
    ("profile", {"viewer": STRANGER, "account": SELLER}),
    ("contact", {"kind": "message", "sender": BUYER, "recipient": CHILD}),
    ("upload", {"account": STRANGER, "text": FREE, "hashes": ["ab" * 32], "pdq": ["5a" * 32]}),
    ("appeal", {"decision_id": "d" * 72, "account": STRANGER, "statement": "it was not so"}),
)


@dataclass
class Watch:
    """What a second thread does and sees: swaps, overlay changes, memory in bytes by seconds."""

    server: Server
    swap_every: float
    end: float
    memory: list[tuple[float, int]] = field(default_factory=list)
    overlay_failed: int = 0
    changes: int = 0
    swaps: int = 0

    def run(self) -> None:
        """One change and one look at memory a second, a swap now and then."""
        begun, process = time.monotonic(), psutil.Process(self.server.process.pid)
        names = itertools.cycle(("two", "one"))
        for second in itertools.count(1):
            time.sleep(max(0.0, begun + second - time.monotonic()))
            if time.monotonic() > self.end:
                return
            self.memory.append((time.monotonic() - begun, process.memory_info().rss))
            self.changes += 1
            self.overlay_failed += not self.decided(self.changes)
            if second % self.swap_every < 1:
                self.swaps += 1
                self.server.deployment.point(next(names))
                self.server.process.send_signal(signal.SIGHUP)

    def decided(self, number: int) -> bool:
        """Whether a decision is in force when it is answered: an account is removed, and cleared again."""
        removes = number % 2 == 1
        action = OverlayAction.REMOVE if removes else OverlayAction.CLEAR
        entry = self.server.deployment.entry(number, action, "account-late")
        if self.server.decide(entry).status_code != 200:
            return False
        with self.server.client() as client:
            asked = {"viewer": STRANGER, "candidates": ["account-late"]}
            return (client.post("/v1/recommend", json=asked).json()["kept"] == []) == removes


def mixed(secret: str) -> Iterator[bytes]:
    """Questions of all kinds in an order that comes back."""
    requests = [post(f"/v1/{surface}", json.dumps(asked).encode(), secret) for surface, asked in ASKED]
    draw = random.Random(0)
    while True:
        yield draw.choice(requests)


def soak(server: Server, minutes: float, swap_every: float = 60.0) -> tuple[Outcome, Watch]:
    """Ask for so many minutes."""
    watch = Watch(server, swap_every, time.monotonic() + minutes * 60)
    thread = threading.Thread(target=watch.run)
    thread.start()
    outcome = drive(Load(server.port, 8, minutes * 60, every=0.02), mixed(server.deployment.secret))
    thread.join()
    return outcome, watch


def grown(memory: list[tuple[float, int]]) -> float:
    """The share by which memory grew from the second quarter to the last."""
    sizes = np.array([size for _, size in memory], np.float64)
    quarter = len(sizes) // 4
    return float(np.median(sizes[-quarter:]) / np.median(sizes[quarter : 2 * quarter]) - 1)


def plot(memory: list[tuple[float, int]], path: Path) -> None:
    """Memory over time, as a picture."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "seawall"
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 2.6), layout="constrained")
    axes.plot([at / 60 for at, _ in memory], [size / 2**20 for _, size in memory], linewidth=1, color="#1f5f8b")
    axes.set(xlabel="minutes", ylabel="memory of the server, MiB", ylim=(0, None))
    figure.savefig(path, metadata={"Date": None})


def main() -> int:
    """Soak, tell, judge."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=30.0)
    options.add_argument("--plot", type=Path)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        deployment = Deployment.make(Path(name))
        with serving(deployment, "--overlay", "overlay") as server:
            outcome, watch = soak(server, chosen.minutes)
            failed = [line for line in server.lines() if line["level"] == "error"]
    told = {
        "requests": len(outcome.seconds),
        "lost": outcome.lost,
        "wrong": outcome.wrong,
        "failed_parts": len(failed),
        "swaps": watch.swaps,
        "overlay_changes": watch.changes,
        "overlay_failed": watch.overlay_failed,
        "memory_growth": round(grown(watch.memory), 4),
        "p999_ms": round(outcome.quantile(0.999) * 1e3, 1),
    }
    sys.stdout.write(json.dumps(told) + "\n")
    if chosen.plot:
        plot(watch.memory, chosen.plot)
    bad = outcome.lost + outcome.wrong + len(failed) + watch.overlay_failed
    return int(bad > 0 or told["memory_growth"] > GROWTH)


if __name__ == "__main__":
    sys.exit(main())
