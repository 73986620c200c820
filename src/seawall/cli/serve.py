"""`seawall serve`: the guard over HTTP."""

from pathlib import Path

import click

from seawall.api.appeals import AppealQueue
from seawall.api.guard import GuardDoor
from seawall.api.media import MediaWatch
from seawall.api.serve import Place, run_door
from seawall.api.token_file import Clients, read_tokens
from seawall.cli.configuration import Settings, with_settings
from seawall.cli.home import appeals_file
from seawall.cli.token import TOKENS
from seawall.guard.library import Guard
from seawall.guard.policy import Policy
from seawall.guard.serving import CURRENT

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("run", type=click.Path(path_type=Path, file_okay=False))
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65_535), default=8080, show_default=True, help="0 takes a free one.")
@TOKENS
@click.option("--policy", type=_FILE, help="Which answer to whom.  [default: the one that ships]")
@click.option("--overlay", type=_FILE, help="What people decided since the run; the signer's key is beside it, .pub.")
@click.option("--trusted", type=_FILE, help="The public key that signs the overlay, where it is not beside it.")
@click.option("--decisions", type=click.Path(path_type=Path, file_okay=False), help="A folder for the decision log.")
@click.option("--probes", type=_FILE, help="A file in which several servers share how often help was shown to whom.")
@click.option(
    "--media",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder of banks, whose state readiness and metrics tell.",
)
@click.option("--appeals", type=_FILE, help="The file of appeals.  [default: appeals.jsonl in the home]")
@with_settings
def serve(
    run: Path,
    host: str,
    port: int,
    tokens: Path,
    policy: Path | None,
    overlay: Path | None,
    trusted: Path | None,
    decisions: Path | None,
    probes: Path | None,
    media: Path | None,
    appeals: Path | None,
    settings: Settings,
) -> None:
    """Answer the platform's search, recommender and messages over HTTP.

    RUN is a run folder, or a link to one: move the link to a newer run, and within a second it is served without a
    lost request; SIGHUP does so at once. It may be the folder of `seawall guard publish` as well. Every path is
    described at /openapi.json. Put a TLS proxy in front of it where the network is not yours alone.
    """
    key = settings.key()
    read_tokens(tokens)
    appeals = appeals or appeals_file()
    appeals.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    index = run if (run / CURRENT).is_file() else run / "guard"
    guard = Guard.open(index, key, Policy.load(policy), overlay, trusted=trusted, journal=decisions, probes=probes)
    watch = MediaWatch(media) if media else None
    door = GuardDoor(guard=guard, clients=Clients(), key=key, appeals=AppealQueue(appeals), media=watch)
    try:
        if not (health := guard.health()).ready:
            door.journal.tell("serving safe defaults alone", "warning", says="; ".join(health.degraded))
        run_door(door, Place(index, tokens, host, port))
    finally:
        guard.close()
