"""`seawall disclose` for cases, partners and other authorities."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from seawall.cli.configuration import Settings, with_settings
from seawall.cli.home import with_home
from seawall.disclosures.authorities.portal_pack import Assessment, described, suggested_priority, write_portal_pack
from seawall.disclosures.dossier import Decision, Operator, read_dossier
from seawall.disclosures.exchange.signal import Partner, Signal
from seawall.disclosures.exchange.signed_file import read_signals
from seawall.disclosures.exchange.stix import bundle
from seawall.disclosures.vault.keys import read_operator_key
from seawall.records.errors import BadInput

_THERE = click.Path(path_type=Path, exists=True, dir_okay=False)
_FILE = click.Path(path_type=Path, dir_okay=False)
_KEY = click.option("--key", type=_THERE, required=True, help="The operator's key file.")


def _decoded(path: Path, kind: Any) -> Any:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise BadInput(f"{path}: {error}.") from error


@click.command("dossier")
@click.argument("case", type=int)
@click.argument("out", type=_FILE)
@click.option(
    "--activity", type=click.Path(path_type=Path, exists=True, file_okay=False), required=True, help="Tables."
)
@click.option("--operator", type=_THERE, required=True, help="JSON: platform, email, and what every report says.")
@click.option("--decision", type=_THERE, help="JSON: incident, imminent_harm, marks, agency.")
@with_settings
@with_home
def dossier(case: int, out: Path, activity: Path, operator: Path, decision: Path | None, settings: Settings) -> None:
    """Write a decided CASE with what the platform knows of its accounts; the file is for its owner only."""
    from seawall.cases.models import Case
    from seawall.disclosures.from_cases import dossier_from

    found = Case.objects.filter(pk=case).first()
    if found is None:
        raise BadInput(f"there is no case {case}; `seawall cases list` names them.")
    decided = _decoded(decision, Decision) if decision else Decision()
    made = dossier_from(found, activity, settings.key(), _decoded(operator, Operator), decided)
    out.touch(0o600)
    out.chmod(0o600)
    out.write_bytes(msgspec.json.format(msgspec.json.encode(made)))
    click.echo(f"{out}: {len(made.suspects)} accounts")


@click.command("portal-pack")
@click.argument("dossier", type=_THERE)
@click.argument("out", type=_FILE)
@_KEY
@click.option("--by", required=True, help="Who assessed it.")
@click.option("--why", required=True, help="The reasons for the priority.")
@click.option("--priority", type=click.Choice(["P1", "P2", "P3"]), help="How urgent it is.  [default: a first guess]")
@click.option("--account", "accounts", multiple=True, help="Only these accounts.  [default: all]")
def portal_pack(
    dossier: Path, out: Path, key: Path, by: str, why: str, priority: Any, accounts: tuple[str, ...]
) -> None:
    """Write a case as a sealed, signed pack for an authority's portal, and print the key that opens it."""
    case = read_dossier(dossier)
    assessment = Assessment(priority=priority or suggested_priority(case), why=why, by=by)
    chosen = accounts or tuple(one.account.id for one in case.suspects)
    description = described(case, assessment, chosen, datetime.now(UTC))
    opens = write_portal_pack(out, read_operator_key(key), case, description, by, why)
    click.echo(f"{out}: priority {assessment.priority}, opens with {opens}")


@click.group("signals")
def signals() -> None:
    """Share signals with partners, and take theirs as seeds."""


@signals.command("propose")
@click.argument("file", type=_THERE)
@click.option("--partner", required=True, help="The partner's name.")
@click.option(
    "--secret-file", type=_THERE, required=True, help="The secret shared with this partner, 32 bytes or more."
)
@click.option("--origin", required=True, help="This platform's name to its partners.")
@_KEY
@with_settings
@with_home
def propose(file: Path, partner: str, secret_file: Path, origin: str, key: Path, settings: Settings) -> None:
    """Show exactly what would leave, and put it into the ledger; two people then approve it in the console."""
    from seawall.disclosures.exchange.sharing import Sharer
    from seawall.disclosures.ledger import Ledger

    named = Partner(partner, secret_file.read_bytes().strip())
    sharer = Sharer(Ledger(settings.key()), read_operator_key(key), origin)
    now = datetime.now(UTC)
    preview = sharer.preview(_decoded(file, list[Signal]), named, now)
    for line in preview.lines:
        click.echo(line)
    click.echo(f"disclosure {sharer.propose(preview, named, now).pk}, digest {preview.digest}")


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
