"""`seawall demo`: the whole way on an invented world."""

import shutil
from pathlib import Path

import click

from seawall.cli.evaluate import tell
from seawall.cli.run import run_and_tell
from seawall.cli.world import build
from seawall.flow.order import Order
from seawall.intake.keyfile import load_or_make
from seawall.records.errors import Refused
from seawall.trials.evaluate import evaluate

ACCOUNTS = 20_000
SEED = 1
MARK = "made-by-seawall-demo"


@click.command()
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("demo"), show_default=True, help="Where to put it."
)
def demo(out: Path) -> None:
    """Make an invented world, run on it and evaluate the run.

    The world has 20,000 accounts. A second demo in the same folder replaces the first.
    """
    play(out, ACCOUNTS)


def play(out: Path, accounts: int) -> None:
    """Make a world of so many accounts in `out`, run and evaluate; `out` is new, empty or an earlier demo's."""
    clear(out)
    world, folder = out / "world", out / "run"
    click.echo(f"an invented world of {accounts:,} accounts")
    build(world, accounts, SEED)
    key = load_or_make(out / "seawall.key")
    run_and_tell(Order(world / "activity", folder, key, (world / "lexicon.csv",), plain_ids=True), quiet=False)
    tell(evaluate(folder, world / "truth.parquet"), as_json=False)
    click.echo(f"open {(folder / 'report.html').resolve()}")


def clear(out: Path) -> None:
    """Empty an earlier demo's folder and mark it as ours; raises Refused for a folder that holds anything else."""
    if out.exists() and not (out / MARK).is_file() and (out.is_file() or any(out.iterdir())):
        raise Refused(f"{out} holds something that no demo made. Choose another folder with --out.")
    out.mkdir(parents=True, exist_ok=True, mode=0o700)
    (out / MARK).touch()
    for name in ("world", "run"):
        shutil.rmtree(out / name, ignore_errors=True)
