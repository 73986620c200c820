"""How right a run is on invented worlds, beside an exact lexicon match with personalised PageRank.

Every world is made once into a cache that knows the code that made it. Seawall runs on it through the functions behind
`seawall run`, with its lexicon of twelve terms and, where asked, its twenty verdicts; the peer runs in the same process
on the same folder. Both leave a run folder, both are judged by `seawall.trials.evaluate`, all seeds pooled. The last
line is one JSON object: `worlds` (what was asked for), `seawall` and `peer` (pooled figures, keys as in
`seawall.trials.evaluate`), and `seeds` (the same two of each seed).
"""

import argparse
import hashlib
import json
import shutil
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import seawall as seawall_package
from bench import peers
from bench.peers.lexicon_walk import lexicon_walk
from seawall.flow.order import Order
from seawall.flow.progress import Stages
from seawall.flow.run import STAGES
from seawall.flow.run import run as carry_out
from seawall.records.ids import IdKey
from seawall.trials import world as generator
from seawall.trials.evaluate import Accused, Evaluation, summarise
from seawall.trials.intervals import Proportion, Score
from seawall.trials.judged import Judged, judge

CACHE = Path(".cache/bench/worlds")
DOCS = Path("docs/reference")
PAGE = "accuracy.md"
KEY = IdKey(bytes(32))
"""Ids are plain and the worlds invented: nothing is hidden behind this key."""
INTRODUCTION = """# How right a run is

Seawall on invented worlds (`docs/concepts/world.md`), beside an exact lexicon match with personalised PageRank
(`bench/peers/lexicon_walk.py`). Both get the same folder and lexicon; both are judged alike, as flagged. In brackets
95 % intervals; behind false accusations the one-sided 95 % bound. `seawall evaluate` defines every figure. Each section
is written by the command that it names, with `--write`.
"""


@dataclass(frozen=True, slots=True)
class Trial:
    """Which worlds: accounts, seeds, whether verdicts are given, and the edges that they are planted into."""

    accounts: int
    seeds: tuple[int, ...]
    verdicts: bool = False
    background: Path | None = None

    @property
    def heading(self) -> str:
        """What sets this trial apart."""
        kind = f"planted into {self.background.name}" if self.background else f"of {self.accounts:,} accounts"
        return f"Worlds {kind}, {'twenty' if self.verdicts else 'no'} verdicts"

    @property
    def command(self) -> str:
        """What to type for the same figures."""
        some = f"--accounts {self.accounts} --seeds {spell_seeds(self.seeds)}{' --verdicts' * self.verdicts}"
        return f"python -m bench.worlds {some}" + (f" --background {self.background.name}" if self.background else "")


@dataclass(frozen=True, slots=True)
class Found:
    """What one method found: by seed, and all seeds pooled."""

    seeds: Mapping[int, Evaluation]
    pooled: Evaluation

    @classmethod
    def of(cls, judged: Mapping[int, Judged]) -> "Found":
        """Evaluate worlds one by one and together."""
        return cls({seed: summarise([one]) for seed, one in judged.items()}, summarise(list(judged.values())))


def measure(trial: Trial, *, cached: bool = False, cache: Path = CACHE) -> dict[str, Found]:
    """Both methods on every world; with `cached`, runs that this code made before are judged, not made again."""
    code = digest(Path(seawall_package.__file__).parent, Path(peers.__file__).parent)
    judged: dict[str, dict[int, Judged]] = {"seawall": {}, "peer": {}}
    for seed in trial.seeds:
        folder = world(trial, seed, cache)
        activity = folder / "activity"
        if trial.verdicts:
            activity = with_verdicts(folder)
        for name, method in METHODS.items():
            start = time.perf_counter()
            out = folder / f"{name}{'-verdicts' * trial.verdicts}" / code
            if not (cached and out.exists()):
                shutil.rmtree(out.parent, ignore_errors=True)
                out.parent.mkdir()
                method(activity, folder / "lexicon.csv", out)
            judged[name][seed] = judge(out, folder / "truth.parquet", None, None)
            told = summarise([judged[name][seed]])
            print(f"seed {seed:>2}  {name:<8} {line(told)}  {time.perf_counter() - start:.0f} s", flush=True)
    return {name: Found.of(worlds) for name, worlds in judged.items()}


def world(trial: Trial, seed: int, cache: Path = CACHE) -> Path:
    """The folder of one world, made where there is none that this code made."""
    under = f"-{trial.background.stem}-{digest(trial.background)}" if trial.background else ""
    folder = cache / f"{trial.accounts}{under}-{seed}-{digest(Path(generator.__file__).parent)}"
    if not (folder / "world.json").exists():
        shutil.rmtree(folder, ignore_errors=True)
        tell(f"seed {seed}: making the world")
        generator.make_world(folder, trial.accounts, seed, trial.background)
    return folder


def digest(*places: Path) -> str:
    """Of the bytes of a file, or of all code in a folder."""
    files = [file for place in places for file in (sorted(place.rglob("*.py")) if place.is_dir() else [place])]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def with_verdicts(folder: Path) -> Path:
    """The activity of a world with its twenty verdicts in it: the same files under another name."""
    view = folder / "with-verdicts"
    shutil.rmtree(view, ignore_errors=True)
    view.mkdir()
    for table in (folder / "activity").iterdir():
        (view / table.name).hardlink_to(table)
    (view / "verdicts.parquet").hardlink_to(folder / "verdicts-20.parquet")
    return view


def seawall(activity: Path, lexicon: Path, out: Path) -> Path:
    """What `seawall run --plain-ids` does."""
    order = Order(activity, out, KEY, (lexicon,), threads=1, plain_ids=True)
    return carry_out(order, Stages(STAGES, quiet=not sys.stderr.isatty()))


METHODS: Mapping[str, Callable[[Path, Path, Path], Path]] = {"seawall": seawall, "peer": lexicon_walk}


def line(one: Evaluation) -> str:
    """The figures that matter most, on one line."""
    side, buyers = one.seller_side, one.buyers
    worst = max((x.share or 0.0, name) for name, x in one.false_accusations.items() if name not in ("all", "ordinary"))
    parts = [
        f"sellers {_short(side.recall.share)} at {_short(side.precision.share)}",
        f"buyers {_short(buyers.recall.share)} at {_short(buyers.precision.share)}",
        f"roles {_short(one.macro_role_f1.value)}",
        f"networks {_short(one.networks.f1.value)}",
        f"worst {worst[1]} {worst[0]:.2%}",
    ]
    return ", ".join(parts)


def table(found: Mapping[str, Found]) -> str:
    """Pooled figures side by side, as Markdown."""
    columns = [_cells(one.pooled) for one in found.values()]
    names = list(dict.fromkeys(name for column in columns for name in column))
    rows = [f"| {name} | {' | '.join(column.get(name, '') for column in columns)} |" for name in names]
    return "\n".join(["| | Seawall | lexicon and PageRank |", "| --- | ---: | ---: |", *rows])


def seed_table(found: Mapping[str, Found]) -> str:
    """Seawall's figures by seed, as Markdown."""
    head = ["seed", "sellers' recall", "precision", "buyers' recall", "precision", "roles", "networks"]
    rows = []
    for seed, one in found["seawall"].seeds.items():
        values = [one.seller_side.recall.share, one.seller_side.precision.share]
        values += [one.buyers.recall.share, one.buyers.precision.share, one.macro_role_f1.value, one.networks.f1.value]
        rows.append(f"| {seed} | {' | '.join(map(_short, values))} |")
    return "\n".join([f"| {' | '.join(head)} |", f"| {' | '.join(['---:'] * len(head))} |", *rows])


def _cells(one: Evaluation) -> dict[str, str]:
    """Name of a row -> its text."""
    cells = {
        "sellers' side, recall": _long(one.seller_side.recall),
        "sellers' side, precision": _long(one.seller_side.precision),
        "buyers, recall": _long(one.buyers.recall),
        "buyers, precision": _long(one.buyers.precision),
        "role F1, macro": _long(one.macro_role_f1),
    }
    cells |= {f"role F1, {role.replace('_', ' ')}": _long(score) for role, score in one.role_f1.items()}
    cells["networks, pairwise F1"] = _long(one.networks.f1)
    cells |= {f"recall, {name.replace('_', ' ')}": _long(share) for name, share in one.hard.items()}
    cells["calibration, slope"] = _long(one.calibration.slope)
    cells["calibration, ECE above 0.1"] = _long(one.calibration.ece)
    cells["calibration, Brier skill"] = _long(one.calibration.brier_skill)
    for name, accused in one.false_accusations.items():
        cells[f"falsely accused, {name.replace('_', ' ')} (of {accused.accounts:,})"] = _accused(accused)
    return cells


def _accused(one: Accused) -> str:
    return f"{one.share or 0:.2%} ≤ {one.upper:.2%}"


def _long(item: Proportion | Score) -> str:
    value = item.share if isinstance(item, Proportion) else item.value
    if value is None:
        return "–"
    return f"{value:.3f}" if item.low is None else f"{value:.3f} [{item.low:.3f}, {item.high:.3f}]"


def _short(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def section(trial: Trial, found: Mapping[str, Found]) -> str:
    """One trial's part of the page."""
    return f"""## {trial.heading}

`{trial.command}`

{table(found)}

Seawall by seed:

{seed_table(found)}
"""


def write(page: Path, trial: Trial, found: Mapping[str, Found]) -> None:
    """Put a trial's part into the page, in the place of an earlier one of the same heading."""
    parts = page.read_text("utf-8").split("\n## ")[1:] if page.exists() else []
    sections = {part.split("\n")[0]: f"## {part.rstrip()}\n" for part in parts}
    sections[trial.heading] = section(trial, found)
    page.write_text("\n".join([INTRODUCTION, *sections.values()]), encoding="utf-8")


def as_json(trial: Trial, found: Mapping[str, Found]) -> str:
    """Everything, on one line."""
    asked: dict[str, Any] = {"accounts": trial.accounts, "seeds": trial.seeds, "verdicts": trial.verdicts}
    asked["background"] = trial.background.name if trial.background else None
    pooled = {name: one.pooled.as_dict() for name, one in found.items()}
    seeds = {s: {name: one.seeds[s].as_dict() for name, one in found.items()} for s in trial.seeds}
    return json.dumps({"worlds": asked, **pooled, "seeds": seeds})


def read_seeds(text: str) -> tuple[int, ...]:
    """`1-5` or `1,3,8` or both."""
    seeds: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        seeds += range(int(first), int(last or first) + 1)
    return tuple(seeds)


def spell_seeds(seeds: Sequence[int]) -> str:
    """The shortest text that `read_seeds` reads so."""
    whole = len(seeds) > 1 and list(seeds) == list(range(seeds[0], seeds[-1] + 1))
    return f"{seeds[0]}-{seeds[-1]}" if whole else ",".join(map(str, seeds))


def tell(text: str) -> None:
    """A line of progress."""
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """The command `python -m bench.worlds`."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object last")
    parser.add_argument("--accounts", type=int, default=100_000)
    parser.add_argument("--seeds", type=read_seeds, default=read_seeds("1-5"), help="such as 1-5 or 1,3,8")
    parser.add_argument("--verdicts", action="store_true", help="give each run the twenty verdicts of its world")
    parser.add_argument("--background", type=Path, help="a CSV of edges of a real follow graph to plant into")
    parser.add_argument("--cached", action="store_true", help="judge the runs that this code made before")
    parser.add_argument("--write", action="store_true", help=f"write this trial's section of {DOCS / PAGE}")
    parser.add_argument("--out", type=Path, help="write it into the page of this folder instead")
    given = parser.parse_args()
    trial = Trial(given.accounts, given.seeds, given.verdicts, given.background)
    CACHE.mkdir(parents=True, exist_ok=True)
    found = measure(trial, cached=given.cached)
    print(section(trial, found))
    if given.write or given.out:
        folder = given.out or DOCS
        folder.mkdir(parents=True, exist_ok=True)
        write(folder / PAGE, trial, found)
    if given.json:
        print(as_json(trial, found))


if __name__ == "__main__":
    main()
