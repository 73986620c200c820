"""What `seawall trial run` and `watch` walk on, from their options."""

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from seawall.cli.configuration import Settings
from seawall.cli.world import build
from seawall.flow.order import Order
from seawall.flow.progress import Stages
from seawall.flow.run import STAGES
from seawall.flow.run import run as carry_out_run
from seawall.guard.library import Guard
from seawall.guard.policy import Policy
from seawall.records.errors import BadInput
from seawall.records.ids import IdKey
from seawall.trials import results
from seawall.trials.arms import Arm, Knowledge
from seawall.trials.guards import guard_of_run, publish_truth
from seawall.trials.kit import Openers
from seawall.trials.labels import Labels, by_findings, by_truth
from seawall.trials.plan import Plan
from seawall.trials.platform import Platform, read_platform
from seawall.trials.report import render
from seawall.trials.trial import Outcome, Trial


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a trial takes place: `truth` is None where nobody knows it."""

    activity: Path
    truth: Path | None
    run: Path
    key: IdKey


@dataclass(frozen=True, slots=True)
class Invented:
    """A world to be made for the trial."""

    accounts: int
    seed: int
    background: Path | None


def invent(out: Path, world: Invented, *, quiet: bool) -> Ground:
    """Make a world and a run on it in `out`; what an earlier trial left there is replaced.

    Its key comes from the seed, so that the same seed numbers the same accounts: a world that does not exist has nobody
    to protect.
    """
    clear(out)
    folder, run = out / "world", out / "run"
    build(folder, world.accounts, world.seed, world.background)
    order = Order(folder / "activity", run, _key_of_seed(world.seed), (folder / "lexicon.csv",))
    carry_out_run(order, Stages(STAGES, quiet=quiet))
    return Ground(folder / "activity", folder / "truth.parquet", run, order.key)


def invented_in(out: Path, told: Mapping[str, Any]) -> Ground:
    """The world that a trial invented in its folder; raises BadInput where it walked another platform."""
    folder = out / "world"
    if not (folder / "truth.parquet").exists():
        raise BadInput(f"{out} holds no invented world. Give --activity, --run and --truth of what it walked.")
    return Ground(folder / "activity", folder / "truth.parquet", out / "run", _key_of_seed(told["plan"]["seed"]))


def _key_of_seed(seed: int) -> IdKey:
    return IdKey(hashlib.blake2b(f"invented world {seed}".encode(), digest_size=32).digest())


def clear(out: Path) -> None:
    """Remove what a trial in an invented world left in `out`; raises BadInput where anything else lies there."""
    ours = {"world", "run", "report.html", "watch.json", results.TRIAL, results.WALKS}
    strange = sorted({path.name for path in out.iterdir()} - ours) if out.is_dir() else []
    if strange:
        raise BadInput(f"{out} holds {strange[0]}, which no trial made. Choose another folder with --out.")
    if out.is_dir() and any(out.iterdir()) and not (out / "world" / "world.json").exists():
        raise BadInput(f"{out} holds a trial of another platform. Choose another folder with --out.")
    for name in ("world", "run"):
        shutil.rmtree(out / name, ignore_errors=True)
    for name in ours - {"world", "run"}:
        (out / name).unlink(missing_ok=True)
    out.mkdir(parents=True, exist_ok=True, mode=0o700)


def existing(activity: Path, run: Path, truth: Path | None, settings: Settings) -> Ground:
    """A platform's own activity and run; raises BadInput for a run with plain ids, whose guard has another key."""
    summary = run / "summary.json"
    if not summary.exists():
        raise BadInput(f"{run} is not a run folder. Give one that `seawall run` wrote on this activity.")
    if json.loads(summary.read_bytes())["plain_ids"]:
        raise BadInput(f"{run} was made with --plain-ids. Make it again without, so that a trial keeps keyed ids.")
    return Ground(activity, truth, run, settings.key())


def carry_out(
    ground: Ground, plan: Plan, policy: Path | None, *, processes: int = 1, quiet: bool
) -> tuple[Outcome, Mapping[str, Any]]:
    """Walk the plan and work out every figure."""
    platform = read_platform(ground.activity, ground.key)
    found = by_findings(ground.run, platform)
    labels = by_truth(ground.truth, platform, ground.key) if ground.truth else found
    with ExitStack() as stack:
        guards = _guards(stack, ground, platform, labels, plan.arms, policy)
        outcome = _walk(Trial(platform, labels, ground.key, guards, plan, processes), quiet=quiet)
    shipped = hashlib.sha256(policy.read_bytes()).hexdigest()[:16] if policy else "shipped"
    return outcome, results.figures(outcome, found.risky, labels.source, {**outcome.versions, "policy": shipped})


def finish(out: Path, outcome: Outcome, told: Mapping[str, Any]) -> None:
    """Write the trial's folder."""
    results.write(out, told, results.walk_table(outcome), render(told))


def _guards(
    stack: ExitStack, ground: Ground, platform: Platform, labels: Labels, arms: tuple[Arm, ...], policy: Path | None
) -> Openers:
    """How to open the guards that the arms ask; that of the truth is published first, and removed at the end."""
    rules = Policy.load(policy) if policy else None
    wanted = {arm.knows for arm in arms}
    guards: dict[Knowledge, Callable[[], Guard]] = {}
    if "run" in wanted:
        guards["run"] = partial(guard_of_run, ground.run, ground.key, rules)
    if "truth" in wanted:
        folder = Path(mkdtemp(prefix="seawall-truth-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        publish_truth(folder / "guard", platform, labels, ground.key)
        guards["truth"] = partial(Guard.open, folder / "guard", ground.key, rules)
    return guards


def _walk(trial: Trial, *, quiet: bool) -> Outcome:
    """Carry a trial out and show how far it is: a bar on a terminal, a line for every tenth elsewhere."""
    console = Console(stderr=True)
    if quiet:
        return trial.carry_out()
    if not console.is_terminal:
        trial.progress = Tenths(trial.plan.work).tell
        return trial.carry_out()
    columns = (TextColumn("{task.description:<34}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("beginning", total=trial.plan.work)
        trial.progress = lambda what, done: bar.update(task, description=what, advance=done)
        return trial.carry_out()


@dataclass(slots=True)
class Tenths:
    """Says after every tenth of the work how much is done."""

    work: int
    done: int = 0

    def tell(self, _: str, done: int) -> None:
        """So much more is done."""
        before, self.done = self.done, self.done + done
        if self.done * 10 // self.work > before * 10 // self.work:
            click.echo(f"walking: {self.done} of {self.work}", err=True)
