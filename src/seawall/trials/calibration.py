"""Whether a risk of 0.8 is right eight times in ten."""

from dataclasses import dataclass

import numpy as np

from seawall.trials.draws import Bools, Floats, Rng
from seawall.trials.intervals import Score, score, wald

ABOVE, BINS, DRAWS = 0.1, 10, 300
NOTHING = Score(None, None, None)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Slope 1, ECE 0 and skill 1 are perfect; `above` accounts have a risk above 0.1."""

    slope: Score
    ece: Score
    brier_skill: Score
    above: int


def calibrate(rng: Rng, risk: Floats, hidden: Bools, has_finding: Bools) -> Calibration:
    """Risks beside outcomes, one entry an account.

    The slope (Cox 1958) is of a logistic regression of the outcome on the logit of the risk, over accounts with a
    finding; the expected calibration error has ten bins of equal mass among risks above 0.1 (Nixon et al. 2019); the
    Brier skill compares with the base rate, over all accounts.
    """
    above = risk > ABOVE
    return Calibration(
        _slope(risk[has_finding], hidden[has_finding]),
        _ece(rng, risk[above], hidden[above]),
        _skill(risk, hidden),
        int(above.sum()),
    )


def _slope(risk: Floats, hidden: Bools) -> Score:
    """Newton's method; not defined where one risk parts hidden from innocent, or there is but one outcome or risk."""
    if not hidden.any() or hidden.all() or np.ptp(risk) == 0:
        return NOTHING
    if risk[hidden].min() >= risk[~hidden].max() or risk[hidden].max() <= risk[~hidden].min():
        return NOTHING
    p = np.clip(risk, 1e-6, 1 - 1e-6)
    design = np.stack([np.ones(len(p)), np.log(p / (1 - p))], axis=1)
    weights = np.array([np.log(hidden.mean() / (1 - hidden.mean())), 0.0])
    information = np.eye(2)
    for _ in range(50):
        fitted = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        information = (design * (fitted * (1 - fitted))[:, None]).T @ design + 1e-9 * np.eye(2)
        step = np.linalg.solve(information, design.T @ (hidden - fitted))
        weights += np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-9:
            break
    return wald(float(weights[1]), float(np.sqrt(np.linalg.inv(information)[1, 1])))


def _ece(rng: Rng, risk: Floats, hidden: Bools) -> Score:
    if len(risk) == 0:
        return NOTHING
    drawn = (rng.integers(0, len(risk), len(risk)) for _ in range(DRAWS))
    return score(_ece_of(risk, hidden), np.array([_ece_of(risk[d], hidden[d]) for d in drawn]))


def _ece_of(risk: Floats, hidden: Bools) -> float:
    order = np.argsort(risk, kind="stable")
    parts = [part for part in np.array_split(order, BINS) if len(part)]
    return float(sum(len(p) * abs(risk[p].mean() - hidden[p].mean()) for p in parts) / len(risk))


def _skill(risk: Floats, hidden: Bools) -> Score:
    base = hidden.mean() if len(hidden) else 0.0
    spread = float(base * (1 - base))
    if spread == 0:
        return NOTHING
    gained = (hidden - base) ** 2 - (hidden - risk) ** 2
    return wald(float(gained.mean() / spread), float(gained.std() / np.sqrt(len(gained)) / spread))
