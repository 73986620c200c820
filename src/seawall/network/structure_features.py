"""What an account's place in the graph says by itself."""

import numpy as np

from seawall.network.neighbours import Floats, Neighbours

STRUCTURE = (
    "ties",
    "neighbours' ties",
    "spread of neighbours' ties",
    "neighbours' neighbours' ties",
    "ties that few share",
    "share of ties that few share",
    "reach in two steps",
    "mean tie weight",
)
"""Names of the columns, in order."""


def structure_features(around: Neighbours) -> Floats:
    """One column a name in `STRUCTURE`, float32 [n, 8]: logarithms of degrees of the account and those about it.

    A tie that few share is one to an account with few ties (the sum of 1 / degree over neighbours; Adamic and Adar,
    "Friends and neighbors on the Web", 2003, weigh by its logarithm).
    """
    ties = np.log1p(around.degree)
    rare = 1 / np.maximum(around.degree, 1)
    first = around.means(np.column_stack([ties, ties * ties, rare, around.degree]))
    spread = np.sqrt(np.maximum(first[:, 1] - first[:, 0] ** 2, 0))
    second = around.means(first[:, :1])[:, 0]
    rare_sum = first[:, 2] * around.strength
    reach = np.log1p(first[:, 3] * around.strength)
    weight = around.strength / np.maximum(around.degree, 1)
    columns = (ties, first[:, 0], spread, second, rare_sum, first[:, 2], reach, weight)
    return np.column_stack(columns).astype(np.float32)
