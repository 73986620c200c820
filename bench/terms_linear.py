"""Scan time against length for hostile texts; `--plot FILE` draws it.

Texts of one repeated piece: combining marks, bidirectional controls, one letter, spaced letters, hashtags, a term.
"""

import argparse
import json
import time
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pyarrow as pa

from seawall.terms.lexicon import Lexicon
from seawall.terms.scanner import Scanner

PIECES = {
    "combining marks": "\u0301",
    "bidirectional controls": "\u202e",
    "one letter": "a",
    "spaced letters": "a ",
    "hashtags": "#a",
    "one long hashtag": "velkor",
    "Arabic": "ا",
    "Chinese": "猫",
}
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)


def seconds(scanner: Scanner, text: str) -> float:
    """CPU seconds to scan one text."""
    column = pa.array([text], pa.large_string())
    begin = time.thread_time()
    scanner.scan_column(column)
    return time.thread_time() - begin


def measured(sizes: tuple[int, ...]) -> dict[str, list[float]]:
    """Seconds for each kind of text at each size in bytes."""
    scanner = Scanner.compile(Lexicon.of(["velkor", "zet mora", "猫魚狼"]))
    scanner.scan_text("velkor")
    found = {}
    for name, piece in PIECES.items():
        lead = "#" if name == "one long hashtag" else ""
        found[name] = [round(seconds(scanner, lead + piece * (size // len(piece.encode()))), 4) for size in sizes]
    return found


def draw(times: dict[str, list[float]], sizes: tuple[int, ...], path: Path) -> None:
    """Log-log lines; a slope of one is linear."""
    mpl.use("svg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4.5))
    for name, row in times.items():
        axes.loglog(sizes, row, marker="o", label=name)
    axes.loglog(sizes, np.array(sizes) * 1e-7, "k--", label="10 MB a second")
    axes.set_xlabel("bytes of one text")
    axes.set_ylabel("CPU seconds")
    axes.legend(fontsize=7)
    figure.savefig(path)


def slope(row: list[float]) -> float:
    """The exponent of growth over the larger sizes; 1 is linear."""
    return round(float(np.polyfit(np.log(SIZES[1:]), np.log(row[1:]), 1)[0]), 2)


def main() -> None:
    """The command `python -m bench.terms_linear`."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true", help="print one JSON object, on one line")
    options.add_argument("--plot", type=Path)
    given = options.parse_args()
    times = measured(SIZES)
    if given.plot:
        draw(times, SIZES, given.plot)
    slopes = {name: slope(row) for name, row in times.items()}
    print(json.dumps({"bytes": SIZES, "seconds": times, "slope": slopes}, indent=None if given.json else 2))


if __name__ == "__main__":
    main()
