"""What sellers who know how Seawall works gain by five attacks on invented worlds.

Each attack changes a world's activity and nothing else; the run, its lexicon and its threshold stay. Recall and
precision are of the seller side, false accusations of every bystander, `worst` of the look-alike community that suffers
most, `targets` the innocents whom the attack uses or is aimed at. Keys of `--json`: `attacks.<name>.<figure>`, and
`attacks.<name>.change.<figure>` against `none`.
"""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

import seawall as seawall_package
from bench.world_page import command, world_page
from bench.worlds import Trial, digest, seawall, spell_seeds, tell, world
from seawall.records.roles import SELLER_SIDE, Role
from seawall.trials.evaluate import summarise
from seawall.trials.judged import BYSTANDER, Judged, judge

PAGE = "attacks.md"
CELEBRITIES, FOLLOWED = 200, 100
"""The most followed accounts, and how many of them each seller follows and likes."""
FRIENDS, LIKED, COMMENTED, RETURNED = 50, 30, 15, 10
"""What each seller gives to, and gets back from, the members of a look-alike community."""
PARTS, BOUGHT = 3, 1_000
BRIGADE, TARGETS = 200, 50
HIDES_AMONG = ("artists", "collectors", "adult_creators", "fandom")
DAY = 86_400_000_000

Places = np.ndarray[Any, np.dtype[np.int64]]
Rng = np.random.Generator


@dataclass(frozen=True)
class Platform:
    """A world as its sellers see it: who there is, and the activity that they can change."""

    activity: Path
    ids: pa.Array
    role: Places
    community: np.ndarray[Any, Any]
    network: Places

    @classmethod
    def of(cls, folder: Path) -> "Platform":
        """From the folder of a world."""
        truth = pq.read_table(folder / "truth.parquet")
        truth = truth.filter(pc.equal(truth["subject_kind"], "account"))
        network = pc.fill_null(truth["network_id"].combine_chunks().dictionary_encode().indices, -1)
        role = pc.index_in(truth["role"], pa.array([str(role) for role in Role]))
        return cls(
            folder / "activity",
            truth["subject_id"].combine_chunks(),
            role.to_numpy().astype(np.int64),
            np.asarray(pc.fill_null(truth["community"], "").to_numpy(zero_copy_only=False), str),
            network.to_numpy().astype(np.int64),
        )

    @property
    def sellers(self) -> Places:
        """The seller side."""
        return np.flatnonzero(np.isin(self.role, [place for place, role in enumerate(Role) if role in SELLER_SIDE]))

    @property
    def innocent(self) -> Places:
        """Every bystander."""
        return np.flatnonzero(self.role == BYSTANDER)

    def read(self, table: str) -> pa.Table:
        """A table of the activity."""
        return pq.read_table(self.activity / f"{table}.parquet")

    def places(self, ids: pa.ChunkedArray) -> Places:
        """The places of accounts, -1 for an unknown one."""
        return np.asarray(pc.fill_null(pc.index_in(ids, value_set=self.ids), -1)).astype(np.int64)

    def more(self, table: str, **columns: Any) -> pa.Table:
        """A table with rows added; columns that are not given are null, and accounts are given as places."""
        old = self.read(table)
        size = max(len(values) for values in columns.values() if not isinstance(values, str))
        added = []
        for one in old.schema:
            values = columns.get(one.name, pa.nulls(size, one.type))
            if isinstance(values, str):
                values = pa.repeat(values, size)
            elif isinstance(values, np.ndarray) and pa.types.is_string(one.type):
                values = self.ids.take(pa.array(values))
            added.append(pa.array(values) if isinstance(values, np.ndarray) else values)
        arrays = [values.cast(one.type) for values, one in zip(added, old.schema, strict=True)]
        return pa.concat_tables([old, pa.table(arrays, schema=old.schema)])

    def days(self, rng: Rng, size: int) -> pa.Array:
        """Moments within the last half year of the activity."""
        last = pc.max(self.read("follows")["created_at"]).cast(pa.int64()).as_py()
        return pa.array(last - rng.integers(0, 180 * DAY, size)).cast(pa.timestamp("us", "UTC"))

    def following(self, rng: Rng, who: Places, whom: Places) -> pa.Table:
        """Follows, with those added."""
        return self.more("follows", follower_id=who, followee_id=whom, created_at=self.days(rng, len(who)))

    def acting(self, rng: Rng, who: Places, whom: Places, kind: pa.Array) -> pa.Table:
        """Interactions, with those added."""
        at = self.days(rng, len(who))
        return self.more("interactions", actor_id=who, target_id=whom, kind=kind, created_at=at)


@dataclass(frozen=True)
class Changed:
    """The tables that an attack changes, and the innocents whom it uses or is aimed at."""

    tables: Mapping[str, pa.Table] = field(default_factory=dict)
    targets: Places = field(default_factory=lambda: np.empty(0, np.int64))


def nothing(_platform: Platform, _rng: Rng) -> Changed:
    """What everything else is measured against."""
    return Changed()


def celebrities(platform: Platform, rng: Rng) -> Changed:
    """Every seller follows and likes a hundred of the two hundred most followed accounts."""
    followed = platform.places(platform.read("follows")["followee_id"])
    famous = np.argsort(-np.bincount(followed[followed >= 0], minlength=len(platform.ids)))[:CELEBRITIES]
    who = np.repeat(platform.sellers, FOLLOWED)
    whom = np.concatenate([rng.choice(famous, FOLLOWED, replace=False) for _ in platform.sellers])
    kind = pa.repeat("like", len(who))
    return Changed(
        {"follows": platform.following(rng, who, whom), "interactions": platform.acting(rng, who, whom, kind)}
    )


def camouflage(platform: Platform, rng: Rng) -> Changed:
    """Each ring joins a look-alike community: follows, likes and comments on its members, some of whom follow back."""
    follow, act, kinds = [], [], []
    for number in np.unique(platform.network[platform.sellers]):
        circle = np.flatnonzero((platform.community == rng.choice(HIDES_AMONG)) & (platform.role == BYSTANDER))
        for seller in platform.sellers[platform.network[platform.sellers] == number]:
            met = rng.choice(circle, FRIENDS + LIKED + COMMENTED + RETURNED)
            friends, touched, back = np.split(met, [FRIENDS, FRIENDS + LIKED + COMMENTED])
            follow += [np.stack([np.full(len(friends), seller), friends]), np.stack([back, np.full(len(back), seller)])]
            act.append(np.stack([np.full(len(touched), seller), touched]))
            kinds += ["like"] * LIKED + ["comment"] * COMMENTED
    (who, whom), (actor, target) = np.concatenate(follow, axis=1), np.concatenate(act, axis=1)
    tables = {"follows": platform.following(rng, who, whom)}
    return Changed(tables | {"interactions": platform.acting(rng, actor, target, pa.array(kinds))})


def split(platform: Platform, rng: Rng) -> Changed:
    """Each ring falls into three parts, buyers included, that no longer follow, write to or look at one another."""
    part = np.where(platform.network >= 0, rng.integers(0, PARTS, len(platform.ids)), -1)

    def kept(table: str, one: str, two: str) -> pa.Table:
        rows = platform.read(table)
        source, sink = platform.places(rows[one]), platform.places(rows[two])
        inside = (platform.network[source] >= 0) & (platform.network[source] == platform.network[sink])
        return rows.filter(pa.array(~(inside & (part[source] != part[sink]))))

    return Changed(
        {
            "follows": kept("follows", "follower_id", "followee_id"),
            "interactions": kept("interactions", "actor_id", "target_id"),
        }
    )


def bought_followers(platform: Platform, rng: Rng) -> Changed:
    """Every seller buys a thousand followers, drawn from all innocents."""
    whom = np.repeat(platform.sellers, BOUGHT)
    who = np.concatenate([rng.choice(platform.innocent, BOUGHT, replace=False) for _ in platform.sellers])
    return Changed({"follows": platform.following(rng, who, whom)}, np.unique(who))


def bought_farm(platform: Platform, rng: Rng) -> Changed:
    """Every ring buys a thousand innocent followers, the same for each of its sellers."""
    follows, farms = [], []
    for number in np.unique(platform.network[platform.sellers]):
        farm = rng.choice(platform.innocent, BOUGHT, replace=False)
        ring = platform.sellers[platform.network[platform.sellers] == number]
        follows.append(np.stack([np.tile(farm, len(ring)), np.repeat(ring, BOUGHT)]))
        farms.append(farm)
    who, whom = np.concatenate(follows, axis=1)
    return Changed({"follows": platform.following(rng, who, whom)}, np.unique(np.concatenate(farms)))


def brigade(platform: Platform, rng: Rng) -> Changed:
    """Two hundred accounts, the sellers among them, report fifty innocents, half of whom have something to sell."""
    trading = platform.innocent[np.isin(platform.community[platform.innocent], HIDES_AMONG[:3])]
    others = np.setdiff1d(platform.innocent, trading)
    targets = np.concatenate([rng.choice(trading, TARGETS // 2, False), rng.choice(others, TARGETS // 2, False)])
    crowd = np.setdiff1d(platform.innocent, targets)
    sellers = rng.permutation(platform.sellers)[: BRIGADE // 2]
    reporters = np.concatenate([sellers, rng.choice(crowd, BRIGADE - len(sellers), False)])
    who, whom = np.tile(reporters, TARGETS), np.repeat(targets, BRIGADE)
    table = platform.more(
        "complaints",
        complaint_id=pa.array([f"brigade-{row}" for row in range(len(who))]),
        account_id=whom,
        reporter_id=who,
        reason=platform.read("complaints")["reason"][0].as_py(),
        created_at=platform.days(rng, len(who)),
    )
    return Changed({"complaints": table}, targets)


ATTACKS: Mapping[str, tuple[str, Callable[[Platform, Rng], Changed]]] = {
    "none": ("no attack", nothing),
    "celebrities": ("every seller follows and likes 100 celebrities", celebrities),
    "camouflage": ("every ring joins a look-alike community", camouflage),
    "split": ("every ring splits in three", split),
    "bought_followers": ("every seller buys 1,000 innocent followers", bought_followers),
    "bought_farm": ("every ring buys 1,000 innocents who follow all its sellers", bought_farm),
    "brigade": ("a brigade of 200 reports 50 innocents", brigade),
}


@dataclass(frozen=True)
class Suffered:
    """A world under an attack: how the run is judged, and the targets of the attack (rows of the truth)."""

    judged: Judged
    targets: Places


def under(name: str, folder: Path, seed: int, code: str) -> Suffered:
    """Run on a world under an attack; a run that this `code` made before is judged again."""
    place = folder / "attacks" / f"{name}-{code}"
    changed = ATTACKS[name][1](Platform.of(folder), np.random.default_rng((seed, len(name))))
    if not (place / "run").exists():
        shutil.rmtree(place, ignore_errors=True)
        (place / "activity").mkdir(parents=True)
        for table in (folder / "activity").iterdir():
            if table.stem not in changed.tables:
                (place / "activity" / table.name).hardlink_to(table)
        for table, rows in changed.tables.items():
            pq.write_table(rows, place / "activity" / f"{table}.parquet")
        seawall(place / "activity", folder / "lexicon.csv", place / "run")
    return Suffered(judge(place / "run", folder / "truth.parquet", None, None), changed.targets)


def figures(worlds: list[Suffered]) -> dict[str, float]:
    """What one attack leaves, all worlds together."""
    one = summarise([world.judged for world in worlds])
    communities = {name: x for name, x in one.false_accusations.items() if name not in ("all", "ordinary")}
    worst = max(communities, key=lambda name: communities[name].share or 0.0)
    hit = [world.judged.said[world.targets] != BYSTANDER for world in worlds]
    return {
        "recall": one.seller_side.recall.share or 0.0,
        "precision": one.seller_side.precision.share or 0.0,
        "buyers_recall": one.buyers.recall.share or 0.0,
        "false_accusations": one.false_accusations["all"].share or 0.0,
        "worst": communities[worst].share or 0.0,
        "targets": sum(len(some) for some in hit),
        "targets_accused": int(sum(some.sum() for some in hit)),
        "network_f1": one.networks.f1.value or 0.0,
    }


def measure(trial: Trial) -> dict[str, dict[str, float]]:
    """Every attack on every world."""
    found: dict[str, dict[str, float]] = {}
    code = digest(Path(seawall_package.__file__).parent, Path(__file__))
    for name in ATTACKS:
        worlds = [under(name, world(trial, seed), seed, code) for seed in trial.seeds]
        found[name] = figures(worlds)
        tell(f"{name}: {found[name]}")
    return found


def page(trial: Trial, found: Mapping[str, Mapping[str, float]]) -> str:
    """The page of the table."""
    rows = []
    for name, one in found.items():
        hit = f"{one['targets_accused']} of {one['targets']:,}" if one["targets"] else "–"
        cells = [ATTACKS[name][0], f"{one['recall']:.3f}", f"{one['precision']:.3f}", f"{one['buyers_recall']:.3f}"]
        cells += [f"{one['false_accusations']:.3%}", f"{one['worst']:.2%}", hit, f"{one['network_f1']:.3f}"]
        rows.append(f"| {' | '.join(cells)} |")
    return f"""# What attacks gain

Sellers who know how Seawall works change their activity; the run stays as it is. Worlds of {trial.accounts:,} accounts,
seeds {spell_seeds(trial.seeds)} pooled, no verdicts. `bench/attacks.py` says what each attack does; this page is
written by `{command("attacks", trial)}`.

Recall and precision are the sellers' side's; false accusations are of all bystanders, the worst those of the look-alike
community that suffers most; accused targets are innocents whom the attack uses or is aimed at.

| attack | recall | precision | buyers' recall | false accusations | worst | accused targets | networks F1 |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
{chr(10).join(rows)}
"""


def gains(found: Mapping[str, Mapping[str, float]]) -> dict[str, Any]:
    """The figures with what changed against no attack."""
    told: dict[str, Any] = {}
    for name, one in found.items():
        change = {key: round(one[key] - found["none"][key], 5) for key in ("recall", "precision", "false_accusations")}
        told[name] = {**one, "change": change}
    return {"attacks": told}


if __name__ == "__main__":
    world_page(__doc__, PAGE, measure, page, gains)
