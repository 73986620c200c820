"""Where people have decided enough, a model learnt from them joins in."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.special import logit

from seawall.network.belief import BUYS, BYSTANDER, OPEN, SELLS, Labels
from seawall.network.cold_start import Opinion
from seawall.network.findings import WORTH_A_FINDING
from seawall.network.graph import Floats, Graph
from seawall.network.risk_model import RiskModel

ENOUGH = {BYSTANDER: 20, SELLS: 60, BUYS: 60}
"""Verdicts of a class from which a model learns it; fewer teach it what chance put before the reviewers."""

SURE = 1e-4
"""A model's probability is taken no closer to 0 or 1 than this."""

SUSPECTED, LIKELY = 0.2, 0.6
"""A belief in selling from which an account's words are worth hearing, and what it then counts at least."""


def learnt_classes(known: Labels) -> list[int]:
    """SELLS and BUYS, as far as people decided enough of each and cleared enough accounts."""
    counts = {place: int((known == place).sum()) for place in ENOUGH}
    if counts[BYSTANDER] < ENOUGH[BYSTANDER]:
        return []
    return [place for place in (SELLS, BUYS) if counts[place] >= ENOUGH[place]]


def method_of(known: Labels) -> str:
    """How a run concludes from these verdicts, in words for its summary."""
    decided, learnt = int((known != OPEN).sum()), learnt_classes(known)
    names = " and ".join({SELLS: "selling", BUYS: "buying"}[place] for place in learnt)
    start = f"cold start with {decided} verdicts" if decided else "cold start"
    return f"{start}, a risk model for {names}" if names else start


def with_verdicts(graph: Graph, opinion: Opinion, known: Labels, seed: int) -> Opinion:
    """The opinion, its log-odds pooled with a risk model's for each class that people decided enough of.

    The pool is logarithmic (Genest and Zidek, Statistical Science 1, 1986), half and half. It covers accounts that
    are worth a finding, for reviewers see no others, and a model says nothing of what it never saw.
    """
    learnt_here = learnt_classes(known)
    if not learnt_here:
        return opinion
    open_to_it = (known == OPEN) & (1 - opinion.probabilities[:, BYSTANDER] >= WORTH_A_FINDING)
    odds = np.log(np.maximum(opinion.probabilities, 1e-6))
    odds -= odds[:, :1]
    ties = sum(graph.ties.values())
    around, attributes = (ties + ties.T).tocsr(), _attributes(opinion, odds, known)
    for place in learnt_here:
        labels = np.where(known == OPEN, -1, known == place)
        risk = RiskModel(random_state=seed).fit(attributes, around, labels).predict_proba(attributes, around)[:, 1]
        learnt = logit(np.clip(risk, SURE, 1 - SURE))
        odds[open_to_it, place] = (odds[open_to_it, place] + learnt[open_to_it]) / 2
    pooled = np.exp(odds - odds.max(axis=1, keepdims=True))
    return replace(opinion, probabilities=(pooled / pooled.sum(axis=1, keepdims=True)).astype(np.float32))


def suspects(opinion: Opinion, known: Labels) -> npt.NDArray[np.float64]:
    """The belief in selling of those worth listening to for words that sellers use, (n,), 0 for all others.

    A confirmed seller counts in full, whom people cleared not at all.
    """
    sells = opinion.probabilities[:, SELLS].astype(np.float64)
    sells = np.where(known == OPEN, sells, known == SELLS)
    return np.where(sells > SUSPECTED, np.maximum(sells, LIKELY), 0.0)


def _attributes(opinion: Opinion, odds: Floats, known: Labels) -> Floats:
    """What each family adds, and the cold start's odds; of decided accounts those would be their verdicts again."""
    cold = np.where((known == OPEN)[:, None], odds[:, SELLS:], 0)
    families = [part for parts in opinion.families.values() for part in parts.values()]
    return np.column_stack([cold, *families]).astype(np.float32)
