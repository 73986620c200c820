"""`seawall cases`: cases from runs, proposals, effects, verdicts."""

from pathlib import Path

import click

from seawall.cli.configuration import Settings, with_settings
from seawall.cli.home import with_home

PATH = click.Path(path_type=Path)
THERE = click.Path(path_type=Path, exists=True, file_okay=False)


@click.group()
def cases() -> None:
    """Open cases from runs, carry out what was decided.

    Nothing is approved here: that takes a second person at the console.
    """


@cases.command("open")
@click.argument("run", type=THERE)
@click.option("--activity", type=THERE, help="Where the run came from: adds texts (sealed), languages and ties.")
@with_settings
@with_home
def open_(run: Path, activity: Path | None, settings: Settings) -> None:
    """Open a case for each network of a RUN, or update the one that it has."""
    from seawall.cli import casework

    casework.open_cases(run, activity, settings.key() if activity else None)


@cases.command("list")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="How many cases.")
@with_home
def list_(limit: int) -> None:
    """List open cases, most urgent first."""
    from seawall.cli import casework

    casework.list_cases(limit)


@cases.command("propose")
@click.argument("case", type=int)
@click.option("--by", required=True, help="Who proposes, by the name they sign in with.")
@click.option("--action", type=click.Choice(["remove", "restrict"]), default="remove", show_default=True)
@click.option("--reason", required=True, help="Why; the second person reads it after the evidence.")
@with_home
def propose(case: int, by: str, action: str, reason: str) -> None:
    """Propose to remove or restrict all undecided accounts of a CASE.

    Accounts that may be children are left out: a person decides on each. Somebody else decides at the console.
    """
    from seawall.cli import casework

    casework.propose(case, by, action, reason)


@cases.command("work")
@click.option("--once", is_flag=True, help="Carry out what is due, then end.")
@click.option("--appeals", type=PATH, help="The guard's file of appeals.  [default: appeals.jsonl in the home]")
@with_settings
@with_home
def work(once: bool, appeals: Path | None, settings: Settings) -> None:
    """Carry out effects, anchor the audit log, take appeals.

    Leave it running; several may run at the same time.
    """
    from seawall.cli import casework

    casework.work(appeals, settings.key() if settings.key_file.exists() else None, once=once)


@cases.command("stuck")
@with_home
def stuck() -> None:
    """List effects that a person must look at: id, kind, sink, state, how often tried, and the last answer."""
    from seawall.cli import casework

    casework.list_stuck()


@cases.command("again")
@click.argument("effects", nargs=-1, required=True)
@click.option("--by", required=True, help="Who lets them be tried, by the name they sign in with.")
@with_home
def again(effects: tuple[str, ...], by: str) -> None:
    """Try failed EFFECTS again, as they were decided.

    EFFECTS are ids that `seawall cases stuck` lists.
    """
    from seawall.cli import casework

    casework.try_again(effects, by)


@cases.command("export-verdicts")
@click.argument("out", type=PATH)
@click.option("--activity", type=THERE, help="The platform's accounts: needed unless the runs have plain ids.")
@with_settings
@with_home
def export_verdicts(out: Path, activity: Path | None, settings: Settings) -> None:
    """Write decisions as the table `verdicts` that the next run learns from.

    OUT is a Parquet file, best verdicts.parquet in the next activity folder.
    """
    from seawall.cli import casework

    casework.export_verdicts(out, activity, settings.key() if activity else None)
