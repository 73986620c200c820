"""`seawall disclose`: a case as a dossier, and who gets it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from seawall.cli.configuration import Settings, with_settings
from seawall.cli.home import with_home
from seawall.disclosures.dossier import Decision, Operator, read_dossier
from seawall.disclosures.vault.keys import read_operator_key
from seawall.effects.outbound import Destination, Outbound
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


@click.command("route")
@click.argument("dossier", type=_THERE)
@click.option("--ncmec", is_flag=True, help="The provider is registered with NCMEC.")
@click.option("--nca", is_flag=True, help="The provider is registered with the UK's National Crime Agency.")
@click.option("--other", "others", multiple=True, metavar="COUNTRY=NAME", help="Another country's own, as DE=bka.")
def route(dossier: Path, others: tuple[str, ...], *, ncmec: bool, nca: bool) -> None:
    """Say which authorities get a case, with which accounts, and why."""
    from seawall.disclosures.authorities.router import Registered, routes_for

    named = [tuple(one.split("=", 1)) for one in others]
    if any(len(one) != 2 or len(one[0]) != 2 for one in named):
        raise BadInput("--other is a country of two letters and a name, as DE=bka.")
    registered = Registered(ncmec, nca, tuple((one[0].upper(), one[1]) for one in named))
    for one in routes_for(read_dossier(dossier), registered):
        click.echo(f"{one.authority}\t{len(one.accounts)} accounts\t{one.why}")
        for account in one.accounts:
            click.echo(f"  {account}")


@click.group("pack")
def pack() -> None:
    """Report a case to an authority without an interface, as a sealed, signed pack."""


@pack.command("draft")
@click.argument("dossier", type=_THERE)
@click.option("--authority", required=True, help="Whom it is for: nca, or another name.")
@click.option("--by", required=True, help="Who assessed it.")
@click.option("--why", required=True, help="The reasons for the priority.")
@click.option("--priority", type=click.Choice(["P1", "P2", "P3"]), help="How urgent it is.  [default: a first guess]")
@click.option("--account", "accounts", multiple=True, help="Only these accounts.  [default: those that its route has]")
@with_settings
@with_home
def draft_pack(
    dossier: Path, authority: str, by: str, why: str, priority: Any, accounts: tuple[str, ...], settings: Settings
) -> None:
    """Draft what an authority gets; two people then approve it in the console."""
    from seawall.disclosures.authorities.portal_pack import Assessment, file_pack, suggested_priority
    from seawall.disclosures.authorities.router import accounts_for
    from seawall.disclosures.ledger import Ledger

    case = read_dossier(dossier)
    assessment = Assessment(priority=priority or suggested_priority(case), why=why, by=by)
    chosen = accounts or accounts_for(case, authority)
    for one in file_pack(Ledger(settings.key()), case, authority, assessment, chosen, datetime.now(UTC)):
        click.echo(f"{one.pk}\t{one.state}\t{one.subject}\tpriority {assessment.priority}")


@pack.command("release")
@click.argument("case_id")
@click.argument("out", type=_FILE)
@click.option("--authority", required=True, help="Whom it is for.")
@click.option("--by", required=True, help="Who hands it over.")
@click.option("--adapter", metavar="MODULE:NAME", help="Your own adapter to the authority's interface, a `Portal`.")
@click.option("--base", help="The one origin that the adapter may reach, as https://host.")
@click.option("--private", is_flag=True, help="That origin is on your own network.")
@_KEY
@with_settings
@with_home
def release(
    case_id: str,
    out: Path,
    authority: str,
    by: str,
    adapter: str | None,
    base: str | None,
    key: Path,
    settings: Settings,
    *,
    private: bool,
) -> None:
    """Write what two people approved, and print the key that opens it: send that another way.

    With --adapter the pack and its key go to the authority's interface, and its reference is noted at once.
    """
    from seawall.disclosures.authorities.portal_pack import acknowledge_pack, load_portal, release_pack
    from seawall.disclosures.ledger import Ledger

    if (adapter is None) != (base is None):
        raise BadInput("an adapter needs the origin that it may reach: give --adapter and --base, or neither.")
    ledger, now = Ledger(settings.key()), datetime.now(UTC)
    portal = load_portal(adapter) if adapter else None
    opens = release_pack(ledger, read_operator_key(key), case_id, authority, out, by, now)
    if portal is None or base is None:
        click.echo(f"{out}: opens with {opens}")
        return
    reference = portal.submit(out, opens, Outbound([Destination(base, private)], out.with_suffix(".outbound.jsonl")))
    count = acknowledge_pack(ledger, case_id, authority, reference, datetime.now(UTC))
    click.echo(f"{count} accounts acknowledged as {reference}")


@pack.command("acknowledge")
@click.argument("case_id")
@click.option("--authority", required=True, help="Who answered.")
@click.option("--reference", required=True, help="Their reference, which is kept for five years.")
@with_settings
@with_home
def acknowledge(case_id: str, authority: str, reference: str, settings: Settings) -> None:
    """Note the authority's reference."""
    from seawall.disclosures.authorities.portal_pack import acknowledge_pack
    from seawall.disclosures.ledger import Ledger

    count = acknowledge_pack(Ledger(settings.key()), case_id, authority, reference, datetime.now(UTC))
    click.echo(f"{count} accounts acknowledged as {reference}")
