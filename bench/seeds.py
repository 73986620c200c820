"""From a handful of known sellers to the others: no lexicon, nobody cleared.

A platform knows 5, 10 or 20 sellers, drawn from all networks of an invented world, and has no lexicon. The run ranks
accounts by how likely they are on the seller side; `recall` is the share of the sellers' side beyond the seeds among
the first 500 names, `reached` the same of those networks that hold a seed, `flagged_precision` of what was flagged.
Beside it the same names by rank from the seeds over rank from everyone (personalised PageRank). Keys of `--json`:
`seeds.<count>.<figure>`.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

import seawall as seawall_package
from bench.attacks import Places, Platform
from bench.peers.lexicon_walk import follow_ties
from bench.world_page import command, world_page
from bench.worlds import KEY, Trial, digest, spell_seeds, tell, world
from seawall.flow.order import Order
from seawall.flow.progress import Stages
from seawall.flow.run import STAGES
from seawall.flow.run import run as carry_out
from seawall.network.propagate import lift
from seawall.records.activity import VERDICTS_TABLE
from seawall.records.roles import ROLES, SELLER_SIDE, Role

PAGE = "seeds.md"
COUNTS = (5, 10, 20)
FIRST = 500
SIDE = [str(role) for role in ROLES if role in SELLER_SIDE]


def drawn(platform: Platform, count: int, seed: int) -> Places:
    """So many sellers of the world."""
    sellers = np.flatnonzero(platform.role == ROLES.index(Role.SELLER))
    return np.sort(np.random.default_rng((seed, count)).choice(sellers, count, replace=False))


def with_seeds(platform: Platform, seeds: Places, out: Path) -> Path:
    """The activity with these sellers confirmed."""
    out.mkdir(parents=True)
    for table in platform.activity.iterdir():
        (out / table.name).hardlink_to(table)
    confirmed = platform.ids.take(pa.array(seeds))
    values = {
        "subject_kind": pa.repeat("account", len(seeds)),
        "subject_id": confirmed,
        "verdict": pa.repeat("confirmed", len(seeds)),
        "role": pa.repeat("seller", len(seeds)),
        "decided_at": platform.days(np.random.default_rng(0), len(seeds)),
        "decided_by": pa.repeat("analyst-1", len(seeds)),
    }
    schema = VERDICTS_TABLE.raw_schema
    columns = [values[one.name].cast(one.type) for one in schema]
    pq.write_table(pa.table(columns, schema=schema), out / "verdicts.parquet")
    return out


def ranked(run: Path, platform: Platform) -> tuple[Places, Places]:
    """The accounts with a finding, likeliest sellers first, and those that are flagged."""
    findings = pq.read_table(run / "findings.parquet")
    findings = findings.filter(pc.equal(findings["subject_kind"], "account"))
    places = platform.places(findings["subject_id"])
    sells = np.sum([findings[name].to_numpy() for name in SIDE], axis=0)
    return places[np.argsort(-sells, kind="stable")], places[findings["flagged"].to_numpy(zero_copy_only=False)]


def near(platform: Platform, seeds: Places) -> Places:
    """Everyone, nearest to the seeds first, by a walk along follows and interactions."""
    ties = follow_ties(platform.activity, platform.ids)
    start = np.zeros(len(platform.ids), np.float32)
    start[seeds] = 1
    return np.argsort(-lift((ties + ties.T).tocsr(), start), kind="stable")


def share(who: Places, wanted: Places) -> float:
    """Of `wanted`, those among `who`."""
    return float(np.isin(wanted, who).mean()) if len(wanted) else 1.0


def one_run(folder: Path, count: int, seed: int, code: str) -> dict[str, float]:
    """What so many seeds find in one world."""
    platform = Platform.of(folder)
    seeds, place = drawn(platform, count, seed), folder / "seeds" / f"{count}-{code}"
    if not (place / "run").exists():
        shutil.rmtree(place, ignore_errors=True)
        activity = with_seeds(platform, seeds, place / "activity")
        order = Order(activity, place / "run", KEY, threads=1, plain_ids=True)
        carry_out(order, Stages(STAGES, quiet=True))
    names, flagged = ranked(place / "run", platform)
    others = np.setdiff1d(platform.sellers, seeds)
    touched = others[np.isin(platform.network[others], platform.network[seeds])]
    first = names[~np.isin(names, seeds)][:FIRST]
    walked = near(platform, seeds)
    hidden = platform.role != ROLES.index(Role.BYSTANDER)
    return {
        "recall": share(first, others),
        "reached": share(first, touched),
        "walk_recall": share(walked[~np.isin(walked, seeds)][:FIRST], others),
        "names": len(first),
        "flagged_recall": share(flagged, others),
        "flagged_precision": float(hidden[flagged].mean()) if len(flagged) else 1.0,
    }


def measure(trial: Trial) -> dict[str, dict[str, float]]:
    """Every count of seeds on every world, and the mean over worlds."""
    code = digest(Path(seawall_package.__file__).parent, Path(__file__))
    found: dict[str, dict[str, float]] = {}
    for count in COUNTS:
        rows = [one_run(world(trial, seed), count, seed, code) for seed in trial.seeds]
        found[str(count)] = {key: round(float(np.mean([row[key] for row in rows])), 4) for key in rows[0]}
        found[str(count)]["least_recall"] = round(min(row["recall"] for row in rows), 4)
        tell(f"{count} seeds: {found[str(count)]}")
    return found


def page(trial: Trial, found: Mapping[str, Mapping[str, float]]) -> str:
    """The page of the table."""
    rows = []
    for count, one in found.items():
        names = ("recall", "least_recall", "reached", "walk_recall", "flagged_recall", "flagged_precision")
        rows.append(f"| {count} | {' | '.join(f'{one[name]:.3f}' for name in names)} |")
    return f"""# From a few known sellers to the others

Worlds of {trial.accounts:,} accounts, seeds {spell_seeds(trial.seeds)}; so many sellers are confirmed, nobody is
cleared, and there is no lexicon. Without one a run reads what accounts near to confirmed sellers say, takes the terms
that it would propose as its lexicon, and reads again (`seawall.flow.believe`).

`{command("seeds", trial)}`

Recall is of the sellers' side beyond the seeds in the first {FIRST} names; `reached` of networks that hold a seed;
`walk` of the first {FIRST} names by personalised PageRank from the seeds over that from everyone.

| seeds | recall | least of the worlds | reached | walk | flagged: recall | precision |
| ---: | ---: | ---: | ---: | ---: | ---: | ---: |
{chr(10).join(rows)}
"""


if __name__ == "__main__":
    world_page(__doc__, PAGE, measure, page, lambda found: {"seeds": found})
