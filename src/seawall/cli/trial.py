"""`seawall trial`: what a platform shows to fresh accounts."""

import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from seawall.cli.configuration import Settings, with_settings
from seawall.cli.home import home_option
from seawall.cli.trial_checklist import answer_all
from seawall.cli.trial_order import Ground, Invented, carry_out, existing, finish, invent, invented_in
from seawall.cli.trial_staging import StagingRequest
from seawall.records.errors import BadInput, SeawallError, Unavailable
from seawall.trials.arms import MAIN, OFF, ON, PARTIAL, Arm
from seawall.trials.compare import compare as compare_trials
from seawall.trials.plan import Plan
from seawall.trials.report import render
from seawall.trials.results import read
from seawall.trials.staging_trial import StagingPlan
from seawall.trials.watch import RATE, STATE, alarm_line, line, open_watch

FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
ACCOUNTS = 50_000


@click.group()
def trial() -> None:
    """Walk test accounts through recommenders, with and without the guard."""


@trial.command("run")
@click.option("--out", type=click.Path(path_type=Path), default=Path("trial"), show_default=True, help="The folder.")
@click.option(
    "--activity", type=FOLDER, help="Walk this platform, of which --run is a run.  [default: an invented one]"
)
@click.option("--run", "run_folder", type=FOLDER, help="The run whose guard index is asked.")
@click.option("--truth", type=FILE, help="truth.parquet of the activity; without it, what the run flagged is risky.")
@click.option(
    "--accounts", type=click.IntRange(min=1), default=ACCOUNTS, show_default=True, help="Of an invented world."
)
@click.option("--background", type=FILE, help="Edges of a real follow graph to plant the invented networks into.")
@click.option("--runs", type=click.IntRange(min=2), default=200, show_default=True, help="Of each persona, at most.")
@click.option(
    "--precision", type=click.FloatRange(0, 1, min_open=True), help="Stop after the round that knows so well."
)
@click.option("--policy", type=FILE, help="The guard's policy.  [default: the one that Seawall ships]")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="The same seed, the same table.")
@click.option("--brief", is_flag=True, help="The guard off, on, and given the truth; no part of it alone.")
@click.option("--processes", type=click.IntRange(min=1), default=2, show_default=True, help="The table is the same.")
@click.option("--json", "as_json", is_flag=True, help="Print the headline as one line of JSON.")
@click.option("--quiet", is_flag=True, help="No progress.")
@with_settings
def run(
    out: Path,
    activity: Path | None,
    run_folder: Path | None,
    truth: Path | None,
    accounts: int,
    background: Path | None,
    runs: int,
    precision: float | None,
    policy: Path | None,
    seed: int,
    brief: bool,
    processes: int,
    as_json: bool,
    quiet: bool,
    settings: Settings,
) -> None:
    """Walk nine personas through four recommenders, with the guard off and on.

    Without --activity a world is invented. The folder gets trial.json, walks.parquet and report.html: aggregates, never
    who was shown. The stopping rule is the number of runs, or --precision, set before the first.
    """
    begun = time.perf_counter()
    if activity and not run_folder:
        raise BadInput("--activity needs --run, the folder that `seawall run` wrote on it: its guard index is walked.")
    ground = (
        existing(activity, run_folder, truth, settings)
        if activity and run_folder
        else invent(out, Invented(accounts, seed, background), quiet=quiet)
    )
    plan = Plan(runs, seed, precision, arms=_arms(ground, brief=brief))
    outcome, told = carry_out(ground, plan, policy, processes=processes, quiet=quiet)
    finish(out, outcome, told)
    for text in headline_lines(told):
        click.echo(text, err=as_json)
    click.echo(f"report: {out / 'report.html'}; took {time.perf_counter() - begun:.0f} s", err=as_json)
    if as_json:
        click.echo(json.dumps(told["headline"]))


@trial.command()
@click.argument("a", type=FOLDER)
@click.argument("b", type=FOLDER)
@click.option("--arm", help="The guard to compare under.  [default: everything]")
def compare(a: Path, b: Path, arm: str | None) -> None:
    """Say whether trial B exposed people less than trial A: better, worse, or cannot tell."""
    for one in compare_trials(read(a), read(b), arm):
        click.echo(one.line())


@trial.command()
@click.argument("baseline", type=FOLDER)
@click.option("--activity", type=FOLDER, required=True, help="The platform as it is now.")
@click.option("--run", "run_folder", type=FOLDER, required=True, help="Its run now, whose guard index is asked.")
@click.option("--truth", type=FILE, help="truth.parquet of the activity.")
@click.option("--policy", type=FILE, help="The guard's policy.")
@click.option("--every", type=click.FloatRange(min=0), help="Hours between rounds.  [default: one round, for cron]")
@click.option("--rounds", type=click.IntRange(min=1), help="Stop after so many.  [default: never, with --every]")
@click.option("--runs", type=click.IntRange(min=1), default=10, show_default=True, help="Of each persona and round.")
@home_option("Whose console is told, where there is one.")
@click.option("--false-alarms", type=click.FloatRange(0, 1), default=RATE, show_default=True, help="In a whole life.")
@with_settings
def watch(
    baseline: Path,
    activity: Path,
    run_folder: Path,
    truth: Path | None,
    policy: Path | None,
    every: float | None,
    rounds: int | None,
    runs: int,
    home: Path,
    false_alarms: float,
    settings: Settings,
) -> None:
    """Walk again and again, and raise an alarm when people are shown more than in the BASELINE.

    The state is kept in BASELINE/watch.json, and in the home's, for the console and the transparency report. After an
    alarm the exit code is not 0.
    """
    ground = existing(activity, run_folder, truth, settings)
    held = open_watch(read(baseline), ON.name, false_alarms, home / STATE if home.is_dir() else None)
    for done in range(rounds or (1 if every is None else 1_000_000)):
        if done and every:
            time.sleep(every * 3600)
        seed = int(held.state.baseline[:6], 16) + 1 + held.state.rounds
        outcome, told = carry_out(ground, Plan(runs, seed, arms=(OFF, ON)), policy, quiet=True)
        with TemporaryDirectory(prefix="seawall-watch-") as folder:
            finish(Path(folder), outcome, told)
            held.take(read(Path(folder)))
        click.echo(line(held.state))
        if held.state.alarms:
            raise SeawallError(alarm_line(held.state))


@trial.command()
@click.argument("folder", type=FOLDER)
@click.option("--run", "run_folder", type=FOLDER, help="The run that was walked.  [default: the one in FOLDER]")
@click.option("--activity", type=FOLDER, help="What it read.  [default: that of the world in FOLDER]")
@click.option("--truth", type=FILE, help="Its truth.  [default: that of the world in FOLDER]")
@click.option("--measured", multiple=True, type=FILE, help="What other commands printed as JSON, a file each.")
@with_settings
def checklist(
    folder: Path,
    run_folder: Path | None,
    activity: Path | None,
    truth: Path | None,
    measured: tuple[Path, ...],
    settings: Settings,
) -> None:
    """Answer the fourteen questions that a head of safety is asked, each with a figure and its command.

    FOLDER is a trial. The exit code is 0 only where all fourteen pass.
    """
    ground = (
        existing(activity, run_folder, truth, settings)
        if activity and run_folder and truth
        else invented_in(folder, read(folder).figures)
    )
    given = answer_all(ground, read(folder), measured)
    for answer in given:
        click.echo(answer.line())
    passed = sum(answer.passed is True for answer in given)
    click.echo(f"{passed} of {len(given)} pass")
    if passed < len(given):
        raise SeawallError(f"{len(given) - passed} of the {len(given)} questions fall short.")


@trial.command()
@click.argument("base")
@click.option("--activity", type=FOLDER, required=True, help="The synthetic population of the staging platform.")
@click.option("--truth", type=FILE, required=True, help="Who is risky there: truth.parquet.")
@click.option("--testers", type=FILE, required=True, help="Ids of fresh test accounts, one a line; no others are used.")
@click.option("--allow", multiple=True, help="An origin that may be reached, as https://host; may be repeated.")
@click.option("--private", is_flag=True, help="The listed origins have private addresses.")
@click.option(
    "--rate", type=click.FloatRange(0, min_open=True), default=5.0, show_default=True, help="Requests a second."
)
@click.option("--runs", type=click.IntRange(min=1), default=5, show_default=True, help="Of each persona.")
@click.option("--pages", type=click.IntRange(min=1), default=20, show_default=True, help="Of each walk, at most.")
@click.option("--children", is_flag=True, help="Walk the child persona; the host must state a synthetic population.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of everything random.")
@click.option("--live", is_flag=True, help="Send it. Without this nothing leaves.")
@with_settings
def staging(
    base: str,
    activity: Path,
    truth: Path,
    testers: Path,
    allow: tuple[str, ...],
    private: bool,
    rate: float,
    runs: int,
    pages: int,
    children: bool,
    seed: int,
    live: bool,
    settings: Settings,
) -> None:
    """Walk a platform's staging recommender at BASE, within limits.

    A dry run unless --live is given. Prints one line of JSON: aggregates, and how much of the walk is whole; a partial
    one ends with an exit code that is not 0.
    """
    plan = StagingPlan(runs, seed, pages, children)
    request = StagingRequest(base, activity, truth, testers, allow, private, rate)
    if not live:
        click.echo(request.dry_run(plan))
        return
    told = request.send(plan, settings.key_for_run(activity))
    click.echo(json.dumps(told))
    if told["partial"]:
        whole, planned = told["walks"]["whole"], told["walks"]["planned"]
        raise Unavailable(
            f"the trial is partial: {whole} of {planned} walks are whole. See failures and unknown_items."
        )


@trial.command()
@click.argument("folder", type=FOLDER)
@click.option("--out", type=click.Path(path_type=Path), help="Where to write it.  [default: report.html in the folder]")
def report(folder: Path, out: Path | None) -> None:
    """Draw the report of a finished trial again: one page that opens offline."""
    place = out or folder / "report.html"
    place.write_text(render(read(folder).figures), encoding="utf-8")
    click.echo(f"report: {place}")


def _arms(ground: Ground, *, brief: bool) -> tuple[Arm, ...]:
    """What can be walked here: without a truth, nothing is told to a guard."""
    arms = MAIN if brief else (*MAIN, *PARTIAL)
    return arms if ground.truth else tuple(arm for arm in arms if arm.knows != "truth")


def headline_lines(told: Mapping[str, Any]) -> Iterator[str]:
    """The two sides of the trade, with the guard given the truth beside what the run found."""
    head = told["headline"]
    place = told["platform"]
    yield f"accounts {place['accounts']:,}, risky {place['risky']:,} by {place['risky_by']}"
    if "flooded_share_off" in head:
        yield f"flooded without a guard     {head['flooded_share_off']:8.1%} of items at the worst five follows"
    yield f"{'':<24}{'as found':>14}{'given the truth':>18}"
    rows = {"exposure_cut": "exposures cut", "benign_lost": "innocent items lost"}
    rows |= {"reach_lost_max": "most reach lost", "ndcg_change": "change of NDCG"}
    for name, says in rows.items():
        cells = (head.get(name), head.get(f"{name}_truth"))
        yield f"{says:<24}" + "".join(
            f"{cell:>{w}.2%}" if cell is not None else f"{'-':>{w}}" for cell, w in zip(cells, (14, 18), strict=True)
        )
    yield f"exposure-weighted recall of the run {head['exposure_recall']:.2%}"
