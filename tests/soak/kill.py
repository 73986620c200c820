"""Kills a run at ten random moments and tells what each one left.

Run `python tests/soak/kill.py`; it exits with 1 when anything but nothing or a whole run is found.
"""

import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))
from killing import kill_in, left_by, start_run
from running import files
from seawall.trials.world import make_world

MOMENTS, ACCOUNTS, SEED = 10, 5_000, 3


def main() -> int:
    """Kill, look, count."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_world(folder / "world", ACCOUNTS, SEED)
        whole, seconds = timed_run(folder)
        bad, draw = 0, random.Random(SEED)
        for number, part in enumerate(sorted(draw.random() for _ in range(MOMENTS)), 1):
            left = killed(folder, number, part * seconds * 1.05, whole)
            bad += left == "a broken run"
            sys.stdout.write(f"killed after {part * seconds * 1.05:5.1f} s of {seconds:.1f}: {left}\n")
    sys.stdout.write(f"{MOMENTS - bad} of {MOMENTS} moments left nothing or a whole run\n")
    return int(bad > 0)


def timed_run(folder: Path) -> tuple[dict[str, bytes], float]:
    """A run that nobody kills: its files, and how long it took with its start."""
    place = folder / "whole"
    place.mkdir()
    start = time.perf_counter()
    start_run(folder / "world", place / "run").communicate()
    return files(place / "run"), time.perf_counter() - start


def killed(folder: Path, number: int, after: float, whole: dict[str, bytes]) -> str:
    """What a run leaves that is killed after so many seconds."""
    place = folder / f"killed-{number}"
    place.mkdir()
    kill_in(start_run(folder / "world", place / "run"), after)
    visible = {name for name in left_by(place) if not name.startswith(".")}
    if not visible:
        return "nothing"
    return "a whole run" if visible == {"run"} and files(place / "run") == whole else "a broken run"


if __name__ == "__main__":
    sys.exit(main())
