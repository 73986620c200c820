"""What a trial leaves in its folder: aggregates, never who was shown.

`trial.json` has every figure; `walks.parquet` has one row for each test account, arm and recommender, with counts
alone. Both are the same for the same plan and platform, but for `timings` in the former.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from seawall.records.errors import BadInput, UnknownVersion
from seawall.records.run import SCHEMA_VERSION
from seawall.trials import measures
from seawall.trials.arms import MAIN
from seawall.trials.draws import Bools
from seawall.trials.recommenders.base import SURFACES
from seawall.trials.tally import Tally
from seawall.trials.trial import Outcome

TRIAL, WALKS = "trial.json", "walks.parquet"
COUNTS = ("steps", "shown", "exposures", "first_step", "first_items", "own_items", "withheld", "young_withheld")
MORE = ("sellers_followed", "children_shown", "whole")


@dataclass(frozen=True, slots=True)
class Written:
    """A trial as read back: its figures and its walks."""

    folder: Path
    figures: Mapping[str, Any]
    walks: pa.Table


def figures(outcome: Outcome, found: Bools, source: str, versions: Mapping[str, str]) -> dict[str, Any]:
    """Everything that `trial.json` holds; `versions` names the guard index and the policy that were asked."""
    plan, labels, platform = outcome.plan, outcome.ground.labels, outcome.ground.platform
    arms = [arm for arm in plan.arms if arm in MAIN]
    planned = {
        "runs": plan.runs,
        "seed": plan.seed,
        "precision": plan.precision,
        "recommenders": list(plan.recommenders),
        "personas": {persona.name: persona.says for persona in plan.personas},
        "steps": plan.steps,
        **versions,
    }
    return {
        "schema_version": SCHEMA_VERSION,
        "seawall_version": version("seawall"),
        "plan": planned,
        "digest": hashlib.sha256(msgspec.json.encode(planned, order="deterministic")).hexdigest()[:16],
        "platform": {
            "accounts": platform.size,
            "risky": int(labels.risky.sum()),
            "risky_by": source,
            "tags": len(platform.tags),
            "fingerprint": hashlib.sha256(platform.accounts.tobytes()).hexdigest()[:16],
        },
        "rounds": outcome.rounds,
        "headline": measures.headline(outcome, found),
        "arms": {arm.name: measures.arm_figures(outcome, arm.name) for arm in arms},
        "shares": [_exposure_share(outcome, arm.name) for arm in arms],
        "frontier": measures.frontier(outcome),
        "guard_failures": dict(outcome.failures),
        "timings": {"seconds": dict(outcome.timings), "guard": measures.latency(outcome.seconds)},
    }


def _exposure_share(outcome: Outcome, arm: str) -> dict[str, Any]:
    """The exposure of test accounts as a transparency report takes it: a name, hits and of."""
    tallies = [measures.joined(outcome, arm, name) for name in outcome.plan.recommenders]
    hits, of = (sum(int(getattr(t, name).sum()) for t in tallies) for name in ("exposures", "shown"))
    return {"name": f"risky items shown to test accounts, guard: {arm}", "hits": hits, "of": of}


def write(folder: Path, told: Mapping[str, Any], walks: pa.Table, report: str) -> None:
    """Write a trial's folder, private to its owner; raises BadInput where it holds one already."""
    if (folder / TRIAL).exists():
        raise BadInput(f"{folder} holds a trial already. Name another folder with --out.")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    pq.write_table(walks, folder / WALKS, compression="zstd")
    (folder / "report.html").write_text(report, encoding="utf-8")
    (folder / TRIAL).write_bytes(msgspec.json.format(msgspec.json.encode(told), indent=2))


def read(folder: Path) -> Written:
    """A trial that was written; raises BadInput where there is none, UnknownVersion for another Seawall's."""
    try:
        told = msgspec.json.decode((folder / TRIAL).read_bytes())
        walks = pq.read_table(folder / WALKS)
    except (OSError, msgspec.DecodeError, pa.ArrowInvalid) as error:
        raise BadInput(
            f"{folder} holds no whole trial ({error}). Give a folder that `seawall trial run` wrote."
        ) from error
    if told.get("schema_version") != SCHEMA_VERSION:
        raise UnknownVersion.of(str(folder), told.get("schema_version"), SCHEMA_VERSION)
    return Written(folder, told, walks)


def walk_table(outcome: Outcome) -> pa.Table:
    """One row a walk, rounds one after the other."""
    names = np.array([persona.name for persona in outcome.plan.personas])
    parts = []
    for (arm, recommender, number), tally in sorted(outcome.walks.items()):
        runs = np.bincount(tally.persona)[0]
        columns = {
            "arm": pa.array([arm] * len(tally.persona)).dictionary_encode(),
            "recommender": pa.array([recommender] * len(tally.persona)).dictionary_encode(),
            "persona": pa.array(names[tally.persona]).dictionary_encode(),
            "run": pa.array((_before(outcome, number) + np.arange(len(tally.persona)) % runs).astype(np.int32)),
        }
        parts.append(pa.table(columns | _counts(tally)))
    return pa.concat_tables(parts).unify_dictionaries()


def _counts(tally: Tally) -> dict[str, pa.Array]:
    told = {name: pa.array(getattr(tally, name)) for name in (*COUNTS, *MORE)}
    told |= {"first_minute": pa.array(tally.first_minute.astype(np.float32))}
    told |= {"minutes": pa.array(tally.minutes.astype(np.float32)), "peak": pa.array(measures.peaks(tally))}
    for place, surface in enumerate(SURFACES):
        told[f"items_{surface}"] = pa.array(tally.items[:, place])
        told[f"risky_{surface}"] = pa.array(tally.risky[:, place])
    return told


def _before(outcome: Outcome, number: int) -> int:
    return sum(outcome.plan.rounds()[:number])
