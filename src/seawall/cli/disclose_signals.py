"""`seawall disclose signals`: to partners and from them."""

import csv
import itertools
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from seawall.cli.configuration import Settings, with_settings
from seawall.cli.home import with_home
from seawall.disclosures.exchange.ours import held, read_values
from seawall.disclosures.exchange.signal import Partner, Signal
from seawall.disclosures.exchange.signed_file import read_signals
from seawall.disclosures.exchange.stix import bundle
from seawall.disclosures.exchange.threatexchange import ThreatExchange
from seawall.disclosures.vault.keys import read_operator_key
from seawall.effects.outbound import Destination, Outbound
from seawall.records.errors import BadInput

_THERE = click.Path(path_type=Path, exists=True, dir_okay=False)
_FILE = click.Path(path_type=Path, dir_okay=False)
_KEY = click.option("--key", type=_THERE, required=True, help="The operator's key file.")
_ORIGIN = click.option("--origin", required=True, help="This platform's name to its partners.")
_PARTNER = click.option("--partner", required=True, help="The partner's name.")
_SECRET = click.option(
    "--secret-file", type=_THERE, required=True, help="The secret shared with this partner, 32 bytes or more."
)
_BY = click.option("--by", required=True, help="Who hands it over.")


@click.group("signals")
def signals() -> None:
    """Share signals with partners, and take theirs as seeds."""


@signals.command("propose")
@click.argument("file", type=_THERE)
@click.option("--withdraw", type=_THERE, help="Signals to take back, as JSON like FILE.")
@_PARTNER
@_SECRET
@_ORIGIN
@_KEY
@with_settings
@with_home
def propose(
    file: Path, withdraw: Path | None, partner: str, secret_file: Path, origin: str, key: Path, settings: Settings
) -> None:
    """Show exactly what would leave, and put it into the ledger; two people then approve it in the console."""
    from seawall.disclosures.exchange.sharing import Sharer
    from seawall.disclosures.ledger import Ledger

    named = Partner(partner, secret_file.read_bytes().strip())
    sharer = Sharer(Ledger(settings.key()), read_operator_key(key), origin)
    now = datetime.now(UTC)
    preview = sharer.preview(_signals(file), named, now, withdrawn=_signals(withdraw) if withdraw else ())
    for line in preview.lines:
        click.echo(line)
    click.echo(f"disclosure {sharer.propose(preview, named, now).pk}, digest {preview.digest}")


@signals.command("release")
@click.argument("disclosure", type=int)
@click.argument("out", type=_FILE)
@_ORIGIN
@_BY
@_KEY
@with_settings
@with_home
def release(disclosure: int, out: Path, origin: str, by: str, key: Path, settings: Settings) -> None:
    """Write the signed file of a DISCLOSURE that two people approved, to hand to its partner."""
    out.write_bytes(_released(disclosure, origin, by, key, settings))
    click.echo(f"{out}: released by {by}")


@signals.command("send")
@click.argument("disclosure", type=int)
@click.option("--base", required=True, help="Address of ThreatExchange, as https://graph.facebook.com/v26.0.")
@click.option("--group", required=True, help="The privacy group that may see it.")
@click.option("--token-file", type=_THERE, required=True, help="File with the application's token.")
@click.option("--private", is_flag=True, help="The address is on your own network.")
@click.option(
    "--outbound-log", type=_FILE, default=Path("outbound.jsonl"), show_default=True, help="Log of connections."
)
@_ORIGIN
@_BY
@_KEY
@with_settings
@with_home
def send(
    disclosure: int,
    base: str,
    group: str,
    token_file: Path,
    outbound_log: Path,
    origin: str,
    by: str,
    key: Path,
    settings: Settings,
    *,
    private: bool,
) -> None:
    """Share a DISCLOSURE that two people approved as ThreatExchange descriptors; again changes nothing there."""
    content = _released(disclosure, origin, by, key, settings)
    partner = msgspec.json.decode(content.partition(b"\n")[0])["partner"]
    _, rows = read_signals(content, read_operator_key(key).public, partner=partner)
    outbound = Outbound([Destination("/".join(base.split("/", 3)[:3]), private=private)], outbound_log)
    token = token_file.read_text("utf-8").strip()
    click.echo(f"{ThreatExchange(outbound, base.rstrip('/'), group, token).share(rows)} descriptors shared")


@signals.command("receive")
@click.argument("file", type=_THERE)
@click.option("--signer", required=True, help="The partner's public key.")
@click.option("--us", required=True, help="This platform's name to its partners.")
@with_home
def receive(file: Path, signer: str, us: str) -> None:
    """Take a partner's file of signals: seeds for an investigation, never verdicts."""
    from seawall.disclosures.exchange.receiving import forget_expired, take

    now = datetime.now(UTC)
    header, found = read_signals(file.read_bytes(), signer, partner=us)
    stand, gone = take(header, found, now)
    click.echo(f"{stand} seeds of {header.origin} stand, {gone} withdrawn, {forget_expired(now)} expired")


@signals.command("find")
@click.argument("activity", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("out", type=_FILE)
@click.option("--values", type=_THERE, help='JSON of more to look for, as {"term": ["…"], "payment": ["…"]}.')
@_PARTNER
@_SECRET
@with_home
def find(activity: Path, out: Path, values: Path | None, partner: str, secret_file: Path) -> None:
    """Write which handles, links and media hashes of ACTIVITY a partner's signals name, as a CSV.

    A find is where an investigation begins and no more: nobody is flagged or restricted for it. Signals that expired or
    were withdrawn find nothing. OUT names people of your platform and is readable by you alone.
    """
    from seawall.disclosures.exchange.receiving import found_here

    named = Partner(partner, secret_file.read_bytes().strip())
    more = read_values(values).items() if values else ()
    found = found_here(named, itertools.chain(held(activity), more), datetime.now(UTC))
    with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("reference", "kind", "value"))
        rows.writerows((reference, *one) for reference, ours in sorted(found.items()) for one in sorted(ours))
    click.echo(f"{out}: {len(found)} signals of {partner} name something here")


@signals.command("stix")
@click.argument("file", type=_THERE)
@click.argument("out", type=_FILE)
@click.option("--signer", required=True, help="The public key of the file's signer.")
@click.option("--partner", required=True, help="The partner that the file is for.")
def stix(file: Path, out: Path, signer: str, partner: str) -> None:
    """Write a signed file of signals as a STIX 2.1 bundle."""
    header, found = read_signals(file.read_bytes(), signer, partner=partner)
    out.write_bytes(bundle(found, header.origin, header.made_at))
    click.echo(f"{out}: {len(found)} indicators")


def _released(disclosure: int, origin: str, by: str, key: Path, settings: Settings) -> bytes:
    """The approved bytes; the ledger says that they left. Raises Refused without two people."""
    from seawall.disclosures.exchange.sharing import KIND, Sharer
    from seawall.disclosures.ledger import Ledger

    ledger = Ledger(settings.key())
    found = ledger.find(disclosure)
    if found.kind != KIND:
        raise BadInput(f"disclosure {disclosure} is a {found.kind}; `seawall disclose signals propose` makes shares.")
    return Sharer(ledger, read_operator_key(key), origin).release(found, by, datetime.now(UTC))


def _signals(path: Path) -> list[Signal]:
    return list(_decoded(path, list[Signal]))


def _decoded(path: Path, kind: Any) -> Any:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise BadInput(f"{path}: {error}.") from error
