"""`seawall world`: an invented platform with planted networks."""

from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from seawall.trials.world import FEWEST, MOST, World, make_world


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--accounts",
    required=True,
    type=click.IntRange(min=1),
    help=f"How many accounts it has: {FEWEST:,} to {MOST:,}, with --background any number.",
)
@click.option("--seed", required=True, type=click.IntRange(min=0), help="The same seed makes the same world.")
@click.option(
    "--background",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A CSV of edges of a real follow graph to plant the networks into.",
)
def world(out: Path, accounts: int, seed: int, background: Path | None) -> None:
    """Make an invented platform with planted networks.

    Every account, word and offer in it is invented. OUT gets activity/, truth.parquet, lexicon.csv and
    verdicts-20.parquet.
    """
    made = build(out, accounts, seed, background)
    click.echo(f"world: {out}")
    click.echo(f"{made.accounts:,} accounts, {made.hidden:,} of them in {made.networks:,} hidden networks")
    click.echo(f"next: seawall run {out / 'activity'} --lexicon {out / 'lexicon.csv'} --out RUN")


def build(out: Path, accounts: int, seed: int, background: Path | None = None) -> World:
    """Make a world and show what is being made: a bar on a terminal, lines elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        return make_world(out, accounts, seed, background, lambda part: click.echo(f"making {part}", err=True))
    columns = (TextColumn("{task.description:<24}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("beginning", total=None)
        return make_world(out, accounts, seed, background, lambda part: bar.update(task, description=part))
