"""The guard's door against bare ASGI: processor time a request, and what a swap costs.

Both run one worker of the same server on this machine. Bare ASGI reads the body, decodes it with msgspec and answers as
many bytes as the guard does: no token, no decision. The load generator is a third process.
"""

import argparse
import itertools
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import psutil
import pyarrow as pa
import uvicorn

from bench.load import Load, Outcome, drive, post
from seawall.api.token_file import GUARD_SCOPES, add_token
from seawall.guard.answers import REQUESTS, Answer, Decision
from seawall.guard.contents import Contents
from seawall.guard.policy import Subject
from seawall.guard.publish import publish
from seawall.records.ids import IdKey
from seawall.terms.lexicon import Lexicon

KEY = IdKey(bytes(range(32)))
ROOT = Path(__file__).parents[1]
CONNECTIONS, BLOCK_S = 8, 1.0
ASKED: dict[str, dict[str, Any]] = {
    "search": {"query": "forty characters of what people look for", "viewer": "account-1", "age": "adult"},
    "contact": {"kind": "invite", "sender": "probe", "recipient": "account-2", "recipient_age": "adult"},
}
TOLD = Answer(decision=Decision.ALLOW, message="m" * 8, decision_id="d" * 72, index_version="0" * 16)


def bare(port: int) -> None:
    """Serve the same questions without a guard, until a signal ends it."""
    decoders = {f"/v1/{name}": msgspec.json.Decoder(kind).decode for name, kind in REQUESTS.items()}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        decoders[scope["path"]]((await receive())["body"])
        body = msgspec.json.encode(TOLD)
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    plain = {"log_config": None, "access_log": False, "server_header": False, "proxy_headers": False}
    uvicorn.run(app, port=port, http="httptools", loop="uvloop", ws="none", lifespan="off", **plain)  # type: ignore[arg-type]


def make(folder: Path, accounts: int, terms: int) -> tuple[str, dict[str, str]]:
    """Two runs that differ in one account, a key and a token; returns its secret and the decision of each version."""
    (folder / "seawall.key").write_text(KEY.secret.hex())
    (folder / "seawall.key").chmod(0o600)
    rng, decisions = np.random.default_rng(0), {}
    ids = rng.integers(1, 2**64 - 1, accounts, dtype=np.uint64)
    lexicon = Lexicon.of(words(rng, terms), severity=3)
    for name, decision in (("one", "allow"), ("two", "refuse")):
        mine = np.append(ids, KEY.column("account", pa.array(["probe"])) if name == "two" else ids[:0])
        subjects = np.full(len(mine), Subject.SELLS, np.uint8)
        manifest = publish(folder / name / "guard", KEY, Contents(accounts=mine, subjects=subjects, lexicon=lexicon))
        decisions[manifest.version] = decision
    point(folder, "one")
    return add_token(folder / "seawall.tokens", "bench", GUARD_SCOPES, 1e9), decisions


def words(rng: np.random.Generator, count: int) -> list[str]:
    """So many invented words of four syllables."""
    onsets, vowels = (
        ["b", "c", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "qu", "dr", "pl"],
        ["a", "e", "i", "o", "u", "ai", "eo"],
    )
    made: dict[str, None] = {}
    while len(made) < count:
        made["".join(rng.choice(onsets) + rng.choice(vowels) for _ in range(4))] = None
    return list(made)


def point(folder: Path, name: str) -> None:
    """Let the link lead to another run, in one step."""
    (folder / "next").symlink_to(name)
    (folder / "next").replace(folder / "now")


@contextmanager
def started(command: list[str], folder: Path, port: int) -> Iterator[psutil.Process]:
    """A process that answers on a port."""
    process = subprocess.Popen(command, cwd=folder, env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"})
    try:
        wait_for(port)
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(20)


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait_for(port: int, seconds: float = 600.0) -> None:
    """Wait until someone listens; the first time, kernels are compiled."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if any(one.laddr.port == port and one.status == "LISTEN" for one in psutil.net_connections("tcp")):
            return
        time.sleep(0.05)
    raise TimeoutError(f"nobody listens on port {port}")


def cost(process: psutil.Process, port: int, request: bytes) -> float:
    """Seconds of processor time that a server spends on one request."""
    before = sum(process.cpu_times()[:2])
    outcome = drive(Load(port, CONNECTIONS, BLOCK_S), itertools.repeat(request))
    assert not outcome.lost
    assert not outcome.wrong, outcome.statuses
    return (sum(process.cpu_times()[:2]) - before) / len(outcome.seconds)


def compare(guard: tuple[psutil.Process, int], plain: tuple[psutil.Process, int], secret: str, rounds: int) -> Any:
    """Processor time of both in turns: medians in microseconds, and the larger median ratio."""
    told: dict[str, Any] = {}
    for surface, asked in ASKED.items():
        request = post(f"/v1/{surface}", json.dumps(asked).encode(), secret)
        pairs = [(cost(*guard, request), cost(*plain, request)) for _ in range(rounds + 1)][1:]
        told[f"{surface}_cpu_us"] = round(statistics.median(ours for ours, _ in pairs) * 1e6, 1)
        told[f"{surface}_bare_cpu_us"] = round(statistics.median(bare for _, bare in pairs) * 1e6, 1)
        told[f"{surface}_vs_bare"] = round(statistics.median(ours / bare for ours, bare in pairs), 2)
    told["http_vs_bare"] = max(told[f"{surface}_vs_bare"] for surface in ASKED)
    return told


def loaded(port: int, secret: str, decisions: dict[str, str], seconds: float) -> Outcome:
    """A steady load whose every answer must be of one index alone."""

    def whole(_: bytes, body: bytes) -> bool:
        answer = json.loads(body)
        return bool(decisions.get(answer["index_version"]) == answer["decision"])

    request = post("/v1/contact", json.dumps(ASKED["contact"]).encode(), secret)
    return drive(Load(port, CONNECTIONS, seconds, every=0.008), itertools.repeat(request), whole)


def swapping(folder: Path, pid: int, seconds: float, every: float) -> threading.Thread:
    """Swap the index again and again for some seconds, in a thread."""

    def run() -> None:
        end = time.monotonic() + seconds
        for name in itertools.cycle(("two", "one")):
            time.sleep(every)
            if time.monotonic() > end:
                return
            point(folder, name)
            os.kill(pid, signal.SIGHUP)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def swaps(folder: Path, guard: tuple[psutil.Process, int], secret: str, decisions: Any, seconds: float) -> Any:
    """The 99.9th percentile with and without swaps, five runs each in turns, and what was lost or mixed."""
    process, port = guard
    quiet, busy, lost, asked = [], [], 0, 0
    for _ in range(5):
        quiet.append(loaded(port, secret, decisions, seconds).quantile(0.999))
        thread = swapping(folder, process.pid, seconds, every=2.0)
        outcome = loaded(port, secret, decisions, seconds)
        thread.join()
        busy.append(outcome.quantile(0.999))
        lost, asked = lost + outcome.lost + outcome.wrong, asked + len(outcome.seconds)
    added = statistics.median(busy) - statistics.median(quiet)
    told = {"swap_lost": lost, "swap_requests": asked, "p999_quiet_ms": statistics.median(quiet) * 1e3}
    return {**told, "p999_swap_ms": statistics.median(busy) * 1e3, "swap_added_ms": added * 1e3}


def main() -> None:
    """Measure and tell."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    options.add_argument("--accounts", type=int, default=5_000_000)
    options.add_argument("--terms", type=int, default=10_000)
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--seconds", type=float, default=10.0)
    options.add_argument("--bare", type=int, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.bare:
        return bare(chosen.bare)
    with tempfile.TemporaryDirectory(prefix="seawall-bench-") as name:
        told = measure(Path(name), chosen)
    lines = [json.dumps(told)] if chosen.json else [f"{key:24}{value}" for key, value in told.items()]
    print("\n".join(lines))
    return None


def measure(folder: Path, chosen: argparse.Namespace) -> dict[str, Any]:
    """Start both servers and ask them."""
    secret, decisions = make(folder, chosen.accounts, chosen.terms)
    guard_port, bare_port = free_port(), free_port()
    serve = [sys.executable, "-m", "seawall.cli.main", "serve", "now", "--port", str(guard_port)]
    alone = [sys.executable, "-m", "bench.guard_http", "--bare", str(bare_port)]
    with started(serve, folder, guard_port) as guard, started(alone, Path.cwd(), bare_port) as plain:
        told = compare((guard, guard_port), (plain, bare_port), secret, chosen.rounds)
        found = swaps(folder, (guard, guard_port), secret, decisions, chosen.seconds)
    return {**told, **{key: round(value, 3) for key, value in found.items()}}


if __name__ == "__main__":
    main()
