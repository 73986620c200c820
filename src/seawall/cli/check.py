"""`seawall check`: what an activity folder holds."""

from pathlib import Path

import click

from seawall.intake.check import survey


@click.command()
@click.argument("activity", type=click.Path(path_type=Path))
def check(activity: Path) -> None:
    """Tell what an activity folder holds and lacks.

    ACTIVITY is a folder with one table per kind of record: accounts.parquet, .jsonl or .csv, and any of the others.
    Nothing is written.
    """
    for line in survey(activity).lines():
        click.echo(line)
