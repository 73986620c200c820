"""`seawall token`: who may ask the guard and the banks."""

from pathlib import Path

import click

from seawall.api.token_file import A_SECOND, GUARD_SCOPES, add_token, revoke_token
from seawall.api.tokens import HASH_SCOPES

TOKENS = click.option(
    "--tokens",
    type=click.Path(path_type=Path, dir_okay=False),
    default="seawall.tokens",
    show_default=True,
    help="Tokens, as `seawall token` writes them.",
)


@click.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([*GUARD_SCOPES, *HASH_SCOPES]),
    help="What it may do; repeatable.",
)
@click.option(
    "--rate",
    type=click.FloatRange(min=0, min_open=True),
    default=A_SECOND,
    show_default=True,
    help="Requests a second.",
)
@click.option("--revoke", is_flag=True, help="Remove the token instead.")
@TOKENS
def token(name: str, scopes: tuple[str, ...], rate: float, revoke: bool, tokens: Path) -> None:
    """Make a token for a machine that asks the guard or the banks.

    NAME says whose it is. The secret is printed once; the file keeps its digest. A running server takes the file again
    within a second.
    """
    if revoke:
        revoke_token(tokens, name)
        click.echo(f"revoked {name}")
        return
    if not scopes:
        raise click.UsageError("a token needs at least one --scope.")
    click.echo(add_token(tokens, name, scopes, rate))
