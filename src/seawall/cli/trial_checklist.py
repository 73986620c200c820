"""What `seawall trial checklist` reads before it answers."""

import json
from pathlib import Path
from typing import Any

from seawall.cli.trial_order import Ground
from seawall.records.errors import BadInput
from seawall.trials.arms import ON
from seawall.trials.checklist import Answer, Material, answers
from seawall.trials.evaluate import evaluate
from seawall.trials.guards import guard_of_run
from seawall.trials.labels import by_findings, by_truth
from seawall.trials.platform import read_platform
from seawall.trials.results import Written


def answer_all(ground: Ground, trial: Written, measured: tuple[Path, ...]) -> list[Answer]:
    """Fourteen answers about a trial, the run it walked and the truth of its world."""
    if ground.truth is None or ON.name not in trial.figures["arms"]:
        raise BadInput(f"{trial.folder} has no truth, or no walk with the guard: the questions cannot be answered.")
    platform = read_platform(ground.activity, ground.key)
    with guard_of_run(ground.run, ground.key) as guard:
        return answers(
            Material(
                figures=trial.figures,
                evaluation=evaluate(ground.run, ground.truth, activity=ground.activity, key=ground.key),
                platform=platform,
                truth=by_truth(ground.truth, platform, ground.key),
                found=by_findings(ground.run, platform),
                guard=guard,
                run=ground.run,
                key=ground.key,
                measured=_measured(measured),
            )
        )


def _measured(files: tuple[Path, ...]) -> dict[str, Any]:
    """The JSON objects that commands printed as their last line, as one."""
    told: dict[str, Any] = {}
    for path in files:
        try:
            told |= json.loads(path.read_text("utf-8").strip().splitlines()[-1])
        except (ValueError, IndexError, OSError, TypeError) as error:
            raise BadInput(
                f"{path} does not end with one line of JSON ({error}). Give what the command printed."
            ) from error
    return told
