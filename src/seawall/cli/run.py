"""`seawall run`: from an activity folder to a run folder."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import click
import msgspec

from seawall.cli.configuration import Settings, with_settings
from seawall.flow.order import Order
from seawall.flow.progress import Stages
from seawall.flow.run import STAGES
from seawall.flow.run import run as carry_out
from seawall.lake.engine import Engine

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@click.argument("activity", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The run folder to write; must not exist.")
@click.option("--lexicon", "lexicons", multiple=True, type=FILE, help="A file of terms; may be given several times.")
@click.option(
    "--hashes",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="A list of known media, or a folder of banks; may be given several times.",
)
@click.option(
    "--previous",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The run before this one: networks keep their identity.",
)
@click.option("--engine", type=click.Choice(["duckdb", "spark"]), help="What runs the queries.  [default: duckdb]")
@click.option("--plain-ids", is_flag=True, help="Write the platform's own ids: for invented worlds and tests only.")
@click.option(
    "--profile",
    type=click.Choice(["platform", "research"]),
    default="platform",
    show_default=True,
    help="research writes aggregates only.",
)
@click.option("--seed", type=click.IntRange(min=0), help="Seed of everything random.  [default: 0]")
@click.option("--quiet", is_flag=True, help="No progress.")
@with_settings
def run(
    activity: Path,
    out: Path,
    lexicons: tuple[Path, ...],
    hashes: tuple[Path, ...],
    previous: Path | None,
    engine: Engine | None,
    plain_ids: bool,
    profile: Literal["platform", "research"],
    seed: int | None,
    quiet: bool,
    settings: Settings,
) -> None:
    """Find the networks in an activity folder.

    ACTIVITY is a folder with one table per kind of record; `seawall check ACTIVITY` tells what is in it. The run folder
    appears whole or not at all, and is private to you.
    """
    defaults = settings.configuration.run
    order = Order(
        activity,
        out,
        settings.key_for_run(out),
        lexicons or defaults.lexicons,
        hashes or defaults.hashes,
        previous,
        engine or defaults.engine,
        defaults.threads,
        defaults.seed if seed is None else seed,
        plain_ids,
        profile,
    )
    run_and_tell(order, quiet=quiet)


def run_and_tell(order: Order, *, quiet: bool) -> None:
    """Carry out a run and print what it found."""
    if not order.lexicons:
        click.echo("seawall: no --lexicon: searches and words are not read, so fewer networks are found.", err=True)
    start = time.perf_counter()
    folder = carry_out(order, Stages(STAGES, quiet=quiet))
    for line in closing_lines(folder, time.perf_counter() - start):
        click.echo(line)


def closing_lines(folder: Path, seconds: float) -> Iterator[str]:
    """What a run ends with, from its summary."""
    summary: dict[str, Any] = msgspec.json.decode((folder / "summary.json").read_bytes())
    counts = summary["counts"]
    tables = counts["tables"].values()
    rows, lost = sum(table["rows"] for table in tables), sum(table["quarantined"] for table in tables)
    yield f"read {counts['accounts']:,} accounts; quarantined {lost:,} of {rows:,} rows"
    roles = ", ".join(f"{count:,} {role}" for role, count in counts["by_role"].items() if count)
    yield f"found {counts['networks']:,} networks"
    yield f"flagged {counts['flagged']:,} accounts" + (f": {roles}" if roles else "")
    yield from (f"degraded: {state}" for state in summary["degraded"])
    report = folder / "report.html"
    yield f"report: {report}" if report.exists() else f"run: {folder}"
    yield f"took {seconds:.1f} s"
