"""`seawall audit`: the log of who did and saw what."""

import click

from seawall.cli.home import with_home


@click.group()
def audit() -> None:
    """Verify and anchor the log of who did and saw what."""


@audit.command("verify")
@with_home
def verify() -> None:
    """Find any row that was changed, removed, moved or cut off, and say where."""
    from seawall.cli import casework

    casework.verify_log()


@audit.command("anchor")
@with_home
def anchor() -> None:
    """Write where the log stands into the file of anchors, now.

    `seawall cases work` does it every minute.
    """
    from seawall.cli import casework

    casework.anchor_log()
