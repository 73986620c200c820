"""`seawall hashes match`, `route`, `compare`, `vote`: asking, telling."""

import os
import re
from pathlib import Path

import click
import msgspec
import pyarrow as pa
import pyarrow.csv as pc

from seawall.hashes.bank import MATCHES
from seawall.hashes.entries import HashKind
from seawall.hashes.ledger import entry_of
from seawall.hashes.retroactive import arrived, match_stored
from seawall.hashes.video import KnownVideos, VideoHash
from seawall.hashes.video_file import hash_video
from seawall.intake.classifiers.opening import open_classifiers
from seawall.intake.classifiers.routing import route as ask
from seawall.intake.exchanges.opening import KINDS, open_exchange
from seawall.intake.stored_media import stored_media
from seawall.records.errors import BadInput, Refused

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


@click.command()
@click.argument("query", type=_FILE)
@click.argument("known", nargs=-1, required=True, type=_FILE)
def compare(query: Path, known: tuple[Path, ...]) -> None:
    """Compare a video with known ones by the vPDQ rule.

    Prints a line for each known video that shares a picture with QUERY: its file, match or no match, the share of QUERY
    in it and its share in QUERY. A known video matches where four fifths of it are there, in whatever order.
    """
    told = KnownVideos.of({str(path): _video(path) for path in known}).compare(_video(query))
    for name, one in sorted(told.items(), key=lambda pair: -pair[1].of_known):
        click.echo(f"{name}\t{'match' if one.matches else 'no match'}\t{one.of_query:.2f}\t{one.of_known:.2f}")


@click.command()
@click.argument("store", type=_FOLDER)
@click.argument("entry", type=click.IntRange(min=1))
@click.option("--agree/--disagree", required=True, help="What a person found of it.")
@click.option("--exchange", type=click.Choice(KINDS), required=True, help="Whose entry it is.")
@click.option("--base", required=True, help="Base address of the environment that you are registered for.")
@click.option("--secrets", type=_FILE, required=True, help="JSON file with the credentials.")
@click.option("--private", is_flag=True, help="The address is on your own network.")
def vote(store: Path, entry: int, exchange: str, base: str, secrets: Path, *, agree: bool, private: bool) -> None:
    """Tell an exchange what a person found of one of its entries; it is sent once."""
    kind, value, source, reference = entry_of(store, entry)
    if source != exchange:
        raise BadInput(f"entry {entry} came from {source or 'a list'}, not from {exchange}; vote where it came from.")
    asked = open_exchange(exchange, base, secrets, store / "outbound.jsonl", private=private)
    asked.vote(reference, HashKind(kind), value, agree=agree)
    click.echo(f"{exchange} was told: {'agreed' if agree else 'disagreed'} with {reference}")


def _video(path: Path) -> VideoHash:
    with path.open("rb") as file:
        hashed = hash_video(file)
    if not hashed.hash.usable:
        raise BadInput(f"{path} has no frame that can be compared: {hashed.outcome}.")
    return hashed.hash


_NAME = re.compile(r"entries-[0-9]{9}-([0-9]{9})\.csv")


def _write(path: Path, table: pa.Table) -> None:
    """The whole file or none: what is there says how far the entries were taken."""
    new = path.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        pc.write_csv(table, file)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
