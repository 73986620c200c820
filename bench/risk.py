"""The risk model beside the best published detectors, one process.

Protocol of GADBench (Tang and others, NeurIPS 2023): `full` trains on 40 % of the labels, `semi` on 20 confirmed
and 80 cleared accounts; both test on accounts that neither train nor validate. XGBGraph and RFGraph see the
attributes, their mean over neighbours and the account itself, and the mean of that; XGB sees the attributes alone.
One thread each. Settings of the risk model were chosen on trials 0 to 4; `halves` reports 5 to 9 apart.
"""

import argparse
import json
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, eye
from scipy.special import logit
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.model_selection import train_test_split
from xgboost import XGBClassifier

from seawall.network.risk_model import RiskModel

SETS = ("reddit", "weibo_bip", "yelpchi_bip")
SETTINGS = ("full", "semi")
TUNED = 5
Rows = NDArray[np.int64]
Risks = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """One data set: attributes, graph, truth, and the accounts that have one."""

    x: NDArray[np.float32]
    graph: csr_matrix
    y: NDArray[np.int64]
    labelled: Rows

    @classmethod
    def read(cls, path: Path) -> "Case":
        """From an npz file with x, indptr, indices, y, labelled and perhaps w."""
        kept = np.load(path)
        size = len(kept["y"])
        weights = kept["w"] if "w" in kept else np.ones(len(kept["indices"]), np.float32)
        graph = csr_matrix((weights.astype(np.float32), kept["indices"], kept["indptr"]), shape=(size, size))
        return cls(kept["x"].astype(np.float32), graph, kept["y"].astype(int), np.flatnonzero(kept["labelled"]))

    def split(self, setting: str, trial: int) -> tuple[Rows, Rows]:
        """Accounts to train on and to test on."""
        seed, y = 3407 + 10 * trial, self.y
        if setting == "full":
            train, rest = train_test_split(self.labelled, train_size=0.4, stratify=y[self.labelled], random_state=seed)
            return train, train_test_split(rest, test_size=2 / 3, stratify=y[rest], random_state=seed)[1]
        rng = np.random.default_rng(seed)
        bad, good = (rng.permutation(self.labelled[y[self.labelled] == label]) for label in (1, 0))
        return np.concatenate([bad[:20], good[:80]]), np.concatenate([bad[40:], good[160:]])


Model = Callable[[Case, Rows, NDArray[np.int64], Rows], Risks]


def seawall(case: Case, train: Rows, labels: NDArray[np.int64], test: Rows) -> Risks:
    """Our risk model; it is given no label but those to train on."""
    y = np.full(len(case.y), -1)
    y[train] = labels
    return RiskModel().fit(case.x, case.graph, y).predict_proba(case.x, case.graph, test)[:, 1]


def seawall_without_graph(case: Case, train: Rows, labels: NDArray[np.int64], test: Rows) -> Risks:
    """The same on a graph with no tie."""
    alone = csr_matrix(case.graph.shape, dtype=np.float32)
    return seawall(Case(case.x, alone, case.y, case.labelled), train, labels, test)


def with_neighbours(case: Case) -> NDArray[np.float32]:
    """Attributes, their mean over neighbours and self, and the mean of that."""
    ties = csr_matrix((np.ones(case.graph.nnz, np.float32), case.graph.indices, case.graph.indptr), case.graph.shape)
    ties = ties + eye(len(case.y), dtype=np.float32, format="csr")
    mean = csr_matrix(diags(1 / ties.sum(axis=1).A1.astype(np.float32)) @ ties)
    once = mean @ case.x
    return np.hstack([case.x, once, mean @ once])


def xgb_graph(case: Case, train: Rows, labels: NDArray[np.int64], test: Rows) -> Risks:
    """XGBGraph as GADBench has it."""
    return boosted(with_neighbours(case), train, labels, test)


def xgb(case: Case, train: Rows, labels: NDArray[np.int64], test: Rows) -> Risks:
    """XGBoost on attributes alone."""
    return boosted(case.x, train, labels, test)


def boosted(table: NDArray[np.float32], train: Rows, labels: NDArray[np.int64], test: Rows) -> Risks:
    """XGBoost with its own settings, classes balanced by weight."""
    weights = np.where(labels == 1, (labels == 0).sum() / (labels == 1).sum(), 1)
    model = XGBClassifier(n_jobs=1, tree_method="hist").fit(table[train], labels, sample_weight=weights)
    return np.asarray(model.predict_proba(table[test])[:, 1])


def rf_graph(case: Case, train: Rows, labels: NDArray[np.int64], test: Rows) -> Risks:
    """RFGraph as GADBench has it."""
    table = with_neighbours(case)
    model = RandomForestClassifier(100, n_jobs=1, random_state=0).fit(table[train], labels)
    return np.asarray(model.predict_proba(table[test])[:, 1])


MODELS: dict[str, Model] = {
    "seawall": seawall,
    "XGBGraph": xgb_graph,
    "RFGraph": rf_graph,
    "XGB": xgb,
    "seawall_without_graph": seawall_without_graph,
}


def calibration(risk: Risks, y: NDArray[np.int64]) -> dict[str, float]:
    """Expected error in tenths among risks above 0.1, slope of the truth on log odds, Brier skill."""
    above = risk > 0.1
    tenth = np.minimum((risk[above] * 10).astype(int), 9)
    apart = np.bincount(tenth, risk[above] - y[above], minlength=10)
    odds = logit(np.clip(risk, 1e-6, 1 - 1e-6))[:, None]
    slope = LogisticRegression(C=np.inf).fit(odds, y).coef_[0, 0]
    skill = 1 - np.mean((risk - y) ** 2) / (y.mean() * (1 - y.mean()))
    error = float(np.abs(apart).sum() / max(int(above.sum()), 1))
    return {"ece": error, "slope": float(slope), "brier_skill": float(skill)}


def interval(differences: list[float]) -> list[float]:
    """Mean of paired differences with its 95 % interval (bootstrap over trials, fixed seed)."""
    values = np.array(differences)
    draws = np.random.default_rng(0).choice(values, (10000, len(values))).mean(axis=1)
    return [round(float(v), 2) for v in (values.mean(), *np.quantile(draws, (0.025, 0.975)))]


def measure(case: Case, setting: str, trials: range) -> dict[str, dict[str, list[float]]]:
    """By model, a list over trials of auprc (x 100), auroc, rec_at_k, cpu_s and for ours the calibration."""
    found: dict[str, dict[str, list[float]]] = {name: {} for name in MODELS}
    for trial in trials:
        train, test = case.split(setting, trial)
        truth = case.y[test]
        for name, model in MODELS.items():
            begun = time.process_time()
            risk = model(case, train, case.y[train], test)
            spent = time.process_time() - begun
            best = np.argsort(-risk, kind="stable")[: truth.sum()]
            row = {
                "auprc": 100 * average_precision_score(truth, risk),
                "auroc": 100 * roc_auc_score(truth, risk),
                "rec_at_k": 100 * truth[best].mean(),
                "cpu_s": spent,
                **calibration(risk, truth),
            }
            for key, value in row.items():
                found[name].setdefault(key, []).append(float(value))
    return found


def permuted(case: Case, trials: range) -> dict[str, float]:
    """AUPRC with labels shuffled among the accounts to train on, beside the share of confirmed ones (chance)."""
    scores, chance = [], []
    for trial in trials:
        train, test = case.split("full", trial)
        labels = np.random.default_rng(trial).permutation(case.y[train])
        scores.append(100 * average_precision_score(case.y[test], seawall(case, train, labels, test)))
        chance.append(100 * case.y[test].mean())
    return {"auprc": float(np.mean(scores)), "chance": float(np.mean(chance))}


def twenty_seeds(case: Case, trials: range) -> dict[str, float]:
    """AUPRC from twenty confirmed accounts, no cleared one and no attribute, over all other labelled accounts."""
    bare = Case(np.empty((len(case.y), 0), np.float32), case.graph, case.y, case.labelled)
    scores = []
    for trial in trials:
        bad = case.labelled[case.y[case.labelled] == 1]
        seeds = np.random.default_rng(3407 + 10 * trial).permutation(bad)[:20]
        test = np.setdiff1d(case.labelled, seeds)
        scores.append(100 * average_precision_score(case.y[test], seawall(bare, seeds, np.ones(20, int), test)))
    return {"auprc": float(np.mean(scores)), "least": float(np.min(scores))}


def coverage(case: Case, trials: range) -> dict[str, float]:
    """Share of accounts that the model is sure of, its error among them, and its error over all."""
    rows = []
    for trial in trials:
        train, test = case.split("full", trial)
        y = np.full(len(case.y), -1)
        y[train] = case.y[train]
        model = RiskModel().fit(case.x, case.graph, y)
        sure = ~model.unsure(case.x, case.graph, test)
        wrong = model.predict(case.x, case.graph, test) != case.y[test]
        rows.append((sure.mean(), wrong[sure].mean(), wrong.mean()))
    return dict(zip(("coverage", "error_when_sure", "error"), np.mean(rows, axis=0).tolist(), strict=True))


def main() -> None:
    """Run it and print one table, or with --json one object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--trials", type=int, default=10)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    trials, extra = range(options.trials), range(min(3, options.trials))
    result: dict[str, dict[str, object]] = {
        key: {} for key in ("auprc", "auroc", "rec_at_k", "cpu_s", "ece", "slope", "brier_skill", "gain", "halves")
    }
    result |= {"permuted": {}, "twenty_seeds": {}, "unsure": {}}
    for name in SETS:
        case = Case.read(options.data / f"{name}.npz")
        measured = {setting: measure(case, setting, trials) for setting in SETTINGS}
        for key in ("auprc", "auroc", "rec_at_k", "cpu_s", "ece", "slope", "brier_skill"):
            result[key][name] = {
                setting: {model: round(float(np.mean(rows[key])), 3) for model, rows in by_model.items()}
                for setting, by_model in measured.items()
            }
        gains = {
            setting: [a - b for a, b in zip(rows["seawall"]["auprc"], rows["XGBGraph"]["auprc"], strict=True)]
            for setting, rows in measured.items()
        }
        result["gain"][name] = {setting: interval(each) for setting, each in gains.items()}
        result["halves"][name] = {
            setting: {"0-4": interval(each[:TUNED]), **({"5-9": interval(each[TUNED:])} if len(each) > TUNED else {})}
            for setting, each in gains.items()
        }
        result["permuted"][name] = permuted(case, extra)
        result["twenty_seeds"][name] = twenty_seeds(case, trials)
        result["unsure"][name] = coverage(case, extra)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    report = {**result, "cpu_ratio": cpu_ratio(result["cpu_s"]), "peak_mb": round(peak)}
    print(json.dumps(report) if options.json else json.dumps(report, indent=1))


def cpu_ratio(seconds: dict[str, object]) -> float:
    """Our CPU seconds over XGBGraph's, all sets and settings together."""
    sums = {"seawall": 0.0, "XGBGraph": 0.0}
    for by_setting in seconds.values():
        assert isinstance(by_setting, dict)
        for by_model in by_setting.values():
            for name in sums:
                sums[name] += by_model[name]
    return round(sums["seawall"] / sums["XGBGraph"], 2)


if __name__ == "__main__":
    main()
