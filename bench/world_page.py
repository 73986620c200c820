"""The command of a bench over small invented worlds that writes one page of the docs."""

import argparse
import json
from collections.abc import Callable, Mapping
from typing import Any

from bench.worlds import CACHE, DOCS, Trial, read_seeds, spell_seeds

Found = Mapping[str, Mapping[str, float]]


def world_page(
    doc: str,
    name: str,
    measure: Callable[[Trial], Found],
    page: Callable[[Trial, Found], str],
    told: Callable[[Found], Mapping[str, Any]],
) -> None:
    """Measure on the worlds asked for and print the page; `--write` puts it under `name`, `--json` prints `told`,
    beside the worlds that it is of.
    """
    parser = argparse.ArgumentParser(description=doc.split("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object last")
    parser.add_argument("--accounts", type=int, default=20_000)
    parser.add_argument("--seeds", type=read_seeds, default=read_seeds("1-3"), help="of worlds, such as 1-5 or 1,3,8")
    parser.add_argument("--write", action="store_true", help=f"write {DOCS / name}")
    given = parser.parse_args()
    trial = Trial(given.accounts, given.seeds)
    CACHE.mkdir(parents=True, exist_ok=True)
    found = measure(trial)
    written = page(trial, found)
    print(written)
    if given.write:
        (DOCS / name).write_text(written, encoding="utf-8")
    if given.json:
        print(json.dumps({"accounts": trial.accounts, "worlds": trial.seeds, **told(found)}))


def command(bench: str, trial: Trial) -> str:
    """What to type to write the page again."""
    return f"python -m bench.{bench} --accounts {trial.accounts} --seeds {spell_seeds(trial.seeds)} --write"
