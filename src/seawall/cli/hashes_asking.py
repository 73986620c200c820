"""`seawall hashes match` and `route`: what is stored, asked about."""

import os
import re
from pathlib import Path

import click
import msgspec
import pyarrow as pa
import pyarrow.csv as pc

from seawall.hashes.bank import MATCHES
from seawall.hashes.retroactive import arrived, match_stored
from seawall.intake.classifiers.opening import open_classifiers
from seawall.intake.classifiers.routing import route as ask
from seawall.intake.stored_media import stored_media
from seawall.records.errors import Refused

_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_MATCHED = pa.schema([pa.field("media_id", pa.string()), *MATCHES]).empty_table().drop_columns(["row", "entry"])


@click.command()
@click.argument("store", type=_FOLDER)
@click.argument("activity", type=_FOLDER)
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Where the matches go.")
def match(store: Path, activity: Path, out: Path) -> None:
    """Match what is stored already with the entries that arrived since the last time.

    ACTIVITY holds the table media of the activity contract. Each time writes one CSV into OUT, named after the entries
    that it took; the next one goes on from there. Files that a negative bank clears are left out. OUT is readable by
    you alone: it names files of your platform.
    """
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    after = max((int(found[1]) for path in out.iterdir() if (found := _NAME.fullmatch(path.name))), default=0)
    entries, last = arrived(store, after)
    if last == after:
        click.echo(f"no entry arrived after number {after}")
        return
    parts = [part.drop_columns(["row", "entry"]) for part in match_stored(entries, stored_media(activity))]
    table = pa.concat_tables([_MATCHED, *parts], promote_options="permissive")
    path = out / f"entries-{after + 1:09d}-{last:09d}.csv"
    _write(path, table)
    click.echo(f"{table.num_rows} stored files match entries {after + 1} to {last}: {path}")


@click.command()
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.option("--classifiers", required=True, type=_FILE, help="JSON array: kind, base and secrets of each.")
@click.option(
    "--connections",
    type=click.Path(path_type=Path, dir_okay=False),
    default="outbound.jsonl",
    show_default=True,
    help="The ledger of outgoing connections.",
)
def route(files: tuple[Path, ...], classifiers: Path, connections: Path) -> None:
    """Ask vendors' classifiers which files people should see first.

    Prints one JSON line a file, the most urgent first: its SHA-256, the highest priority that was given, who said what,
    and who gave no answer. It orders a queue; nothing is done to a file or an account for it. A service that fails
    three times in a row is left alone for a minute.
    """
    if classifiers.stat().st_mode & 0o077:
        raise Refused(f"{classifiers} holds secrets and is open to others. Run `chmod 600 {classifiers}`.")
    listed = open_classifiers(classifiers, connections)
    told = [(path, ask(path.read_bytes(), listed)) for path in files]
    for path, one in sorted(told, key=lambda pair: -pair[1].place):
        click.echo(msgspec.json.encode({"file": str(path), **msgspec.structs.asdict(one)}).decode())


_NAME = re.compile(r"entries-[0-9]{9}-([0-9]{9})\.csv")


def _write(path: Path, table: pa.Table) -> None:
    """The whole file or none: what is there says how far the entries were taken."""
    new = path.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        pc.write_csv(table, file)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
