"""How much each kind of tie counts, as far as labels can tell."""

from collections.abc import Mapping

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.metrics import average_precision_score

from seawall.network.label_features import FOLDS, LABELS, label_features, label_folds
from seawall.network.neighbours import Neighbours
from seawall.network.opinions import Labels

WALK = LABELS.index("far walk: confirmed against cleared")


def edge_kind_weights(graphs: Mapping[str, csr_matrix], y: Labels, seed: int = 0) -> dict[str, float]:
    """A weight in [0, 1] for each kind of tie, the most telling kind at 1.

    `graphs`: symmetric CSR [n, n] by kind; `y` [n] of 1, 0 and -1 for not known. A kind counts by how far a walk along
    it alone ranks the labelled accounts better than chance, each judged without its own label (average precision out
    of fold). Where labels cannot say (fewer than four of either, or no kind better than chance) all count the same.
    """
    if min((y == 1).sum(), (y == 0).sum()) < FOLDS:
        return dict.fromkeys(graphs, 1.0)
    folds, known = label_folds(y, seed), np.flatnonzero(y >= 0)
    base, above = float((y[known] == 1).mean()), {}
    for kind, graph in graphs.items():
        said = label_features(Neighbours.of(graph), y, folds)[known, WALK]
        above[kind] = max(float(average_precision_score(y[known], said)) - base, 0.0)
    most = max(above.values())
    return {kind: each / most if most > 0 else 1.0 for kind, each in above.items()}


def combined(graphs: Mapping[str, csr_matrix], weights: Mapping[str, float]) -> csr_matrix:
    """The weighted sum of all kinds, float32 CSR, each first scaled so that its ties weigh one on average.

    Kinds of weight zero leave no tie behind.
    """
    kinds = [kind for kind in graphs if weights[kind] > 0 and graphs[kind].nnz]
    size = next(iter(graphs.values())).shape
    total = csr_matrix(size, dtype=np.float32)
    for kind in kinds:
        total = total + graphs[kind] * np.float32(weights[kind] / graphs[kind].data.mean(dtype=np.float64))
    return csr_matrix(total, dtype=np.float32)
