"""`seawall hashes`: banks of known media, lookups and the canary."""

import csv
import threading
from datetime import timedelta
from pathlib import Path

import click

from seawall.cli.lazy import LazyGroup
from seawall.hashes.canary import Canary, install
from seawall.hashes.entries import DIGITS, THRESHOLD, HashKind
from seawall.hashes.hashing import hash_file
from seawall.hashes.health import media_health
from seawall.hashes.index import MAX_THRESHOLD
from seawall.hashes.ledger import settle
from seawall.hashes.reading import read_banks, standing_opinion
from seawall.hashes.store import BankStore
from seawall.hashes.video_file import hash_video, is_video
from seawall.intake.canary_door import CanaryDoor
from seawall.intake.exchanges.base import pull
from seawall.intake.exchanges.book import ExchangeBook
from seawall.intake.exchanges.opening import KINDS, open_exchange
from seawall.intake.hash_lists import read_hash_list
from seawall.records.errors import BadInput, SeawallError, Unavailable

_STORE = click.argument("store", type=click.Path(path_type=Path, file_okay=False))
_THRESHOLD = click.option(
    "--threshold",
    type=click.IntRange(0, MAX_THRESHOLD),
    default=THRESHOLD,
    show_default=True,
    help="largest PDQ distance that the index can answer",
)


LATER = {
    "compare": ("seawall.cli.hashes_asking:compare", "Compare a video with known ones by the vPDQ rule."),
    "vote": ("seawall.cli.hashes_asking:vote", "Tell an exchange what a person found of one of its entries."),
    "serve": ("seawall.cli.hashes_serving:serve", "Answer lookups over HTTP, in HMA's JSON."),
    "match": ("seawall.cli.hashes_asking:match", "Match stored media with the entries that arrived since."),
    "route": ("seawall.cli.hashes_asking:route", "Ask vendors' classifiers which files people should see first."),
}
"""Commands that load much, and their line of help."""


@click.group("hashes", cls=LazyGroup, lazy=LATER)
def hashes() -> None:
    """Keep banks of known media and look hashes up."""


@hashes.command("add")
@_STORE
@click.argument("lists", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--bank", required=True, help="the bank that the entries join")
@click.option("--map", "mapping", default="", help="columns of the file, as pdq=ImageHash,category=Grade")
@_THRESHOLD
def add(store: Path, lists: tuple[Path, ...], bank: str, mapping: str, threshold: int) -> None:
    """Add hash lists (CSV, JSON, JSON lines) to a bank; rows that hold no hash are counted and told."""
    columns = _mapping(mapping)
    with BankStore(store, threshold) as banks:
        for path in lists:
            read = read_hash_list(path, columns)
            new = banks.add(bank, read.entries)
            click.echo(
                f"{path}: {len(new)} new of {read.entries.num_rows} entries, {read.refused.num_rows} rows refused"
            )
            for row in read.refused.slice(0, 5).to_pylist():
                click.echo(f"  line {row['line']}: {row['reason']}")


@hashes.command("pull")
@_STORE
@click.option("--exchange", type=click.Choice(KINDS), required=True, help="whose format is spoken there")
@click.option("--base", required=True, help="base address of the environment that you are registered for")
@click.option(
    "--secrets",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="JSON file with the credentials: user and password; subscription and keys; or token and group",
)
@click.option("--bank", required=True, help="the bank that the entries join")
@click.option("--private", is_flag=True, help="the address is on your own network")
def pull_exchange(store: Path, exchange: str, base: str, secrets: Path, bank: str, private: bool) -> None:
    """Read what is new at an exchange into a bank; every connection is written to outbound.jsonl in the store."""
    with BankStore(store) as banks:
        source = open_exchange(exchange, base, secrets, store / "outbound.jsonl", private=private)
        told = pull(source, banks, bank)
    click.echo(f"{told.entries} new entries, {told.withdrawn} withdrawn, {len(told.refused)} refused")
    for reason in told.refused[:5]:
        click.echo(f"  {reason}")


@hashes.command("fetch")
@_STORE
@click.argument("names", nargs=-1)
def fetch(store: Path, names: tuple[str, ...]) -> None:
    """Read what is new at the exchanges that were listed over HTTP (/c/exchanges), or at those named."""
    with BankStore(store) as banks:
        book = ExchangeBook.of(banks)
        failed = []
        for name in names or [one.name for one in book.list() if one.enabled]:
            try:
                told = book.read(name)
                click.echo(
                    f"{name}: {told.entries} new entries, {told.withdrawn} withdrawn, {len(told.refused)} refused"
                )
            except SeawallError as error:  # the others are read all the same
                failed.append(f"{name}: {error}")
    if failed:
        raise Unavailable(" ".join(failed))


@hashes.command("withdraw")
@_STORE
@click.argument("references", nargs=-1, required=True)
@click.option("--bank", required=True, help="the bank that holds them")
@click.option("--source", required=True, help="the source that takes them back")
def withdraw(store: Path, references: tuple[str, ...], bank: str, source: str) -> None:
    """Take entries back by their source's own ids and rewrite the index without them."""
    with BankStore(store) as banks:
        count = banks.withdraw(bank, source, references)
        banks.compact()
    click.echo(f"{count} entries withdrawn")


@hashes.command("banks")
@_STORE
def list_banks(store: Path) -> None:
    """List the banks, how many entries stand in each, and the notices that people must look at."""
    with read_banks(store) as banks:
        for name, count in banks.banks().items():
            click.echo(f"{name}\t{count}")
        for at, entry, text in banks.notices():
            click.echo(f"notice {at[:16]} entry {entry}: {text}")


@hashes.command("settle")
@_STORE
@click.argument("entries", nargs=-1, required=True, type=click.IntRange(min=0))
@click.option("--release", is_flag=True, help="let the entries match again")
def settle_notices(store: Path, entries: tuple[int, ...], release: bool) -> None:
    """Take away the notices on entries that a person has looked at; 0 is for notices on no entry.

    An entry that was set aside stays aside unless it is released. It may be done while the banks are served.
    """
    click.echo(f"{settle(store, entries, release=release)} notices settled")


@hashes.command("lookup")
@_STORE
@click.argument("values", nargs=-1, required=True)
@click.option(
    "--kind", type=click.Choice([str(kind) for kind in HashKind]), default=str(HashKind.PDQ), show_default=True
)
def lookup(store: Path, values: tuple[str, ...], kind: str) -> None:
    """Look hexadecimal hashes up; prints one line a match: hash, bank, distance, category, opinion.

    Where several match, a last line says what they come to: the nearest counts, and what clears counts first.
    """
    wrong = [value for value in values if len(value) != DIGITS[HashKind(kind)]]
    if wrong:
        raise BadInput(f"a {kind} is {DIGITS[HashKind(kind)]} hexadecimal digits; {wrong[0]!r} is not.")
    with read_banks(store) as banks:
        for value, matches in zip(values, banks.lookup([(HashKind(kind), value) for value in values]), strict=True):
            for match in matches:
                click.echo(f"{value}\t{match.bank}\t{match.distance}\t{match.category}\t{match.opinion}")
            if len(matches) > 1:
                click.echo(f"{value}\t\t\t\t{standing_opinion(matches)}")


@hashes.command("of")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--expect",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="CSV with columns file and pdq: fail where a file's PDQ is another",
)
def of(files: tuple[Path, ...], expect: Path | None) -> None:
    """Hash images and videos; prints one line a view or frame: file, outcome, view, PDQ, quality, SHA-256."""
    found: dict[str, str] = {}
    for path in files:
        with path.open("rb") as stream:
            if is_video(stream.read(12)):
                _show_video(path)
                continue
            stream.seek(0)
            hashed = hash_file(stream)
        found[path.name] = hashed.pdq or ""
        for view in hashed.views:
            click.echo(f"{path}\t{hashed.outcome}\t{view.name}\t{view.pdq}\t{view.quality}\t{hashed.sha256}")
        if not hashed.views:
            click.echo(f"{path}\t{hashed.outcome}\t\t\t{hashed.quality or 0}\t{hashed.sha256}")
    if expect:
        _hold_to(expect, found)


def _show_video(path: Path) -> None:
    with path.open("rb") as stream:
        hashed = hash_video(stream)
    for seconds, pdq, quality in hashed.frames:
        click.echo(f"{path}\t{hashed.outcome}\tsecond {seconds:.1f}\t{pdq}\t{quality}\t{hashed.sha256}")
    if not hashed.frames:
        click.echo(f"{path}\t{hashed.outcome}\t\t\t0\t{hashed.sha256}")


def _hold_to(expect: Path, found: dict[str, str]) -> None:
    with expect.open(newline="") as lines:
        wanted = {row["file"]: row["pdq"] for row in csv.DictReader(lines)}
    other = sorted(name for name, pdq in found.items() if wanted.get(name) != pdq)
    if other:
        raise BadInput(f"{len(other)} of {len(found)} files have another PDQ than {expect} says: {', '.join(other)}.")
    click.echo(f"{len(found)} files have the expected PDQ")


@hashes.command("build")
@_STORE
@_THRESHOLD
def build(store: Path, threshold: int) -> None:
    """Make the index anew from the ledger: after damage, or for another threshold."""
    click.echo(f"{BankStore.rebuild(store, threshold)} entries indexed")


@hashes.command("canary")
@_STORE
@click.option("--every", type=click.FloatRange(min=0.01), help="send one every so many minutes until stopped")
@click.option("--door", help="base address of the door that uploads are asked at, to send it the whole way")
@click.option("--token", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="file with a bearer token")
@click.option("--private", is_flag=True, help="the door's address is on your own network")
def canary(store: Path, every: float | None, door: str | None, token: Path | None, private: bool) -> None:
    """Send the canary through hashing and lookup; a miss is an error, or with --every an alarm in `health`."""
    if door:
        if token is None:
            raise BadInput("the door asks for a token: give --token FILE with one that may match hashes.")
        _send(Canary(store, CanaryDoor.of(door, token.read_text().strip(), store / "outbound.jsonl", private)), every)
        return
    with BankStore(store) as banks:
        install(banks)
        _send(Canary.of(banks), every)


def _send(canary: Canary, every: float | None) -> None:
    if every:
        canary.keep_sending(threading.Event(), timedelta(minutes=every))
        return
    state = canary.send()
    if not state.alive:
        raise Unavailable(state.alarm(state.at))
    click.echo(f"the canary matched at {state.at:%Y-%m-%d %H:%M:%S} UTC")


@hashes.command("health")
@_STORE
def health(store: Path) -> None:
    """Say whether matching works; the exit code is not 0 after a missed or overdue canary or damage."""
    told = media_health(store, verify=True)
    told.require()
    assert told.canary is not None
    sent = f"{told.canary.missed} of {told.canary.sent} missed so far"
    click.echo(f"canary: matched {told.canary.at:%Y-%m-%d %H:%M} UTC, {sent}")
    click.echo(f"index: {told.hashes} hashes, generation {told.generation}, every block is sound")
    click.echo(f"lists: last fed {f'{told.fed_at:%Y-%m-%d %H:%M} UTC' if told.fed_at else 'never'}")
    for notice in told.notices:
        click.echo(f"notice {notice}")


def _mapping(text: str) -> dict[str, str] | None:
    if not text:
        return None
    pairs = [part.partition("=") for part in text.split(",")]
    if any(not middle for _, middle, _ in pairs):
        raise BadInput(f"--map takes field=column pairs, as pdq=ImageHash,category=Grade; {text!r} is none.")
    return {field.strip(): column.strip() for field, _, column in pairs}
