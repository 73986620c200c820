"""The commands of `seawall disclose` that report cases."""

import json
import os
import secrets
import tempfile
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from seawall.cli.configuration import Settings, with_settings
from seawall.cli.home import with_home
from seawall.disclosures.cybertip.drafting import draft_reports
from seawall.disclosures.cybertip.environments import Credentials, Name, read_credentials
from seawall.disclosures.cybertip.quality import quality_of
from seawall.disclosures.cybertip.rules import require
from seawall.disclosures.cybertip.schema import against, our_schema, parse, read_schema
from seawall.disclosures.cybertip.write import to_xml
from seawall.disclosures.dossier import read_dossier
from seawall.disclosures.example import STORE, ExampleStore, example_dossier
from seawall.effects.outbound import Destination, Outbound
from seawall.records.errors import BadInput
from seawall.records.ids import IdKey

if TYPE_CHECKING:
    from seawall.disclosures.cybertip.calls import Tipline
    from seawall.disclosures.cybertip.sending import Sender, Store
    from seawall.disclosures.models import Disclosure

_DOSSIER = click.argument("dossier", type=click.Path(path_type=Path, exists=True, dir_okay=False))
_ENVIRONMENT = click.option(
    "--environment", type=click.Choice(["production", "test", "local"]), required=True, help="where reports go"
)
_CREDENTIALS = click.option(
    "--credentials",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    help="JSON file with environment, user and password",
)
_HOME = click.option(
    "--outbound-log",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("outbound.jsonl"),
    show_default=True,
    help="where every connection is written to",
)


def _now() -> datetime:
    return datetime.now(UTC)


@click.command("example")
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--accounts", type=click.IntRange(1, 10_000), default=30, show_default=True, help="accounts in the case")
@click.option("--seed", type=int, default=1, show_default=True, help="another seed, another case")
def example(out: Path, accounts: int, seed: int) -> None:
    """Write an invented case as a dossier: nobody in it exists, and its words mean nothing."""
    out.write_bytes(msgspec.json.format(msgspec.json.encode(example_dossier(accounts, seed))))
    click.echo(f"{out}: an invented case of {accounts} accounts")


@click.command("quality")
@_DOSSIER
@click.option("--each", is_flag=True, help="tell every report, not only what all of them lack")
@click.option("--json", "as_json", is_flag=True, help="end with a line of JSON, for `seawall trial checklist`")
def quality(dossier: Path, *, each: bool, as_json: bool) -> None:
    """Score the reports of a case and tell what they lack, with the effect of each lack.

    A complete report has an address with its time, a contact, and the identifier of its network.
    """
    scored = [(draft.subject, quality_of(draft)) for draft in draft_reports(read_dossier(dossier))]
    if each:
        for subject, found in scored:
            parts = ", ".join(f"{part.name} {part.share:.0%}" for part in found.parts)
            click.echo(f"{subject}\t{found.score:.0f}\t{parts}")
    mean = sum(found.score for _, found in scored) / len(scored)
    click.echo(f"{len(scored)} reports, mean quality {mean:.0f} of 100, worst {min(f.score for _, f in scored):.0f}")
    lacks: dict[tuple[str, str], int] = {}
    for _, found in scored:
        for lack in found.lacks:
            lacks[(lack.field, lack.effect)] = lacks.get((lack.field, lack.effect), 0) + 1
    for (field, effect), count in sorted(lacks.items(), key=lambda item: -item[1]):
        click.echo(f"  {count} lack {field}: {effect}")
    if as_json:
        complete = sum(found.complete for _, found in scored) / len(scored)
        click.echo(json.dumps({"reports": len(scored), "mean_quality": mean, "complete_reports": complete}))


@click.command("check")
@_DOSSIER
@click.option(
    "--schema",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="the official schema, from refresh-schema; without it our restatement",
)
def check(dossier: Path, schema: Path | None) -> None:
    """Hold the reports of a case to the format's rules and to a schema; one that breaks them is an error."""
    from seawall.disclosures.cybertip.problems import problems_of

    held_to = read_schema(schema) if schema else our_schema()
    drafts = draft_reports(read_dossier(dossier))
    for draft in drafts:
        require(problems_of(draft, _now()), f"the report on {draft.subject}")
        if told := against(held_to, to_xml(draft.report)):
            raise BadInput(f"the report on {draft.subject} does not hold to the schema: {'; '.join(told)}")
    click.echo(f"{len(drafts)} reports hold to the rules and to the schema")


@click.command("rehearse")
@_DOSSIER
@click.option("--show", is_flag=True, help="print the first report as the receiver got it")
def rehearse(dossier: Path, *, show: bool) -> None:
    """Send a case to a receiver on this machine, in a ledger that is thrown away; nothing leaves."""
    from seawall.disclosures.cybertip.receiver.server import Receiver

    case = read_dossier(dossier)
    if any(not one.locator.startswith(STORE) for suspect in case.suspects for one in suspect.media):
        raise BadInput("a rehearsal reads no real store; take the media out, or an invented case.")
    word = secrets.token_hex(8)
    with tempfile.TemporaryDirectory() as folder, Receiver(word, word) as receiver:
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        _use_temporary_home(folder)
        from seawall.disclosures.cybertip.filing import file_drafts, send_case
        from seawall.disclosures.ledger import Ledger

        credentials = Credentials(environment="local", user=word, password=word, base=receiver.base)
        ledger = Ledger(IdKey(b"\0" * 32))
        for disclosure in file_drafts(ledger, case, "local", _now()):
            for person in ("first", "second"):
                ledger.approve(disclosure, person, person, _now())
        one = _sender(ledger, credentials, ExampleStore(case), Path(folder) / "outbound.jsonl")
        for disclosure, number in send_case(one, case.case_id):
            click.echo(f"{disclosure.ordinal}\t{number}\t{disclosure.steps.count()} calls")
        if show:
            first = receiver.reports.kept[min(receiver.reports.kept)]
            click.echo(_pretty(first.xml))


def _use_temporary_home(folder: str) -> None:
    """Set Django up on a new database that the caller throws away."""
    os.environ["SEAWALL_DATABASE"] = f"sqlite:///{folder}/rehearsal.db"
    os.environ["SEAWALL_HOME"] = folder
    os.environ.setdefault("SEAWALL_SECRET", secrets.token_hex(32))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seawall.console.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def _pretty(xml: bytes) -> str:
    from lxml import etree

    return str(etree.tostring(parse(xml), pretty_print=True, encoding="unicode"))


def _tipline(credentials: Credentials, log: Path) -> "Tipline":
    from seawall.disclosures.cybertip.calls import Tipline

    return Tipline(Outbound([credentials.destination], log), credentials)


def _sender(ledger: object, credentials: Credentials, store: "Store | None", log: Path) -> "Sender":
    from seawall.disclosures.cybertip.sending import Sender
    from seawall.disclosures.ledger import Ledger

    assert isinstance(ledger, Ledger)
    return Sender(ledger, _tipline(credentials, log), store, "command line")


@click.command("draft")
@_DOSSIER
@_ENVIRONMENT
@with_settings
@with_home
def draft(dossier: Path, environment: str, settings: Settings) -> None:
    """Draft and check the reports of a case; two people then approve them in the console."""
    from seawall.disclosures.cybertip.filing import file_drafts
    from seawall.disclosures.ledger import Ledger

    case = read_dossier(dossier)
    qualities = [quality_of(one) for one in draft_reports(case)]
    filed = file_drafts(Ledger(settings.key()), case, environment, _now())
    for one, found in zip(filed, qualities, strict=True):
        lacks = ", ".join(lack.field for lack in found.lacks) or "nothing"
        click.echo(f"{one.pk}\t{one.state}\t{one.subject}\tquality {found.score:.0f}\tlacks {lacks}")


@click.command("list")
@click.option("--case", "case_id", default="", help="only one case")
@with_home
def list_disclosures(case_id: str) -> None:
    """List disclosures: number, kind, environment, case, subject, state, reference, and why where one failed."""
    from seawall.disclosures.models import Disclosure

    for one in Disclosure.objects.filter(case_id=case_id) if case_id else Disclosure.objects.all():
        told = (one.pk, one.kind, one.environment, one.case_id, one.subject, one.state, one.reference, one.why)
        click.echo("\t".join(str(part) for part in told))


@click.command("send")
@click.argument("case_id")
@_ENVIRONMENT
@_CREDENTIALS
@click.option("--store", default="", help="origin of the platform's store of media, as https://media.example")
@click.option(
    "--store-secret",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="file with the value of the store's Authorization header",
)
@click.option("--private-store", is_flag=True, help="the store is on your own network")
@_HOME
@with_settings
@with_home
def send(
    case_id: str,
    environment: Name,
    credentials: Path,
    store: str,
    store_secret: Path | None,
    outbound_log: Path,
    settings: Settings,
    *,
    private_store: bool,
) -> None:
    """Send the approved reports of a case in their order, or go on where a sender was stopped."""
    from seawall.disclosures.cybertip.filing import send_case
    from seawall.disclosures.ledger import Ledger
    from seawall.disclosures.media_store import MediaStore

    held = None
    if store:
        headers = {"Authorization": store_secret.read_text("utf-8").strip()} if store_secret else {}
        held = MediaStore(Outbound([Destination(store, private=private_store)], outbound_log), headers)
    found = read_credentials(credentials, environment)
    one = _sender(Ledger(settings.key()), found, held, outbound_log)
    for disclosure, number in send_case(one, case_id):
        click.echo(f"{disclosure.pk}\t{disclosure.state}\t{number}")


@click.command("retry")
@click.argument("number", type=int)
@with_settings
@with_home
def retry(number: int, settings: Settings) -> None:
    """Let a failed report be sent again as it is; a changed one is drafted and approved anew."""
    from seawall.disclosures.ledger import Ledger

    ledger = Ledger(settings.key())
    disclosure = ledger.find(number)
    ledger.retry(disclosure)
    click.echo(f"{disclosure.pk}\t{disclosure.state}")


@click.command("settle")
@click.argument("number", type=int)
@click.option("--finished/--never-arrived", required=True, help="what the authority answered when it was asked")
@_CREDENTIALS
@_ENVIRONMENT
@_HOME
@with_settings
@with_home
def settle(
    number: int, credentials: Path, environment: Name, outbound_log: Path, settings: Settings, *, finished: bool
) -> None:
    """Say whether a report whose finish was lost had arrived; one that never did is made anew by `send`."""
    one, disclosure = _with_disclosure(number, credentials, environment, outbound_log, settings)
    one.settle(disclosure, finished=finished)
    click.echo(f"{disclosure.pk}\t{disclosure.state}")


@click.command("withdraw")
@click.argument("number", type=int)
@click.option("--why", required=True, help="the reason, for the ledger")
@_CREDENTIALS
@_ENVIRONMENT
@_HOME
@with_settings
@with_home
def withdraw(
    number: int, why: str, credentials: Path, environment: Name, outbound_log: Path, settings: Settings
) -> None:
    """Take a report back before it is finished."""
    one, disclosure = _with_disclosure(number, credentials, environment, outbound_log, settings)
    one.withdraw(disclosure, why)
    click.echo(f"{disclosure.pk}\t{disclosure.state}")


def _with_disclosure(
    number: int, credentials: Path, environment: Name, log: Path, settings: Settings
) -> "tuple[Sender, Disclosure]":
    from seawall.disclosures.ledger import Ledger

    found = read_credentials(credentials, environment)
    ledger = Ledger(settings.key())
    return _sender(ledger, found, None, log), ledger.find(number)


@click.command("verify")
@with_settings
@with_home
def verify(settings: Settings) -> None:
    """Check every digest and chain of the ledger; the exit code is not 0 at the first that fails."""
    from seawall.disclosures.ledger import Ledger
    from seawall.disclosures.models import Disclosure

    ledger, steps, count = Ledger(settings.key()), 0, 0
    for one in Disclosure.objects.all():
        ledger.content(one)
        steps, count = steps + ledger.verify(one), count + 1
    click.echo(f"{count} disclosures with {steps} steps hold what was written")


@click.command("receiver")
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="0 takes a free one")
@click.option("--user", default="provider", show_default=True, help="name that clients give")
@click.option("--password", envvar="SEAWALL_RECEIVER_PASSWORD", default="invented", help="password that clients give")
def receiver(port: int, user: str, password: str) -> None:
    """Run a CyberTipline receiver on this machine: seven calls, order checks, codes, expiry, failures on demand.

    It needs nothing else of Seawall. POST /control/fail {"call": "submit", "how": "cut", "times": 1} makes a call fail;
    POST /control/clock {"forward": 90000} sets its clock forward; GET /control/reports tells what it holds.
    """
    from seawall.disclosures.cybertip.receiver.server import Receiver

    with Receiver(user, password, port) as server:
        click.echo(f"receiving at {server.base}")
        server.serve_forever()


@click.command("refresh-schema")
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@_CREDENTIALS
@_ENVIRONMENT
@_HOME
def refresh_schema(out: Path, credentials: Path, environment: Name, outbound_log: Path) -> None:
    """Fetch the official schema, which only registered providers get, and keep it if it is one."""
    answer = _tipline(read_credentials(credentials, environment), outbound_log).get("xsd")
    if answer.status != 200:
        raise BadInput(f"the schema was not given ({answer.status}); check the credentials.")
    partial = out.with_name(f".{out.name}.partial")
    partial.write_bytes(answer.body)
    try:
        read_schema(partial)
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
    click.echo(f"{out}: the schema of {environment}")
