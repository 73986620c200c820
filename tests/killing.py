"""Runs as processes of their own, killed at a chosen moment."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from running import KEY


def start_run(world: Path, out: Path) -> subprocess.Popen:
    """`seawall run` on a world; it tells its stages on stderr."""
    key = out.parent / "seawall.key"
    if not key.exists():
        key.touch(0o600)
        key.write_text(KEY.secret.hex() + "\n")
    words = ["run", world / "activity", "--out", out, "--lexicon", world / "lexicon.csv", "--key-file", key]
    command = [sys.executable, "-m", "seawall.cli.main", *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def kill_after(process: subprocess.Popen, stage: str) -> None:
    """Kill a run as soon as it has told that a stage is over."""
    while not (line := process.stderr.readline()).startswith(stage):
        assert line, "the run ended before it was killed"
    kill_in(process, 0)


def kill_in(process: subprocess.Popen, seconds: float) -> None:
    """Kill a run some seconds from now."""
    time.sleep(seconds)
    process.kill()
    process.communicate()


def kill_when(process: subprocess.Popen, happened: Callable[[], bool]) -> None:
    """Kill a run as soon as something has happened."""
    while process.poll() is None and not happened():
        time.sleep(0.002)
    kill_in(process, 0)


def left_by(parent: Path) -> set[str]:
    """What stands in the folder of the run beside its key."""
    return {path.name for path in parent.iterdir()} - {"seawall.key"}
