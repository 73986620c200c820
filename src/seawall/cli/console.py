"""`seawall console`: the door for people."""

from pathlib import Path

import click

from seawall.cli.demo import SEED, clear
from seawall.cli.home import home_option
from seawall.cli.world import build
from seawall.console.first_run import FirstPerson, prepare
from seawall.console.serving import Address, serve
from seawall.flow.order import Order
from seawall.flow.progress import Stages
from seawall.flow.run import STAGES, run
from seawall.intake.keyfile import load_or_make
from seawall.lake.kept_runs import is_run

DEMO_ACCOUNTS = 5_000

administrator_option = click.option(
    "--administrator", default="admin", show_default=True, help="Name of the first administrator."
)


@click.command()
@home_option()
@administrator_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8400, show_default=True, type=click.IntRange(1, 65535), help="The port to listen on.")
@click.option("--certificate", type=click.Path(path_type=Path, exists=True), help="TLS certificate (PEM).")
@click.option("--key", type=click.Path(path_type=Path, exists=True), help="Its key (PEM).")
@click.option("--behind", metavar="ADDRESS", help="A proxy that has the certificate, and whose headers are believed.")
@click.option("--demo", is_flag=True, help="Show the cases of an invented world.")
def console(
    home: Path,
    administrator: str,
    host: str,
    port: int,
    certificate: Path | None,
    key: Path | None,
    behind: str | None,
    demo: bool,
) -> None:
    """Serve the console, where people review networks.

    On an empty folder it makes the database and the first administrator, whose one-time password is printed once.
    """
    address = Address(host, port, certificate, key, behind)
    address.check()
    address.tell_settings()
    tell_first(prepare(home.absolute(), administrator))
    if demo:
        show_demo(home.absolute())
    click.echo(f"open {address.url}")
    serve(address)


def tell_first(first: FirstPerson | None) -> None:
    """Print the first administrator's password, once."""
    if first is not None:
        click.echo(f"the first administrator is {first.name}; one-time password: {first.password}")
        click.echo("it is printed once and kept nowhere; sign in, choose your own, set up a second factor")


def show_demo(home: Path) -> None:
    """Open the cases of a run on an invented world, made in `home` at the first time."""
    folder = home / "demo"
    if not is_run(folder / "run"):
        folder.mkdir(exist_ok=True, mode=0o700)
        clear(folder)
        build(folder / "world", DEMO_ACCOUNTS, SEED)
        key = load_or_make(home / "seawall.key")
        lexicons = (folder / "world" / "lexicon.csv",)
        run(Order(folder / "world" / "activity", folder / "run", key, lexicons, plain_ids=True), Stages(STAGES))
    link(home / "run", folder / "run")
    from seawall.cli import casework  # only now: its tables are there

    casework.open_cases(folder / "run", folder / "world" / "activity", load_or_make(home / "seawall.key"))
    click.echo("all of it is invented; add an analyst under People and sign in as them")


def link(place: Path, run_folder: Path) -> None:
    """Let `place` lead to a run, at once for whoever follows it."""
    hidden = place.with_name(f".{place.name}.new")
    hidden.unlink(missing_ok=True)
    hidden.symlink_to(run_folder.absolute())
    hidden.replace(place)
