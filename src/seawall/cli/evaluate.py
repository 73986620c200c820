"""`seawall evaluate`: runs against the truth of their worlds."""

from pathlib import Path

import click
import msgspec

from seawall.cli.configuration import Settings, with_settings
from seawall.lake.kept_runs import is_run
from seawall.pages.evaluation import render_evaluation
from seawall.records.errors import BadInput
from seawall.records.ids import IdKey
from seawall.trials.evaluate import Evaluation, summarise
from seawall.trials.judged import judge

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
@click.option("--page", type=click.Path(path_type=Path, dir_okay=False), help="Write a page with the figures drawn.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_settings
def evaluate(
    run: Path,
    truth: Path,
    also: tuple[tuple[Path, Path], ...],
    page: Path | None,
    as_json: bool,
    settings: Settings,
) -> None:
    """Measure runs against the truth of their worlds.

    Prints recall, precision, role F1, false accusations in each look-alike community, network recovery and
    calibration, each with its interval, and how often a run is wrong where it is sure. Runs with keyed ids need the key
    file that they were made with.
    """
    worlds = [judge(folder, known, None, _key(folder, settings)) for folder, known in [(run, truth), *also]]
    found = summarise(worlds)
    if page:
        page.write_text(render_evaluation(f"How right {run.name} is", found.lines(), found.coverage), encoding="utf-8")
    tell(found, as_json=as_json)


def _key(run: Path, settings: Settings) -> IdKey | None:
    """The key behind the ids of a run; none where they are plain."""
    if not is_run(run):
        raise BadInput(f"{run} is not a run folder. Give one that `seawall run` wrote.")
    plain = msgspec.json.decode((run / "summary.json").read_bytes())["plain_ids"]
    return None if plain else settings.key()


def tell(evaluation: Evaluation, *, as_json: bool) -> None:
    """Print an evaluation for a person or for a program."""
    if as_json:
        click.echo(evaluation.as_json(), nl=False)
        return
    for line in evaluation.lines():
        click.echo(line)
