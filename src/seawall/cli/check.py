"""`seawall check`: what an activity folder holds."""

from pathlib import Path

import click

from seawall.intake.check import survey
from seawall.records.errors import BadActivity


@click.command()
@click.argument("activity", type=click.Path(path_type=Path))
def check(activity: Path) -> None:
    """Tell what an activity folder holds and lacks.

    ACTIVITY is a folder with one table per kind of record: accounts.parquet, .jsonl or .csv, and any of the others.
    Nothing is written. Exits with 2 where a run could not start.
    """
    surveyed = survey(activity)
    for line in surveyed.lines():
        click.echo(line)
    if not surveyed.usable:
        raise BadActivity(
            f"a run cannot start on {activity}: it holds no account, or a table lacks a column (see above)."
        )
    click.echo(f"next: seawall run {activity} --lexicon TERMS --out RUN")
