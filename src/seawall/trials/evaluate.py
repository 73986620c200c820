"""How right a run is about an invented world, with intervals.

Definitions. An account is accused when its finding is flagged; its role is then the likeliest of the five hidden
roles, else it is a bystander; an account without a finding is a bystander at risk 0. The seller side is one class.
Every account of the truth counts, also those removed before the run. JSON keys, all stable:

* `accounts.{total, hidden, flagged, without_truth}`
* `seller_side` and `buyers`: `.{recall, precision}` with `.recall_low, .recall_high, .precision_low, …`, `.f1`, and
  the counts `.truth, .accused, .right`
* `roles.<role>.{f1, f1_low, f1_high, recall, precision, truth, accused}`, `macro_role_f1`, `…_low`, `…_high`
* `false_accusations.<community>.{flagged, accounts, share, upper}`; `ordinary` is everybody outside the communities,
  `all` is every bystander, `upper` the one-sided 95 % bound
* `hard.{no_post, stories_only, returned}.{recall, recall_low, recall_high, truth, right}` of the seller side
* `networks.{pair_f1, pair_f1_low, pair_f1_high, pair_recall, pair_precision, truth, found}`
* `calibration.{slope, ece, brier_skill}` with `_low` and `_high`; `calibration.above` accounts have a risk above 0.1
* `coverage.{accounts, sure, share, error, error_when_sure}` of the accounts with a finding, and `coverage.curve`, pairs
  of a share of them (surest first) and the error among these

A value that is not defined (nothing to divide by) is null.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from seawall.network.coverage import Coverage
from seawall.records.ids import IdKey
from seawall.records.roles import ROLES, SELLER_SIDE, Role
from seawall.trials.calibration import Calibration, calibrate
from seawall.trials.intervals import Proportion, Score, proportion, score, upper_bound
from seawall.trials.judged import Judged, judge, pool
from seawall.trials.recovery import Recovery, recover

HIDDEN_ROLES = tuple(role for role in ROLES if role is not Role.BYSTANDER)
SIDE = np.array([role in SELLER_SIDE for role in ROLES])
DRAWS = 1000
Pair = tuple[Path, Path]


@dataclass(frozen=True, slots=True)
class Class:
    """Recall and precision of a class of accounts."""

    recall: Proportion
    precision: Proportion

    @property
    def f1(self) -> float | None:
        """Harmonic mean of recall and precision, as one ratio of counts."""
        whole = self.recall.of + self.precision.of
        return 2 * self.recall.hits / whole if whole else None


@dataclass(frozen=True, slots=True)
class Accused:
    """Bystanders of one community who were flagged; `upper` is the one-sided 95 % bound of their share."""

    flagged: int
    accounts: int
    upper: float

    @property
    def share(self) -> float | None:
        """Of this community's accounts."""
        return self.flagged / self.accounts if self.accounts else None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Every figure of one or several runs."""

    accounts: dict[str, int]
    seller_side: Class
    buyers: Class
    roles: dict[str, Class]
    role_f1: dict[str, Score]
    macro_role_f1: Score
    false_accusations: dict[str, Accused]
    hard: dict[str, Proportion]
    networks: Recovery
    calibration: Calibration
    coverage: Coverage

    def lines(self) -> list[str]:
        """As a person reads it."""
        a = self.accounts
        told = [
            f"accounts         {a['total']:,}, hidden {a['hidden']:,}, flagged {a['flagged']:,}",
            f"seller side      recall {self.seller_side.recall}",
            f"                 precision {self.seller_side.precision}",
            f"buyers           recall {self.buyers.recall}",
            f"                 precision {self.buyers.precision}",
            f"role F1, macro   {self.macro_role_f1}",
        ]
        told += [f"  {role:<14} {value}" for role, value in self.role_f1.items()]
        told += [f"{name.replace('_', ' '):<16} recall {value}" for name, value in self.hard.items()]
        told += [f"network pairs    F1 {self.networks.f1}", f"calibration      slope {self.calibration.slope}"]
        told += [f"                 ECE above 0.1 {self.calibration.ece}"]
        told += [f"                 Brier skill {self.calibration.brier_skill}"]
        told += self.coverage.lines()
        told += ["false accusations (flagged of accounts, share, one-sided 95 % bound)"]
        for name, one in self.false_accusations.items():
            share = f"{one.share:8.3%}" if one.share is not None else "       -"
            told.append(f"  {name:<14} {one.flagged:>6,} of {one.accounts:>9,} {share} <= {one.upper:.3%}")
        return told

    def as_json(self) -> str:
        """One JSON object, keys as in the module's docstring."""
        return json.dumps(self.as_dict(), indent=2) + "\n"

    def as_dict(self) -> dict[str, Any]:
        """The same as nested dictionaries."""
        return {
            "accounts": self.accounts,
            "seller_side": _class_facts(self.seller_side),
            "buyers": _class_facts(self.buyers),
            "roles": {r: {**_class_facts(c), **_named("f1", self.role_f1[r])} for r, c in self.roles.items()},
            **_named("macro_role_f1", self.macro_role_f1),
            "false_accusations": {
                n: {"flagged": x.flagged, "accounts": x.accounts, "share": x.share, "upper": x.upper}
                for n, x in self.false_accusations.items()
            },
            "hard": {n: {**_named("recall", p), "truth": p.of, "right": p.hits} for n, p in self.hard.items()},
            "networks": self.networks.facts(),
            "calibration": {
                **_named("slope", self.calibration.slope),
                **_named("ece", self.calibration.ece),
                **_named("brier_skill", self.calibration.brier_skill),
                "above": self.calibration.above,
            },
            "coverage": self.coverage.facts(),
        }


def evaluate(
    run: Path, truth: Path, *, activity: Path | None = None, key: IdKey | None = None, seed: int = 0
) -> Evaluation:
    """Compare a run folder with the truth of its world.

    `activity` (by default the folder of that name beside the truth) tells who posts nothing or only stories; without
    it those two figures are left out. `key` turns the truth's plain ids into those of a run without `--plain-ids`.
    Raises BadInput where a file is missing or is not what it should be, or where no id of the run is in the truth.
    """
    return summarise([judge(run, truth, activity, key)], seed)


def evaluate_many(pairs: Sequence[Pair], *, key: IdKey | None = None, seed: int = 0) -> Evaluation:
    """The same over several worlds, accounts and networks pooled."""
    return summarise([judge(run, truth, None, key) for run, truth in pairs], seed)


def summarise(worlds: Sequence[Judged], seed: int = 0) -> Evaluation:
    """Figures of judged worlds; `seed` draws the bootstraps."""
    rng = np.random.default_rng(seed)
    all_ = pool(worlds)
    confusion = np.bincount(all_.truth * len(ROLES) + all_.said, minlength=len(ROLES) ** 2)
    confusion = confusion.reshape(len(ROLES), len(ROLES))
    f1, macro = _role_scores(rng, confusion)
    right_side = SIDE[all_.truth] & SIDE[all_.said]
    hard = {name: proportion(int(right_side[who].sum()), int(who.sum())) for name, who in all_.hard(SIDE).items()}
    bystander = ROLES.index(Role.BYSTANDER)
    counts = {"total": len(all_.truth), "hidden": int((all_.truth != bystander).sum())}
    counts |= {"flagged": int((all_.said != bystander).sum()), "without_truth": all_.without_truth}
    return Evaluation(
        accounts=counts,
        seller_side=_class(confusion, SIDE),
        buyers=_class(confusion, np.array([role is Role.BUYER for role in ROLES])),
        roles={str(role): _class(confusion, np.arange(len(ROLES)) == ROLES.index(role)) for role in HIDDEN_ROLES},
        role_f1=f1,
        macro_role_f1=macro,
        false_accusations=_false_accusations(all_),
        hard=hard,
        networks=recover(rng, all_.truth_network, all_.found_network, DRAWS),
        calibration=calibrate(rng, all_.risk, all_.truth != bystander, all_.has_finding),
        coverage=_coverage(all_),
    )


def _coverage(all_: Judged) -> Coverage:
    """Over accounts with a finding: of the others nobody ever doubted."""
    rows, bystander = all_.has_finding, ROLES.index(Role.BYSTANDER)
    return Coverage.of(all_.risk[rows], all_.said[rows] != bystander, all_.truth[rows] != bystander)


def _class(confusion: np.ndarray[Any, Any], inside: np.ndarray[Any, Any]) -> Class:
    right = int(confusion[inside][:, inside].sum())
    return Class(
        proportion(right, int(confusion[inside].sum())),
        proportion(right, int(confusion[:, inside].sum())),
    )


def _role_scores(rng: np.random.Generator, confusion: np.ndarray[Any, Any]) -> tuple[dict[str, Score], Score]:
    """F1 by role and their mean over the roles that the truth holds; intervals from resampled accounts."""
    total = int(confusion.sum())
    cells = confusion.ravel() / max(total, 1)
    drawn = rng.multinomial(total, cells, DRAWS).reshape(DRAWS, *confusion.shape)
    value, values = _f1(confusion[None])[0], _f1(drawn)
    f1 = {str(role): score(value[i], values[:, i]) for i, role in enumerate(HIDDEN_ROLES)}
    there = np.flatnonzero(confusion.sum(axis=1)[: len(HIDDEN_ROLES)])
    if len(there) == 0:
        return f1, Score(None, None, None)
    return f1, score(float(np.mean(np.nan_to_num(value[there]))), np.nan_to_num(values[:, there]).mean(axis=1))


def _f1(confusion: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """F1 of each hidden role, shape (draws, roles, roles) to (draws, hidden roles); NaN where a role is nowhere."""
    right = np.diagonal(confusion, axis1=1, axis2=2)
    both = confusion.sum(axis=1) + confusion.sum(axis=2)
    with np.errstate(invalid="ignore"):
        f1: np.ndarray[Any, Any] = (2 * right / both)[:, : len(HIDDEN_ROLES)]
    return f1


def _false_accusations(all_: Judged) -> dict[str, Accused]:
    bystander = ROLES.index(Role.BYSTANDER)
    innocent = all_.truth == bystander
    flagged = all_.said != bystander
    names = sorted(set(np.unique(all_.community[innocent])) - {""})
    groups = {name: innocent & (all_.community == name) for name in names}
    groups |= {"ordinary": innocent & (all_.community == ""), "all": innocent}
    accused = {}
    for name, who in groups.items():
        hits, of = int((who & flagged).sum()), int(who.sum())
        accused[name] = Accused(hits, of, upper_bound(hits, of))
    return accused


def _named(name: str, item: Proportion | Score) -> dict[str, float | None]:
    value = item.share if isinstance(item, Proportion) else item.value
    return {name: value, f"{name}_low": item.low, f"{name}_high": item.high}


def _class_facts(one: Class) -> dict[str, float | int | None]:
    return {
        **_named("recall", one.recall),
        **_named("precision", one.precision),
        "f1": one.f1,
        "truth": one.recall.of,
        "accused": one.precision.of,
        "right": one.recall.hits,
    }


assert ROLES[: len(HIDDEN_ROLES)] == HIDDEN_ROLES  # the columns that _f1 keeps
