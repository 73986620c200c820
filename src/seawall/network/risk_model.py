"""The risk of every account in a graph, learnt from verdicts."""

from hashlib import blake2b
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_matrix, issparse
from scipy.special import expit, logit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from seawall.network.gather import WIDTH
from seawall.network.label_features import FOLDS, Folds, label_folds
from seawall.network.neighbours import Floats, Neighbours
from seawall.network.opinions import Labels, Weights
from seawall.network.panel import Panel, own_fold
from seawall.network.risk_table import RiskTable
from seawall.records.errors import BadInput

Rows = NDArray[np.int64] | None

STAND_INS = 10
"""Accounts drawn a confirmed one where none is cleared."""

Z_90 = 1.645
"""Two-sided 90 % of a normal distribution."""


class RiskModel(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Probability that an account is what the confirmed ones are, from attributes, graph and labels.

    `fit(X, graph, y)`, then `predict_proba(X, graph)`: `X` [n, d] of finite numbers (sparse or not; d may be 0), a
    symmetric CSR `graph` [n, n] of weights of zero or more, `y` [n] of 1 (confirmed), 0 (cleared), and -1 or nan (not
    known).
    Transductive: labels go on telling of those around them, so later calls pass the same accounts in the same
    order; new ones may follow. A labelled account is judged by models that have not seen its label.

    Where none is cleared, accounts drawn from about the confirmed ones stand in at `STAND_INS` to one
    (positive-unlabelled learning; Elkan and Noto, KDD 2008): risks then rank, and are probabilities only as far as
    that ratio holds.

    After `fit`: `classes_`, `n_features_in_`, `feature_names_`, `positive_unlabelled_`, and `trust_`, the share
    that each opinion has in the answer. Fixed `random_state` and `threads=1` give the same numbers again.
    """

    def __init__(self, *, random_state: int = 0, threads: int = 1) -> None:
        self.random_state = random_state
        self.threads = threads

    def fit(self, X: ArrayLike, graph: csr_matrix, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Learn from the accounts with a label; raises BadInput where shapes differ or fewer than 4 are confirmed."""
        attributes, graph = _checked(X, graph)
        labels, weights = _labels(y, len(attributes)), _weights(sample_weight, len(attributes))
        around = Neighbours.of(graph)
        self.positive_unlabelled_ = not (labels == 0).any()
        if self.positive_unlabelled_:
            labels = _with_stand_ins(around, labels, self.random_state)
        self._known, self._folds = labels, label_folds(labels, self.random_state)
        table = RiskTable.of(attributes, around, labels, self._folds)
        self._panel = Panel.learnt(
            table, labels, weights, self._folds, not self.positive_unlabelled_, self.random_state, self.threads
        )
        self.classes_, self.n_features_in_ = np.array([0, 1]), attributes.shape[1]
        self.feature_names_ = table.names
        self.trust_ = {opinion.name: opinion.say / self._panel.whole for opinion in self._panel.opinions}
        self._seen = _digest(attributes, graph), table
        return self

    def predict_proba(self, X: ArrayLike, graph: csr_matrix, rows: Rows = None) -> NDArray[np.float64]:
        """Columns cleared and confirmed, [n, 2], or of the accounts `rows` alone, [m, 2]."""
        by_fold, folds = self._by_fold(X, graph, rows)
        risk = expit(own_fold(by_fold, folds).astype(np.float64))
        return np.column_stack([1 - risk, risk])

    def predict(self, X: ArrayLike, graph: csr_matrix, rows: Rows = None) -> NDArray[np.int64]:
        """1 where the risk is above one half."""
        return (self.predict_proba(X, graph, rows)[:, 1] > 0.5).astype(np.int64)

    def unsure(
        self, X: ArrayLike, graph: csr_matrix, rows: Rows = None, *, threshold: float = 0.5
    ) -> NDArray[np.bool_]:
        """Where the evidence does not settle on which side of `threshold` a risk lies, [n] or [m].

        The models of the folds left out are a jackknife over labels: where their 90 % interval of log odds holds the
        threshold, as many other labels could have said otherwise (Efron and Tibshirani, "An introduction to the
        bootstrap", 1993, chapter 11). An account with no tie is always unsure.
        """
        by_fold, folds = self._by_fold(X, graph, rows)
        spread = Z_90 * np.sqrt(FOLDS - 1) * by_fold.std(axis=1)
        alone = np.diff(csr_matrix(graph).indptr)[slice(None) if rows is None else rows] == 0
        return np.asarray((np.abs(own_fold(by_fold, folds) - logit(threshold)) < spread) | alone)

    def contributions(self, X: ArrayLike, graph: csr_matrix, rows: NDArray[np.int64]) -> Floats:
        """Log odds of the accounts `rows` by column of `feature_names_`, float32 [m, p + 1].

        The last column holds for everyone; a row sums to the log odds of its risk.
        """
        table = self._table(X, graph)
        return self._panel.contributions(table.values[rows], self._folds_of(len(table.values))[rows])

    def _by_fold(self, X: ArrayLike, graph: csr_matrix, rows: Rows) -> tuple[Floats, Folds]:
        table = self._table(X, graph)
        chosen = slice(None) if rows is None else rows
        return self._panel.by_fold(table.values[chosen]), self._folds_of(len(table.values))[chosen]

    def _table(self, X: ArrayLike, graph: csr_matrix) -> RiskTable:
        check_is_fitted(self, "classes_")
        attributes, graph = _checked(X, graph)
        size, (digest, table) = len(attributes), self._seen
        if attributes.shape[1] != self.n_features_in_ or size < len(self._known):
            raise BadInput(
                f"X is {attributes.shape}; the model was fitted on {(len(self._known), self.n_features_in_)}. "
                "Pass the same accounts in the same order with the same attributes; new accounts may follow."
            )
        if _digest(attributes, graph) == digest:
            return table
        return RiskTable.of(attributes, Neighbours.of(graph), _longer(self._known, size), self._folds_of(size))

    def _folds_of(self, size: int) -> Folds:
        return _longer(self._folds, size)


def _longer(values: NDArray[np.int8], size: int) -> NDArray[np.int8]:
    return np.concatenate([values, np.full(size - len(values), -1, np.int8)])


def _checked(X: ArrayLike, graph: csr_matrix) -> tuple[Floats, csr_matrix]:
    dense = csr_matrix(X).toarray() if issparse(X) else X
    attributes, graph = np.asarray(dense, np.float32), csr_matrix(graph)
    if attributes.ndim != 2 or graph.shape != (len(attributes), len(attributes)):
        raise BadInput(
            f"X is {attributes.shape} and the graph {graph.shape}; give one row of X an account and [n, n] ties "
            "(X may have no column)."
        )
    if graph.nnz and not graph.data.min() >= 0:
        raise BadInput(f"The lightest tie weighs {graph.data.min()}; weights are zero or more. Leave such ties out.")
    if not np.isfinite(attributes).all():
        raise BadInput("X holds nan or infinite values; fill them, and add a column that says where they were.")
    return attributes, graph


def _labels(y: ArrayLike, size: int) -> Labels:
    given = np.asarray(y, np.float64)
    labels = np.where(np.isnan(given), -1, given)
    if labels.shape != (size,) or not np.isin(labels, (-1, 0, 1)).all():
        raise BadInput(f"y is {labels.shape} for {size} accounts; give 1 confirmed, 0 cleared, -1 or nan not known.")
    confirmed, cleared = int((labels == 1).sum()), int((labels == 0).sum())
    if confirmed < FOLDS or 0 < cleared < FOLDS:
        raise BadInput(
            f"y has {confirmed} confirmed and {cleared} cleared accounts; it takes {FOLDS} confirmed ones, and either "
            f"none or {FOLDS} cleared ones."
        )
    return labels.astype(np.int8)


def _weights(sample_weight: ArrayLike | None, size: int) -> Weights:
    if sample_weight is None:
        return np.ones(size)
    weights = np.asarray(sample_weight, np.float64)
    if weights.shape != (size,) or not np.isfinite(weights).all() or (weights < 0).any():
        raise BadInput(f"sample_weight is {weights.shape} for {size} accounts; give one number of zero or more each.")
    return weights


def _with_stand_ins(around: Neighbours, labels: Labels, seed: int) -> Labels:
    """Labels with 0 for accounts drawn from those that share a neighbour with a confirmed one.

    Accounts of another kind (tags beside users, say) never do, and would teach the model only to tell the kinds apart.
    """
    start = np.zeros((len(labels), WIDTH), np.float32)
    start[labels == 1, 0] = 1
    near = np.flatnonzero((around.means(around.means(start))[:, 0] > 0) & (labels != 1))
    pool = near if len(near) >= FOLDS else np.flatnonzero(labels != 1)
    count = min(len(pool), STAND_INS * int((labels == 1).sum()))
    drawn = labels.copy()
    drawn[np.random.default_rng(seed).choice(pool, count, replace=False)] = 0
    return drawn


def _digest(attributes: Floats, graph: csr_matrix) -> bytes:
    """What tells one pair of attributes and graph from another, so that nothing is computed twice."""
    parts: tuple[NDArray[Any], ...] = (attributes, graph.indptr, graph.indices, graph.data)
    digest = blake2b(digest_size=16)
    for part in parts:
        digest.update(str((part.shape, part.dtype)).encode())
        digest.update(np.ascontiguousarray(part).data)
    return digest.digest()
