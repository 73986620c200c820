"""Asks a server for a long time while its index and its overlay change; tells what was lost, and memory.

Run `python tests/soak/serve.py --minutes 30 --plot docs/reference/serve-memory.svg`. It tells every minute how it goes
(on standard error), and exits with 1 when a request is lost or answered wrongly, a status is not 200, a part fails, a
decision is not in force within a second, a swap is not served within five, or memory grows.
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
from typing import Any

sys.path.append(str(Path(__file__).parents[2]))
sys.path.append(str(Path(__file__).parents[1] / "api"))
import numpy as np
import psutil
from asking import BLOCKED, CHILD, FREE, SELLER, STRANGER, Deployment, Server, serving
from bench.load import Load, Outcome, drive, post
from scipy.stats import theilslopes

from seawall.effects.overlay_entries import OverlayAction

GROWTH = 0.02
"""The share of itself by which memory may grow in the measured time, at the upper end of the slope's interval."""
WARM = 0.25
"""The share of the time that is left out: until then buffers and caches fill."""
PARTS = 24
SECOND, SWAP_S, CONNECTIONS, EVERY_S = 1.0, 5.0, 8, 0.02

CROWD = list(range(200))
ASKED: tuple[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]], ...] = (
    ("search", {"query": f"{FREE} and {BLOCKED}", "viewer": STRANGER}, {"removed": []}, {"decision": "silent"}),
    ("search", {"query": FREE, "authors": [SELLER, STRANGER]}, {"removed": [0]}, {"removed": [0, 1]}),
    ("suggest", {"typed": "gar", "completions": [FREE, BLOCKED]}, {"kept": [0]}, {}),
    ("tag", {"tag": FREE}, {"decision": "allow"}, {}),
    ("recommend", {"viewer": STRANGER, "candidates": [f"account-{n}" for n in CROWD]}, {"kept": CROWD}, {}),
    ("profile", {"viewer": STRANGER, "account": SELLER}, {"decision": "close"}, {}),
    ("contact", {"kind": "message", "sender": STRANGER, "recipient": CHILD}, {"decision": "refuse"}, {}),
    (
        "contact",
        {"kind": "follow", "sender": STRANGER, "recipient": CHILD},
        {"decision": "hold"},
        {"decision": "refuse"},
    ),
    (
        "upload",
        {"account": STRANGER, "text": FREE, "hashes": ["ab" * 32], "pdq": ["5a" * 32]},
        {"decision": "allow"},
        {},
    ),
    ("appeal", {"decision_id": "d" * 72, "account": STRANGER, "statement": "it was not so"}, {"received": True}, {}),
)
"""Surface, question, and what its answer says: from the first index, and where the second, in which the stranger sells,
answers otherwise.
"""


@dataclass
class Watch:
    """What a second thread does and sees: swaps, overlay changes, memory in bytes by seconds."""

    server: Server
    swap_every: float
    minutes: float
    memory: list[tuple[float, int]] = field(default_factory=list)
    changes: int = 0
    overlay_failed: int = 0
    slowest_change: float = 0.0
    swaps: int = 0
    swaps_missed: int = 0
    slowest_swap: float = 0.0

    def run(self) -> None:
        """One change and one look at memory a second, a swap now and then, a line a minute."""
        begun, process = time.monotonic(), psutil.Process(self.server.process.pid)
        names = itertools.cycle(("two", "one"))
        for second in range(1, int(self.minutes * 60)):
            time.sleep(max(0.0, begun + second - time.monotonic()))
            self.memory.append((time.monotonic() - begun, process.memory_info().rss))
            self.changes += 1
            self.overlay_failed += not self.decided(self.changes)
            if second % self.swap_every < 1:
                self.swap(next(names))
            if second % 60 == 0:
                self.tell(second // 60)

    def decided(self, number: int) -> bool:
        """Whether a decision is in force within a second: an account is removed, and cleared again."""
        removes, begin = number % 2 == 1, time.monotonic()
        action = OverlayAction.REMOVE if removes else OverlayAction.CLEAR
        entry = self.server.deployment.entry(number, action, "account-late")
        if self.server.decide(entry).status_code != 200:
            return False
        with self.server.client() as client:
            asked = {"viewer": STRANGER, "candidates": ["account-late"]}
            in_force = (client.post("/v1/recommend", json=asked).json()["kept"] == []) == removes
        seconds = time.monotonic() - begin
        self.slowest_change = max(self.slowest_change, seconds)
        return in_force and seconds <= SECOND

    def swap(self, name: str) -> None:
        """Publish the other index, and see that it answers."""
        self.swaps += 1
        begin, version = time.monotonic(), self.server.deployment.versions[name]
        self.server.deployment.point(name)
        self.server.process.send_signal(signal.SIGHUP)
        while time.monotonic() < begin + SWAP_S:
            with self.server.client() as client:
                if client.post("/v1/tag", json={"tag": FREE}).json()["index_version"] == version:
                    self.slowest_swap = max(self.slowest_swap, time.monotonic() - begin)
                    return
            time.sleep(0.05)
        self.swaps_missed += 1

    def tell(self, minute: int) -> None:
        """One line of how it goes."""
        sizes = f"{self.memory[-1][1] / 2**20:.1f} MiB"
        bad = f"{self.overlay_failed} not in force, {self.swaps_missed} swaps missed"
        sys.stderr.write(f"minute {minute} of {self.minutes:g}: {sizes}, {self.changes} decisions, {bad}\n")


class Questions:
    """Questions of all kinds in an order that comes back, and what is right to answer."""

    def __init__(self, deployment: Deployment) -> None:
        self.second = deployment.versions["two"]
        self.told: dict[bytes, tuple[dict[str, Any], dict[str, Any]]] = {}
        for surface, asked, one, two in ASKED:
            request = post(f"/v1/{surface}", json.dumps(asked).encode(), deployment.secret)
            self.told[request] = (one, one | two)

    def __iter__(self) -> Iterator[bytes]:
        draw, requests = random.Random(0), list(self.told)
        while True:
            yield draw.choice(requests)

    def right(self, request: bytes, body: bytes) -> bool:
        """Whether an answer says what the index that it names holds; a blocked term is never answered."""
        answer = json.loads(body)
        told = self.told[request][answer.get("index_version") == self.second]
        blocked = BLOCKED.encode() in request and b"/v1/search" in request
        return told.items() <= answer.items() and not (blocked and answer["decision"] == "allow")


def soak(server: Server, minutes: float, swap_every: float = 60.0) -> tuple[Outcome, Watch]:
    """Ask for so many minutes."""
    watch, questions = Watch(server, swap_every, minutes), Questions(server.deployment)
    thread = threading.Thread(target=watch.run)
    thread.start()
    load = Load(server.port, CONNECTIONS, minutes * 60, every=EVERY_S)
    outcome = drive(load, iter(questions), questions.right)
    thread.join()
    return outcome, watch


def growth(memory: list[tuple[float, int]]) -> tuple[float, float, float]:
    """The share by which memory grew in the measured time by Theil and Sen's slope, and its 95 % interval.

    Over medians of parts, since looks that follow each other are alike (Sen 1968, J. Am. Stat. Assoc. 63(324)).
    """
    at, size = np.array(memory, np.float64).T
    kept = at >= WARM * at[-1]
    pieces = [np.median(part, axis=1) for part in np.array_split(np.stack([at[kept], size[kept]]), PARTS, axis=1)]
    middles, sizes = np.array(pieces).T
    slope, _, low, high = theilslopes(sizes, middles, 0.95)
    low_, slope_, high_ = (float(one) * float(np.ptp(at[kept])) / float(np.median(sizes)) for one in (low, slope, high))
    return slope_, low_, high_


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


def report(outcome: Outcome, watch: Watch, failed: int) -> dict[str, Any]:
    """Every figure of a soak."""
    slope, low, high = growth(watch.memory)
    sizes = [size / 2**20 for _, size in watch.memory]
    return {
        "minutes": watch.minutes,
        "requests": len(outcome.seconds),
        "lost": outcome.lost,
        "wrong": outcome.wrong,
        "failed_parts": failed,
        "swaps": watch.swaps,
        "swaps_missed": watch.swaps_missed,
        "slowest_swap_s": round(watch.slowest_swap, 2),
        "overlay_changes": watch.changes,
        "overlay_failed": watch.overlay_failed,
        "slowest_change_s": round(watch.slowest_change, 3),
        "memory_mib": [round(min(sizes), 1), round(max(sizes), 1)],
        "memory_growth": round(slope, 5),
        "memory_growth_interval": [round(low, 5), round(high, 5)],
        "p999_ms": round(outcome.quantile(0.999) * 1e3, 1),
    }


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
            failed = sum(line["level"] == "error" for line in server.lines())
    told = report(outcome, watch, failed)
    sys.stdout.write(json.dumps(told) + "\n")
    if chosen.plot:
        plot(watch.memory, chosen.plot)
    bad = sum(told[key] for key in ("lost", "wrong", "failed_parts", "swaps_missed", "overlay_failed"))
    return int(bad > 0 or told["memory_growth_interval"][1] > GROWTH)


if __name__ == "__main__":
    sys.exit(main())
