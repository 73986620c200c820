"""`seawall disclose statements` and `transparency`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from seawall.cli.configuration import Settings, with_settings
from seawall.cli.home import with_home
from seawall.disclosures.dsa.notice import Delay, notice_of
from seawall.disclosures.dsa.rules import check_statement
from seawall.disclosures.dsa.sending import TransparencyDatabase
from seawall.disclosures.dsa.statement import Statement
from seawall.disclosures.transparency.figures import Period, figures_of
from seawall.disclosures.transparency.page import as_csv, as_page
from seawall.disclosures.transparency.records import Share, read_records
from seawall.effects.outbound import Destination, Outbound
from seawall.records.errors import BadInput

_THERE = click.Path(path_type=Path, exists=True, dir_okay=False)
_FILE = click.Path(path_type=Path, dir_okay=False)
_KNOWN = click.option("--known", type=_THERE, help="File with handles, ids and names of the case, one a line.")


@click.group("statements")
def statements() -> None:
    """Check statements of reasons, and send them to the DSA Transparency Database."""


@statements.command("check")
@click.argument("file", type=_THERE)
@_KNOWN
def check(file: Path, known: Path | None) -> None:
    """Hold statements (JSON, a list) to the format, and look for personal data in them."""
    read, names, wrong = _read(file), _names(known), 0
    for statement in read:
        for says in check_statement(statement, names):
            click.echo(f"{statement.puid}: {says}")
            wrong += 1
    if wrong:
        raise BadInput(f"{wrong} problems in {len(read)} statements; nothing may leave.")
    click.echo(f"{len(read)} statements may leave")


@statements.command("write")
@click.argument("case", type=int)
@click.argument("out", type=_FILE)
@click.option("--reasons", type=_THERE, required=True, help="JSON: legal_ground, explanation; facts, territories.")
@with_settings
@with_home
def write(case: int, out: Path, reasons: Path, settings: Settings) -> None:
    """Write the statements of everything that stands decided in a CASE and restricts somebody."""
    from seawall.cases.models import AccountDecision
    from seawall.disclosures.dsa.from_cases import Reasons, statement_of

    told = msgspec.json.decode(reasons.read_bytes(), type=Reasons)
    decided = AccountDecision.objects.filter(
        decision__case=case, standing=True, action__in=["remove", "restrict"]
    ).select_related("decision__case")
    made = [statement_of(one, told, settings.key()) for one in decided]
    out.write_bytes(msgspec.json.format(msgspec.json.encode(made)))
    click.echo(f"{out}: {len(made)} statements")


@statements.command("notices")
@click.argument("file", type=_THERE)
@click.argument("out", type=_FILE)
@click.option("--complain-at", required=True, help="Where the user can complain, as https://…")
@click.option("--secrets", type=_THERE, help="File with terms, hashes and scores of the case, one a line.")
@click.option("--delays", type=_THERE, help="JSON: for a puid, why nobody is told yet, by whom, until when.")
def notices(file: Path, out: Path, complain_at: str, secrets: Path | None, delays: Path | None) -> None:
    """Write what each affected user is told (Article 17), for the platform to send.

    A text that holds one of the secrets is refused. Whoever is not told yet is listed, and left out until then.
    """
    held: dict[str, Delay] = _decoded(delays, dict[str, Delay]) if delays else {}
    statements, now = _read(file), datetime.now(UTC)
    later = [one for one in statements if one.puid in held and now < held[one.puid].until]
    told = [
        {"puid": one.puid, "text": notice_of(one, complain_at, now, delay=held.get(one.puid), secrets=_names(secrets))}
        for one in statements
        if one not in later
    ]
    out.write_bytes(msgspec.json.format(msgspec.json.encode(told)))
    for one in later:
        click.echo(f"{one.puid}: not before {held[one.puid].until:%Y-%m-%d} ({held[one.puid].why})")
    click.echo(f"{out}: {len(told)} notices, {len(later)} later")


@statements.command("send")
@click.argument("file", type=_THERE)
@click.option("--base", required=True, help="Address of the database's interface, as https://…/api/v1.")
@click.option("--token-file", type=_THERE, required=True, help="File with the bearer token.")
@click.option("--private", is_flag=True, help="The address is on your own network.")
@click.option(
    "--outbound-log", type=_FILE, default=Path("outbound.jsonl"), show_default=True, help="Log of connections."
)
@_KNOWN
def send(file: Path, base: str, token_file: Path, outbound_log: Path, known: Path | None, *, private: bool) -> None:
    """Send what is not there yet, at most a hundred a call."""
    origin = "/".join(base.split("/", 3)[:3])
    outbound = Outbound([Destination(origin, private=private)], outbound_log)
    sent = TransparencyDatabase(outbound, base.rstrip("/"), token_file.read_text("utf-8").strip()).send(
        _read(file), _names(known)
    )
    click.echo(f"{len(sent)} statements sent")


def _read(file: Path) -> list[Statement]:
    read: list[Statement] = _decoded(file, list[Statement])
    return read


def _decoded(file: Path, kind: Any) -> Any:
    try:
        return msgspec.json.decode(file.read_bytes(), type=kind)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise BadInput(f"{file} is not what is asked for: {error}.") from error


def _names(known: Path | None) -> list[str]:
    return [line.strip() for line in known.read_text("utf-8").splitlines() if line.strip()] if known else []


@click.command("transparency")
@click.argument("out", type=click.Path(path_type=Path, file_okay=False))
@click.option("--from", "start", type=click.DateTime(["%Y-%m-%d"]), required=True, help="First day.")
@click.option("--to", "end", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day after the last.")
@click.option("--records", type=_THERE, required=True, help="JSON: platform, and what no database here knows.")
@click.option("--watch", type=_THERE, help="The state of a trial watch, whose test accounts are told.")
@click.option("--no-database", is_flag=True, help="Count the records alone.")
@with_home
def transparency(
    out: Path, start: datetime, end: datetime, records: Path, watch: Path | None, *, no_database: bool
) -> None:
    """Write the transparency report as one HTML page and one CSV table."""
    told = read_records(records)
    if watch is not None:
        from seawall.trials.watch import exposure_of, read_state

        shares = (Share(name=name, hits=hits, of=of) for name, hits, of in exposure_of(read_state(watch)))
        told = msgspec.structs.replace(told, exposure=(*told.exposure, *shares))
    if not no_database:
        from seawall.disclosures.transparency.counting import counted

        told = counted(told)
    period = Period(start.replace(tzinfo=UTC), end.replace(tzinfo=UTC))
    figures = figures_of(told, period)
    out.mkdir(parents=True, exist_ok=True)
    (out / "transparency.html").write_text(as_page(told, period, figures), "utf-8")
    (out / "transparency.csv").write_text(as_csv(told, period, figures), "utf-8")
    click.echo(f"{out}: {len(figures)} figures")
