"""The figures of a trial, with intervals over its runs.

An item is a suggested or found account, or a post; it is risky when the account behind it has a part in the trade.
Intervals are percentiles of 500 bootstrap draws of test accounts (of viewers, for costs), paired where two guards are
compared, since both walked the same test accounts. Keys of `headline`, all stable:

* `flooded_share_off`: of the borderline persona on the co-follow recommender without a guard, the share of risky items
  over the five follows in a row at which it was highest, up to the thirtieth follow; mean over runs. `flooded_runs_off`
  is the share of runs in which it passed a third, `flooded_peak_fan` the same mean of a persona that should not flood.
* `exposure_cut`, `exposure_cut_truth`: one less risky items with the guard over those without, all personas and
  recommenders; the guard knowing what the run found, or the truth.
* `exposure_recall`: the share of the risky items shown without a guard that come from accounts which the run flagged.
* `benign_lost`, `benign_lost_truth`: of the innocent items of the recommender's own pages, those withheld. Children's
  accounts and suggestions to children, and what a search for a word of the trade finds, are not counted.
* `reach_lost_max`: the most that a look-alike community loses of its showings, and `reach_lost_community` which it is.
* `ndcg_change`: relative change of NDCG at 20 on the benign follows of ordinary accounts.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from seawall.records.roles import ROLES
from seawall.trials.arms import OFF, ON, TRUTH
from seawall.trials.audit import Cost
from seawall.trials.draws import Bools, Floats, Ints, Rng
from seawall.trials.intervals import Score, score
from seawall.trials.labels import Labels
from seawall.trials.personas import BORDERLINE
from seawall.trials.recommenders.base import SIGNALS, SURFACES
from seawall.trials.tally import FLOOD, NEVER, Tally
from seawall.trials.trial import Outcome

DRAWS = 500
WINDOW, LEAST_ITEMS, THIRD = 5, 30, 1 / 3
FIRST = (10, 50, 100)


def joined(outcome: Outcome, arm: str, recommender: str) -> Tally:
    """The walks of an arm and a recommender, every round of them."""
    parts = [t for (a, r, _), t in sorted(outcome.walks.items()) if a == arm and r == recommender]
    first = parts[0]
    if len(parts) == 1:
        return first
    summed = {name: sum(getattr(p, name) for p in parts) for name in ("introduced", "exposure")}
    names = [name for name in first.__dataclass_fields__ if name not in summed]
    return Tally(**{name: np.concatenate([getattr(p, name) for p in parts]) for name in names}, **summed)


def weights(rng: Rng, count: int) -> Floats:
    """Bootstrap weights, a draw in each row, (DRAWS, count)."""
    drawn: Floats = rng.multinomial(count, np.full(count, 1 / count), DRAWS).astype(np.float64)
    return drawn


def ratio(top: Floats | Ints, bottom: Floats | Ints, drawn: Floats) -> Score:
    """Sum over sum, with its interval."""
    whole = float(np.sum(bottom))
    value = float(np.sum(top)) / whole if whole else float("nan")
    with np.errstate(invalid="ignore", divide="ignore"):
        return score(value, (drawn @ top) / (drawn @ bottom))


def peaks(tally: Tally) -> Floats:
    """The highest share of risky items over `WINDOW` follows in a row with at least `LEAST_ITEMS` items, (w,)."""
    best = np.zeros(len(tally.persona))
    for first in range(FLOOD + 2 - WINDOW):
        items = tally.flood_items[:, first : first + WINDOW].sum(axis=1)
        risky = tally.flood_risky[:, first : first + WINDOW].sum(axis=1)
        best = np.where(items >= LEAST_ITEMS, np.maximum(best, risky / np.maximum(items, 1)), best)
    return best


def headline(outcome: Outcome, found: Bools) -> dict[str, Any]:
    """The keys that the module's docstring defines; `found` marks the accounts that the run flagged."""
    rng = np.random.default_rng((outcome.plan.seed, 4))
    off = _pooled(outcome, OFF.name)
    walked = {arm.name for arm in outcome.plan.arms}
    drawn = weights(rng, len(off.persona))
    told: dict[str, Any] = _flood(outcome)
    for arm, ending in ((ON.name, ""), (TRUTH.name, "_truth")):
        if arm not in walked:
            continue
        one = _pooled(outcome, arm)
        told |= _named(f"exposure_cut{ending}", _one_less(ratio(one.exposures, off.exposures, drawn)))
        told |= _named(f"benign_lost{ending}", ratio(one.withheld, one.own_items, drawn))
        told |= _costs(rng, outcome, arm, ending)
    told["exposure_recall"] = float(off.exposure[found].sum() / max(off.exposure.sum(), 1))
    return told


def _flood(outcome: Outcome) -> dict[str, Any]:
    recommender = "co-follow" if "co-follow" in outcome.plan.recommenders else outcome.plan.recommenders[0]
    tally = joined(outcome, OFF.name, recommender)
    names = [persona.name for persona in outcome.plan.personas]
    told: dict[str, Any] = {}
    rng = np.random.default_rng((outcome.plan.seed, 5))
    if BORDERLINE in names:
        high = peaks(tally)[tally.persona == names.index(BORDERLINE)]
        told |= _named("flooded_share_off", _mean(high, weights(rng, len(high))))
        told["flooded_runs_off"] = float((high > THIRD).mean())
    if "fan" in names:
        told["flooded_peak_fan"] = float(peaks(tally)[tally.persona == names.index("fan")].mean())
    return told


def _costs(rng: Rng, outcome: Outcome, arm: str, ending: str) -> dict[str, Any]:
    off, on = outcome.costs[OFF.name], outcome.costs[arm]
    drawn = weights(rng, len(off.ndcg))
    known = np.isfinite(off.ndcg)
    change = ratio(np.where(known, on.ndcg - off.ndcg, 0.0), np.where(known, off.ndcg, 0.0), drawn)
    lost = reach_lost(outcome.ground.labels, off, on, drawn)
    worst = max(lost, key=lambda name: lost[name].value or 0.0, default=None)
    told: dict[str, Any] = _named(f"ndcg_change{ending}", change)
    if worst is not None:
        told |= _named(f"reach_lost_max{ending}", lost[worst]) | {f"reach_lost_community{ending}": worst}
    return told


def reach_lost(labels: Labels, off: Cost, on: Cost, drawn: Floats) -> dict[str, Score]:
    """What each look-alike community loses of its showings; below zero where it gains."""
    return {
        name: _one_less(ratio(on.reach[:, place], off.reach[:, place], drawn))
        for place, name in enumerate(labels.communities)
        if off.reach[:, place].any()
    }


def arm_figures(outcome: Outcome, arm: str) -> dict[str, Any]:
    """Everything about one arm: by recommender and persona, by surface, and what it costs."""
    rng = np.random.default_rng((outcome.plan.seed, 6))
    tallies = {name: joined(outcome, arm, name) for name in outcome.plan.recommenders}
    told: dict[str, Any] = {"recommenders": {name: _by_persona(rng, outcome, t) for name, t in tallies.items()}}
    told["surfaces"] = {str(s): _surface(list(tallies.values()), place) for place, s in enumerate(SURFACES)}
    told["introductions"] = introductions(list(tallies.values()), [p.name for p in outcome.plan.personas])
    connects = np.array([p.connects for p in outcome.plan.personas])
    joins = [t.sellers_followed[connects[t.persona]] for t in tallies.values()]
    told["sellers_followed_by_buyers"] = float(np.concatenate(joins).mean())
    shown = [t.children_shown[connects[t.persona]] for t in tallies.values()]
    told["children_shown_to_risky_adults"] = float(np.concatenate(shown).mean())
    told["young_withheld"] = int(sum(t.young_withheld.sum() for t in tallies.values()))
    return told | _cost_figures(outcome, arm)


def frontier(outcome: Outcome) -> list[dict[str, Any]]:
    """The two sides of the trade for every arm, over the runs of the first round."""
    rng = np.random.default_rng((outcome.plan.seed, 7))
    off = _pooled(outcome, OFF.name, 1)
    drawn = weights(rng, len(off.persona))
    rows = []
    for arm in outcome.plan.arms:
        one = _pooled(outcome, arm.name, 1)
        row: dict[str, Any] = {"arm": arm.name, "knows": arm.knows}
        row |= _named("exposure_cut", _one_less(ratio(one.exposures, off.exposures, drawn)))
        row |= _named("benign_lost", ratio(one.withheld, one.own_items, drawn))
        rows.append(row)
    return rows


def _by_persona(rng: Rng, outcome: Outcome, tally: Tally) -> dict[str, Any]:
    return {
        persona.name: _walked(rng, tally, np.flatnonzero(tally.persona == number))
        for number, persona in enumerate(outcome.plan.personas)
    }


def _walked(rng: Rng, tally: Tally, who: Ints) -> dict[str, Any]:
    met = tally.first_step[who] != NEVER
    told: dict[str, Any] = _named("risky_share", ratio(tally.exposures[who], tally.shown[who], weights(rng, len(who))))
    told |= {"runs": len(who), "never_exposed": float((~met).mean())}
    for name in ("first_step", "first_items", "first_minute"):
        told[name] = float(np.median(getattr(tally, name)[who][met])) if met.any() else None
    told["exposed_within"] = {str(n): float((met & (tally.first_items[who] <= n)).mean()) for n in FIRST}
    items, risky = tally.flood_items[who].sum(axis=0), tally.flood_risky[who].sum(axis=0)
    told["flood_curve"] = [round(float(r / i), 4) if i else None for r, i in zip(risky, items, strict=True)]
    told["peak"] = float(peaks(tally)[who].mean())
    return told


def _surface(tallies: list[Tally], place: int) -> dict[str, Any]:
    """Items and risky ones, and how many walks meet one among the surface's first N items."""
    items = sum(int(t.items[:, place].sum()) for t in tallies)
    risky = sum(int(t.risky[:, place].sum()) for t in tallies)
    first = np.concatenate([t.first_at[:, place] for t in tallies])
    within = {str(n): float(((first != NEVER) & (first <= n)).mean()) for n in FIRST}
    return {"items": items, "risky": risky, "share": risky / items if items else None, "exposed_within": within}


def introductions(tallies: list[Tally], personas: list[str]) -> list[dict[str, Any]]:
    """Who introduced whom: risky showings by persona, surface, signal and role; no account is named."""
    counts = np.sum([t.introduced for t in tallies], axis=0)
    bystander = ROLES.index(ROLES[-1])
    rows = []
    for persona, surface, signal, role in np.argwhere(counts):
        if role == bystander:
            continue
        rows.append(
            {
                "persona": personas[persona],
                "surface": str(SURFACES[surface]),
                "signal": str(SIGNALS[signal]),
                "role": str(ROLES[role]),
                "shown": int(counts[persona, surface, signal, role]),
            }
        )
    return rows


def _cost_figures(outcome: Outcome, arm: str) -> dict[str, Any]:
    one, off = outcome.costs[arm], outcome.costs[OFF.name]
    drawn = weights(np.random.default_rng((outcome.plan.seed, 8)), len(off.ndcg))
    told: dict[str, Any] = {
        "ndcg": float(np.nanmean(one.ndcg)),
        "coverage": one.distinct / max(int(outcome.ground.platform.active.sum()), 1),
        "reach_lost": {
            name: _named("share", value) for name, value in reach_lost(outcome.ground.labels, off, one, drawn).items()
        },
    }
    if arm in outcome.near:
        told["seller_within"] = [float(share) for share in outcome.near[arm]]
    return told


def latency(seconds: Mapping[str, list[float]]) -> dict[str, dict[str, float]]:
    """Microseconds that a guard call adds, by arm: the median and the 99th percentile."""
    told = {}
    for arm, taken in seconds.items():
        if taken:
            middle, high = np.percentile(taken, [50, 99]) * 1e6
            told[arm] = {"calls": len(taken), "median_us": round(float(middle), 1), "p99_us": round(float(high), 1)}
    return told


def _pooled(outcome: Outcome, arm: str, rounds: int | None = None) -> Tally:
    """An arm's walks over all recommenders, added up test account by test account, and by round."""
    numbers = range(outcome.rounds if rounds is None else rounds)
    parts = [_summed([outcome.walks[arm, r, n] for r in outcome.plan.recommenders]) for n in numbers]
    first = parts[0]
    summed = {name: sum(getattr(p, name) for p in parts) for name in ("introduced", "exposure")}
    names = [name for name in first.__dataclass_fields__ if name not in summed]
    return Tally(**{name: np.concatenate([getattr(p, name) for p in parts]) for name in names}, **summed)


def _summed(tallies: list[Tally]) -> Tally:
    """Counts of several recommenders, added up for each test account; when each first met something is not told."""
    first = tallies[0]
    names = [name for name in first.__dataclass_fields__ if name not in {"persona", "whole"}]
    whole = np.all([t.whole for t in tallies], axis=0)
    return Tally(**{name: sum(getattr(t, name) for t in tallies) for name in names}, persona=first.persona, whole=whole)


def _mean(values: Floats, drawn: Floats) -> Score:
    return ratio(values, np.ones(len(values)), drawn)


def _one_less(share: Score) -> Score:
    if share.value is None:
        return share
    low, high = share.low, share.high
    return Score(1 - share.value, None if high is None else 1 - high, None if low is None else 1 - low)


def _named(name: str, item: Score) -> dict[str, float | None]:
    return {name: item.value, f"{name}_low": item.low, f"{name}_high": item.high}
