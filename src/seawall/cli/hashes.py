"""`seawall hashes`: banks of known media, lookups and the canary."""

import csv
from pathlib import Path

import click

from seawall.hashes.canary import Canary, require_alive
from seawall.hashes.entries import DIGITS, THRESHOLD, HashKind
from seawall.hashes.hashing import hash_file
from seawall.hashes.index import MAX_THRESHOLD
from seawall.hashes.store import BankStore
from seawall.intake.exchanges.base import pull
from seawall.intake.exchanges.opening import KINDS, open_exchange
from seawall.intake.hash_lists import read_hash_list
from seawall.records.errors import BadInput, Unavailable

_STORE = click.argument("store", type=click.Path(path_type=Path, file_okay=False))
_THRESHOLD = click.option(
    "--threshold",
    type=click.IntRange(0, MAX_THRESHOLD),
    default=THRESHOLD,
    show_default=True,
    help="largest PDQ distance that the index can answer",
)


@click.group("hashes")
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
    with BankStore(store) as banks:
        for name, count in banks.banks().items():
            click.echo(f"{name}\t{count}")
        for at, entry, text in banks.notices():
            click.echo(f"notice {at[:16]} entry {entry}: {text}")


@hashes.command("lookup")
@_STORE
@click.argument("values", nargs=-1, required=True)
@click.option(
    "--kind", type=click.Choice([str(kind) for kind in HashKind]), default=str(HashKind.PDQ), show_default=True
)
def lookup(store: Path, values: tuple[str, ...], kind: str) -> None:
    """Look hexadecimal hashes up; prints one line a match: hash, bank, distance, category, opinion."""
    wrong = [value for value in values if len(value) != DIGITS[HashKind(kind)]]
    if wrong:
        raise BadInput(f"a {kind} is {DIGITS[HashKind(kind)]} hexadecimal digits; {wrong[0]!r} is not.")
    with BankStore(store) as banks:
        for value, matches in zip(values, banks.lookup([(HashKind(kind), value) for value in values]), strict=True):
            for match in matches:
                click.echo(f"{value}\t{match.bank}\t{match.distance}\t{match.category}\t{match.opinion}")


@hashes.command("of")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--expect",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="CSV with columns file and pdq: fail where a file's PDQ is another",
)
def of(files: tuple[Path, ...], expect: Path | None) -> None:
    """Hash image files; prints one line a view: file, outcome, view, PDQ, quality, SHA-256."""
    found: dict[str, str] = {}
    for path in files:
        with path.open("rb") as stream:
            hashed = hash_file(stream)
        found[path.name] = hashed.pdq or ""
        for view in hashed.views:
            click.echo(f"{path}\t{hashed.outcome}\t{view.name}\t{view.pdq}\t{view.quality}\t{hashed.sha256}")
        if not hashed.views:
            click.echo(f"{path}\t{hashed.outcome}\t\t\t{hashed.quality or 0}\t{hashed.sha256}")
    if expect:
        _hold_to(expect, found)


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
def canary(store: Path) -> None:
    """Send the canary through hashing and lookup once; a miss is an error."""
    with BankStore(store) as banks:
        sender = Canary(banks)
        sender.install()
        sender.send()
    click.echo(f"the canary matched at {require_alive(store).at:%Y-%m-%d %H:%M:%S} UTC")


@hashes.command("health")
@_STORE
def health(store: Path) -> None:
    """Say whether matching works; the exit code is not 0 after a missed or overdue canary or damage."""
    state = require_alive(store)
    with BankStore(store) as banks:
        index = banks.writer.index
        for segment in index.segments:
            segment.verify()
        if index.state != "current":
            raise Unavailable(f"the index is degraded: {index.state}")
        click.echo(f"canary: matched {state.at:%Y-%m-%d %H:%M} UTC, {state.missed} of {state.sent} missed so far")
        click.echo(f"index: {len(index)} hashes, generation {index.manifest.generation}, every block is sound")
        click.echo(f"notices: {len(banks.notices())}")


def _mapping(text: str) -> dict[str, str] | None:
    if not text:
        return None
    pairs = [part.partition("=") for part in text.split(",")]
    if any(not middle for _, middle, _ in pairs):
        raise BadInput(f"--map takes field=column pairs, as pdq=ImageHash,category=Grade; {text!r} is none.")
    return {field.strip(): column.strip() for field, _, column in pairs}
