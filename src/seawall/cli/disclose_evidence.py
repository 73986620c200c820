"""`seawall disclose vault`: evidence, kept and exported."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from seawall.disclosures.vault.keys import make_operator_key, read_operator_key
from seawall.disclosures.vault.pack import export_pack, verify_pack
from seawall.disclosures.vault.vault import By, Vault, VaultCase

Result = TypeVar("Result")
_FILE = click.Path(path_type=Path, dir_okay=False)
_PIECE = 1 << 20


@click.group("vault")
def vault() -> None:
    """Keep evidence sealed, case by case; every look has a name and a purpose.

    A case is destroyed by two people in the console, never here.
    """


def _with_case(command: Callable[..., Result]) -> Callable[..., Result]:
    """Give a command the case that it is about, opened by somebody for a purpose."""

    @click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
    @click.argument("case_id")
    @click.option("--key", type=_FILE, required=True, help="The operator's key file.")
    @click.option("--who", required=True, help="Who opens the vault.")
    @click.option("--purpose", required=True, help="What for; it stands in the custody log.")
    @wraps(command)
    def opened(folder: Path, case_id: str, key: Path, who: str, purpose: str, **options: Any) -> Result:
        return command(Vault(folder, read_operator_key(key)).open(case_id, By(who, purpose)), **options)

    return opened


@vault.command("key")
@click.argument("out", type=_FILE)
def key(out: Path) -> None:
    """Make an operator's key, and print the public half that receivers of packs need."""
    click.echo(f"{out}: {make_operator_key(out).public}")


@vault.command("put")
@_with_case
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
def put(case: VaultCase, files: tuple[Path, ...]) -> None:
    """Keep text, metadata or receipts, each under its file's name; nothing is ever overwritten. No media."""
    for path in files:
        item = case.put(path.name, _pieces(path))
        click.echo(f"{item.name}\t{item.size} bytes")


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


@vault.command("list")
@_with_case
def list_items(case: VaultCase) -> None:
    """List the items of a case, its holds, and until when it is preserved."""
    for item in case.items():
        click.echo(f"{item.name}\t{item.size} bytes")
    for hold in case.state.holds:
        click.echo(f"held: {hold.name} ({hold.why}), {f'until {hold.until:%Y-%m-%d}' if hold.until else 'open'}")
    until = case.state.preserve_until
    click.echo(f"preserved until {until:%Y-%m-%d}" if until else "no day is set until which it is preserved")


@vault.command("get")
@_with_case
@click.argument("name")
@click.argument("out", type=click.File("wb"))
def get(case: VaultCase, name: str, out: Any) -> None:
    """Write an item out; `-` writes to standard output."""
    for piece in case.read(name):
        out.write(piece)


@vault.command("verify")
@_with_case
def verify(case: VaultCase) -> None:
    """Open every item and check the custody log."""
    click.echo(f"{case.verify()} items and {len(list(case.log.lines()))} lines of custody are whole")


@vault.command("preserve")
@_with_case
@click.option("--reported", type=click.DateTime(["%Y-%m-%d"]), help="The day of a report: preserves for a year.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="A later day.")
def preserve(case: VaultCase, reported: datetime | None, until: datetime | None) -> None:
    """Say until when a case is preserved; no day makes it shorter."""
    if reported:
        case.reported(reported.replace(tzinfo=UTC))
    if until:
        case.preserve_until(until.replace(tzinfo=UTC))
    click.echo(f"preserved until {case.state.preserve_until:%Y-%m-%d}" if case.state.preserve_until else "nothing set")


@vault.command("hold")
@_with_case
@click.argument("name")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The day it ends.  [default: when it is released]")
def hold(case: VaultCase, name: str, until: datetime | None) -> None:
    """Let nothing of a case be destroyed; the purpose says why."""
    case.hold(name, until.replace(tzinfo=UTC) if until else None)
    click.echo(f"held: {name}")


@vault.command("release")
@_with_case
@click.argument("name")
def release(case: VaultCase, name: str) -> None:
    """Release a hold."""
    case.release(name)
    click.echo(f"released: {name}")


@vault.command("export")
@_with_case
@click.argument("out", type=_FILE)
@click.option("--signing-key", type=_FILE, required=True, help="The operator's key file, whose public half signs.")
def export(case: VaultCase, out: Path, signing_key: Path) -> None:
    """Write a case as a sealed, signed pack, and print the key that opens it: send that another way."""
    click.echo(f"{out}: {export_pack(case, read_operator_key(signing_key), out)}")


@vault.command("check-pack")
@click.argument("pack", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--pack-key", required=True, help="The key that came another way.")
@click.option("--signer", required=True, help="The sender's public key.")
def check_pack(pack: Path, pack_key: str, signer: str) -> None:
    """Check a pack against its manifest and its signer."""
    manifest = verify_pack(pack, pack_key, signer)
    click.echo(f"{len(manifest.items)} items of case {manifest.case}, packed {manifest.made_at:%Y-%m-%d}: all whole")


@vault.command("rotate")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--key", type=_FILE, required=True, help="The operator's key file until now.")
@click.option("--new-key", type=_FILE, required=True, help="The new one.")
def rotate(folder: Path, key: Path, new_key: Path) -> None:
    """Wrap every case's key under a new operator key; run it again where it was stopped."""
    click.echo(f"{Vault(folder, read_operator_key(key)).rotate(read_operator_key(new_key))} cases rotated")
