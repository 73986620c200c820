"""`seawall purge`, `erase`, `backup` and `restore`: runs grow old."""

import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

import click

from seawall.cli.archive import Entry, find_archives, read_archive, write_archive
from seawall.cli.archive import backup as write_backup
from seawall.cli.archive import restore as read_backup
from seawall.cli.configuration import Settings, with_settings
from seawall.cli.erasing import Erasure, erase_from_run
from seawall.cli.home import has_home, home_option, open_home
from seawall.lake.kept_runs import find_runs, is_run, made_at, names_any, remove_run
from seawall.lake.run_folder import remove_abandoned
from seawall.records.errors import BadInput, Refused

PATH = click.Path(path_type=Path)
THERE = click.Path(path_type=Path, exists=True)
FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
DAYS = {"d": 1, "w": 7}


def _age(_: click.Context, __: click.Parameter, value: str) -> timedelta:
    """An age as `90d` or `12w`."""
    found = re.fullmatch(r"(\d{1,5})([dw])", value)
    if not found:
        raise click.BadParameter(f"{value!r} is not an age; write 90d for 90 days or 12w for 12 weeks.")
    return timedelta(days=int(found[1]) * DAYS[found[2]])


@click.command()
@click.argument("folder", type=FOLDER)
@click.option("--older-than", required=True, callback=_age, metavar="AGE", help="90d is 90 days, 12w is 12 weeks.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_settings
def purge(folder: Path, older_than: timedelta, yes: bool, settings: Settings) -> None:
    """Remove old run folders and backups.

    Looks through FOLDER and all folders below it, lists what is older, and asks before it removes anything. A run that
    names an account under a hold stays, and so does every backup while there are holds: it cannot be told from outside
    whom a backup names.
    """
    before, holds = datetime.now(UTC) - older_than, settings.holds()
    runs = [run for run in find_runs(folder) if made_at(run) < before]
    archives = [file for file in find_archives(folder) if datetime.fromtimestamp(file.stat().st_mtime, UTC) < before]
    held = [*filter(lambda run: names_any(run, holds), runs), *archives] if holds else []
    for kept in held:
        click.echo(f"kept, for a hold: {kept}")
    going = [old for old in (*runs, *archives) if old not in held]
    for old in going:
        click.echo(f"older than {older_than.days} days: {old}")
    if going and not yes and not click.confirm(f"Remove {len(going)}?", err=True):
        raise Refused("nothing was removed.")
    for old in going:
        remove_run(old) if old.is_dir() else old.unlink()
    for parent in {old.parent for old in going}:
        remove_abandoned(parent)
    click.echo(f"removed {len(going)}")


@click.command()
@click.argument("account")
@click.option(
    "--runs", required=True, multiple=True, type=THERE, help="A run, a backup, or a folder of them; repeatable."
)
@home_option("The folder of people's data; its cases are reached where it has any.")
@with_settings
def erase(account: str, runs: tuple[Path, ...], home: Path, settings: Settings) -> None:
    """Erase an account from runs, backups and cases.

    ACCOUNT is the platform's own id. Its rows go from every table of every run and backup found, and its id from the
    evidence of others, from guard indexes and from reports; what others wrote about it stays theirs. An account under
    a hold stays. In cases a made-up name takes its place, its texts are destroyed, and the audit log stays whole;
    reports that were filed stay, as the law wants. Erase it from the activity as well: the next run reads it again.
    """
    key = settings.key()
    keyed = f"{key.one('account', account):016x}"
    if keyed in settings.holds():
        raise Refused(f"account {keyed} is under a hold ({settings.configuration.holds}); nothing was erased.")
    found, archives = _unique(find_runs, runs), _unique(find_archives, runs)
    if not found and not archives:
        raise BadInput("there is no run and no backup in what --runs names; nothing was erased.")
    if has_home(home):
        open_home(home.absolute())
        import_module("seawall.cli.casework").erase(keyed, account)
    erasures: dict[Path, Erasure] = defaultdict(lambda: Erasure(key, account))
    for run in found:
        erase_from_run(run, erasures[run])
    for file in archives:
        times = file.stat()
        write_archive(file, key, _without_account(file, read_archive(file, key), erasures))
        os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))  # it must not seem younger to a purge
    for place, erasure in erasures.items():
        click.echo(f"{place}: erased {erasure.rows:,} rows")
    if not any(erasure.rows for erasure in erasures.values()):
        click.echo(f"nothing had a row of {account}: is it the platform's own id, and the key file that of the runs?")


def _unique(find: Callable[[Path], Iterator[Path]], places: Sequence[Path]) -> list[Path]:
    """What is found in any of these places, each once."""
    return list({found.resolve(): found for place in places for found in find(place)}.values())


def _without_account(file: Path, entries: Iterator[Entry], erasures: dict[Path, Erasure]) -> Iterator[Entry]:
    for entry in entries:
        run, _, name = entry.name.partition("/")
        yield entry._replace(content=erasures[file / run].of(name, entry.content))


@click.command()
@click.argument("runs", nargs=-1, required=True, type=FOLDER)
@click.option("--to", required=True, type=PATH, help="The file to write; must not exist.")
@with_settings
def backup(runs: tuple[Path, ...], to: Path, settings: Settings) -> None:
    """Back up run folders into one sealed file.

    It opens only with the id key, which is not in it: keep a copy of the key file elsewhere. The backup is read back
    before it gets its name.
    """
    strangers = [str(run) for run in runs if not is_run(run)]
    if strangers:
        raise BadInput(f"not a run folder: {', '.join(strangers)}. Give folders that `seawall run` wrote.")
    write_backup(runs, to, settings.key())
    click.echo(f"backed up {len(runs)} to {to}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--to", required=True, type=PATH, help="The folder to put the runs into.")
@with_settings
def restore(file: Path, to: Path, settings: Settings) -> None:
    """Restore the run folders of a backup.

    Every file is compared with its digest first: a damaged backup restores nothing.
    """
    for run in read_backup(file, to, settings.key()):
        click.echo(f"restored {run}")
