"""`seawall up`: everything on one machine, one command."""

import os
import signal
import sys
from pathlib import Path

import click

from seawall.api.token_file import GUARD_SCOPES, add_token
from seawall.api.tokens import HASH, MATCH
from seawall.cli.configuration import FILE, KEY_FILE, KEY_VARIABLE, find_settings
from seawall.cli.console import administrator_option, link, tell_first
from seawall.cli.home import APPEALS, home_option
from seawall.cli.parts import Part, keep_up
from seawall.console.first_run import prepare
from seawall.effects.overlay import OverlaySink
from seawall.intake.keyfile import load_or_make
from seawall.lake.kept_runs import is_run
from seawall.records.errors import BadInput

HERE = "127.0.0.1"
SINKS = """[effects.sinks.files]
type = "files"

[effects.sinks.guard]
type = "overlay"
takes = ["remove", "restrict", "protect", "clear", "restore", "block_term", "unblock_term"]
options = {{ id_key_file = "{key}" }}
"""
PLATFORM = "platform"
"""The name of the token that the first start makes for the platform."""


@click.command()
@click.argument("run", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
@home_option()
@administrator_option
@click.option("--console-port", default=8400, show_default=True, type=click.IntRange(1, 65535), help="The console's.")
@click.option("--guard-port", default=8080, show_default=True, type=click.IntRange(1, 65535), help="The guard's.")
@click.option("--media-port", default=8090, show_default=True, type=click.IntRange(1, 65535), help="The banks'.")
def up(run: Path | None, home: Path, administrator: str, console_port: int, guard_port: int, media_port: int) -> None:
    """Run the console, the guard and the executor on this machine.

    RUN is the run folder that the guard answers from; later ones are linked by giving them once. Where the home folder
    holds banks of known media (`seawall hashes add HOME/banks …`) they are served too. Each part has a line that tells
    how it is, and comes back when it fails. Beyond this machine, put a TLS proxy before the ports, and serve the
    console with `seawall console --behind`.
    """
    home = home.absolute()
    os.environ["SEAWALL_PLAIN_HTTP"] = "1"
    tell_first(prepare(home, administrator))
    if run is not None:
        if not is_run(run):
            raise BadInput(f"{run} is no run folder. Give the --out of `seawall run`.")
        link(home / "run", run)
    load_or_make(_key_file(home))
    _make_token(home / "seawall.tokens")
    _tell_the_guard(home)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    keep_up(parts_of(home, console_port, guard_port, media_port), home / "parts.json", click.echo)


def parts_of(home: Path, console_port: int, guard_port: int, media_port: int) -> list[Part]:
    """The parts of one machine, and how each is asked whether it is well."""
    console = ["console", "--home", str(home), "--port", str(console_port)]
    guard = ["serve", str(home / "run"), "--port", str(guard_port), "--tokens", str(home / "seawall.tokens")]
    guard += ["--appeals", str(home / APPEALS), "--key-file", str(_key_file(home))]
    guard += ["--overlay", str(home / "overlay.jsonl")]
    banks = home / "banks"
    if banks.is_dir():
        guard += ["--media", str(banks)]
    media = ["hashes", "serve", str(banks), "--port", str(media_port), "--tokens", str(home / "seawall.tokens")]
    executor = ["cases", "work", "--home", str(home), "--key-file", str(_key_file(home))]
    return [
        Part("console", console, f"http://{HERE}:{console_port}/sign-in/"),
        Part("guard", guard, f"http://{HERE}:{guard_port}/readyz", home / "run" / "summary.json"),
        Part("executor", executor),
        *([Part("media", media, f"http://{HERE}:{media_port}/status")] if banks.is_dir() else ()),
    ]


def _key_file(home: Path) -> Path:
    """The key of the runs: where the environment says, in the home folder, or where `seawall run` finds it."""
    if given := os.environ.get(KEY_VARIABLE):
        return Path(given).absolute()
    own = home / KEY_FILE
    return own if own.exists() else find_settings(None, None).key_file.absolute()


def _tell_the_guard(home: Path) -> None:
    """Let decisions reach the guard and files, where no seawall.toml says otherwise; the sink makes its signing key."""
    if not Path(FILE).exists():
        own = home / FILE
        if not own.exists():
            own.write_text(SINKS.format(key=_key_file(home)), "utf-8")
        os.environ.setdefault("SEAWALL_CONFIG", str(own))
    OverlaySink.make("guard", {})
    (home / "overlay.jsonl").touch(0o600)


def _make_token(path: Path) -> None:
    """A token for the platform at the first start, printed once."""
    if not path.exists():
        secret = add_token(path, PLATFORM, (*GUARD_SCOPES, HASH, MATCH))
        click.echo(f"the platform asks the guard with this token, printed once: {secret}")
