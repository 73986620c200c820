"""`seawall evaluate`: runs against the truth of their worlds."""

from pathlib import Path

import click
import msgspec

from seawall.cli.configuration import Settings, with_settings
from seawall.records.ids import IdKey
from seawall.trials.evaluate import Evaluation, evaluate_many

RUN = click.Path(path_type=Path, exists=True, file_okay=False)
TRUTH = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@click.argument("run", type=RUN)
@click.option("--truth", required=True, type=TRUTH, help="truth.parquet of the world that the run read.")
@click.option(
    "--also",
    nargs=2,
    multiple=True,
    type=click.Tuple([RUN, TRUTH]),
    metavar="RUN TRUTH",
    help="Another run and its truth, pooled with the first; may be given several times.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_settings
def evaluate(
    run: Path,
    truth: Path,
    also: tuple[tuple[Path, Path], ...],
    as_json: bool,
    settings: Settings,
) -> None:
    """Measure runs against the truth of their worlds.

    Prints recall, precision, role F1, false accusations in each look-alike community, network recovery and
    calibration, each with its interval. Runs with keyed ids need the key file that they were made with.
    """
    pairs = [(run, truth), *also]
    keyed = any(not has_plain_ids(folder) for folder, _ in pairs)
    key: IdKey | None = settings.key() if keyed else None
    tell(evaluate_many(pairs, key=key), as_json=as_json)


def has_plain_ids(run: Path) -> bool:
    """Whether a run was made with --plain-ids."""
    return bool(msgspec.json.decode((run / "summary.json").read_bytes())["plain_ids"])


def tell(evaluation: Evaluation, *, as_json: bool) -> None:
    """Print an evaluation for a person or for a program."""
    if as_json:
        click.echo(evaluation.as_json(), nl=False)
        return
    for line in evaluation.lines():
        click.echo(line)
