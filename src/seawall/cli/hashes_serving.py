"""`seawall hashes serve`: the door to the banks."""

from pathlib import Path

import click

from seawall.api.hma.serve import Banks
from seawall.api.token_file import read_tokens
from seawall.hashes.store import BankStore


@click.command()
@click.argument("store", type=click.Path(path_type=Path, file_okay=False))
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65_535), default=8090, show_default=True, help="0 takes a free one.")
@click.option(
    "--tokens",
    type=click.Path(path_type=Path, dir_okay=False),
    default="seawall.tokens",
    show_default=True,
    help="Tokens, as `seawall token` writes them.",
)
def serve(store: Path, host: str, port: int, tokens: Path) -> None:
    """Answer lookups of known media over HTTP, in the JSON of Hasher-Matcher-Actioner 2.

    While it runs it holds STORE: banks are changed over HTTP, the listed exchanges are read every quarter of an hour,
    and a canary is sent the whole way of an upload every five minutes. Tokens are made by `seawall token NAME --scope
    hashes:match`; a changed file is read again within a second. Put a TLS proxy in front of it where the network is not
    yours alone.
    """
    read_tokens(tokens)
    with BankStore(store) as banks:
        Banks(banks, tokens).run(host, port)
