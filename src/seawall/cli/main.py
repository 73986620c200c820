"""The `seawall` command: its verbs, and how every failure ends."""

import os
import sys
import warnings
from typing import Any, NoReturn

import click

from seawall.cli.kernels import keep_kernels
from seawall.cli.lazy import LazyGroup
from seawall.cli.threads import calm_threads
from seawall.records.errors import SeawallError, SeawallWarning

COMMANDS = {
    "demo": ("seawall.cli.demo:demo", "Make an invented world, run on it and evaluate the run."),
    "check": ("seawall.cli.check:check", "Tell what an activity folder holds and lacks."),
    "run": ("seawall.cli.run:run", "Find the networks in an activity folder."),
    "evaluate": ("seawall.cli.evaluate:evaluate", "Measure runs against the truth of their worlds."),
    "world": ("seawall.cli.world:world", "Make an invented platform with planted networks."),
    "trial": ("seawall.cli.trial:trial", "Walk test accounts through recommenders, with and without the guard."),
    "id": ("seawall.cli.identity:identity", "Print the keyed id of a platform's own id."),
    "terms": ("seawall.cli.terms:terms", "Import, approve, check and scan with the terms of a lexicon."),
    "hashes": ("seawall.cli.hashes:hashes", "Keep banks of known media and look hashes up."),
    "guard": ("seawall.cli.guard:guard", "Explain what the guard decides, compare and publish its index."),
    "serve": ("seawall.cli.serve:serve", "Answer the platform's search, recommender and messages over HTTP."),
    "token": ("seawall.cli.token:token", "Make a token for a machine that asks the guard or the banks."),
    "up": ("seawall.cli.up:up", "Run the console, the guard and the executor on this machine."),
    "console": ("seawall.cli.console:console", "Serve the console, where people review networks."),
    "cases": ("seawall.cli.cases:cases", "Open cases from runs, carry out what was decided."),
    "audit": ("seawall.cli.audit:audit", "Verify and anchor the log of who did and saw what."),
    "disclose": ("seawall.cli.disclose:disclose", "Report cases, state reasons, preserve evidence, share signals."),
    "purge": ("seawall.cli.keeping:purge", "Remove old run folders and backups."),
    "erase": ("seawall.cli.keeping:erase", "Erase an account from runs, backups and cases."),
    "backup": ("seawall.cli.keeping:backup", "Back up run folders into one sealed file."),
    "restore": ("seawall.cli.keeping:restore", "Restore the run folders of a backup."),
}
"""Every verb, where it is, and its line of help: adding one is one line."""

STOPPED = 130
"""The exit code of a command that its user stopped, as shells have it for SIGINT."""


class Door(LazyGroup):
    """The group of all verbs; every failure ends as one message and an exit code, unless SEAWALL_DEBUG is set."""

    def main(self, *arguments: Any, **options: Any) -> NoReturn:
        try:
            code = super().main(*arguments, **{**options, "standalone_mode": False})
        except Exception as error:
            if os.environ.get("SEAWALL_DEBUG"):
                raise
            sys.exit(_explain(error))
        sys.exit(code)


@click.group(cls=Door, lazy=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="seawall", message="seawall %(version)s")
def cli() -> None:
    """Find the networks that trade CSAM on a platform, and keep buyers and sellers apart.

    Begin with `seawall demo`: it needs no data.
    """


def main() -> None:
    """The command `seawall`."""
    keep_kernels()
    calm_threads()
    warnings.showwarning = _show_warning
    cli(prog_name="seawall")


def _explain(error: Exception) -> int:
    """Say what went wrong, on one line where that is enough; returns the exit code."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return error.exit_code
    message, code = _message(error)
    click.echo(f"seawall: {message}", err=True)
    return code


def _message(error: Exception) -> tuple[str, int]:
    if isinstance(error, SeawallError):
        return str(error), error.exit_code
    if isinstance(error, click.Abort):
        return "stopped.", STOPPED
    if isinstance(error, click.UsageError) and error.ctx:
        said = " ".join(error.format_message().split())
        end = "" if said.endswith((".", "?")) else "."
        return f"{said}{end} See `{error.ctx.command_path} --help`.", error.exit_code
    if isinstance(error, click.ClickException):
        return error.format_message(), error.exit_code
    if isinstance(error, OSError) and error.strerror:
        return f"{f'{os.fsdecode(error.filename)}: ' if error.filename else ''}{error.strerror}.", 1
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return f"failed inside ({what}). Run it again with SEAWALL_DEBUG=1 to see where, and tell the maintainers.", 1


def _show_warning(message: Warning | str, category: type[Warning], *where: Any, **_: Any) -> None:
    """A degraded state of ours in one line; other libraries' warnings only for whoever debugs."""
    if issubclass(category, SeawallWarning):
        click.echo(f"seawall: degraded: {message}", err=True)
    elif os.environ.get("SEAWALL_DEBUG"):
        click.echo(warnings.formatwarning(message, category, *where[:2]), err=True)


if __name__ == "__main__":
    main()
