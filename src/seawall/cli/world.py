"""`seawall world`: an invented platform with planted networks."""

from pathlib import Path

import click

from seawall.trials.world import make_world


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--accounts", required=True, type=click.IntRange(min=1), help="How many accounts it has.")
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
    make_world(out, accounts, seed, background)
    click.echo(f"world: {out}")
    click.echo(f"next: seawall run {out / 'activity'} --lexicon {out / 'lexicon.csv'} --out RUN")
