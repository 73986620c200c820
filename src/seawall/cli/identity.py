"""`seawall id`: the keyed id of a platform's own id."""

import sys
from collections.abc import Callable

import click
import pyarrow as pa

from seawall.cli.configuration import Settings, with_settings
from seawall.intake.normal import normal_links, normal_tags

NORMAL: dict[str, Callable[[pa.Array], pa.Array]] = {"hashtag": normal_tags, "link": normal_links}


@click.command("id")
@click.argument("kind", type=click.Choice(["account", "hashtag", "link"]))
@click.argument("text")
@with_settings
def identity(kind: str, text: str, settings: Settings) -> None:
    """Print the keyed id of a platform's own id.

    It is what a run folder holds in its place, so that you can find an account of yours in a run. TEXT is the id, or
    `-` to read one a line from standard input; each line of the answer is the keyed id, a tab and the text.
    """
    key = settings.key()
    texts = sys.stdin.read().splitlines() if text == "-" else [text]
    column = pa.array(texts, pa.string())
    spelled = NORMAL[kind](column) if kind in NORMAL else column
    for own, keyed in zip(texts, key.column(kind, spelled), strict=True):
        click.echo(f"{keyed:016x}\t{own}" if text == "-" else f"{keyed:016x}")
