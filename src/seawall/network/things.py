"""Findings on hashtags, links and files: whose they are.

A thing's risk is the share of its users who are flagged, shrunk towards the share among everyone (a Beta prior worth
four users), and it is flagged only when chance does not explain that share and at least three flagged accounts use it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from seawall.network.graph import Floats
from seawall.network.surprise import surprise

PRIOR_USERS = 4.0
LEAST_USERS = 3
FLAGGED_FROM = 0.5
NATS = 6.0
"""Chance explains less surprise than this."""


@dataclass(frozen=True, slots=True)
class ThingFindings:
    """`places` of things; `risk`, `flagged`, and how many flagged and other accounts use each, shape (k,)."""

    places: npt.NDArray[np.int64]
    risk: npt.NDArray[np.float64]
    flagged: npt.NDArray[np.bool_]
    flagged_users: npt.NDArray[np.int64]
    users: npt.NDArray[np.int64]


def conclude_things(uses: csr_matrix, flagged: npt.NDArray[np.bool_]) -> ThingFindings:
    """Findings on the things of a 0/1 matrix (accounts, things) that at least `LEAST_USERS` flagged accounts use."""
    users = np.bincount(uses.indices, minlength=uses.shape[1])
    counted = np.asarray(uses[np.flatnonzero(flagged)].sum(axis=0)).ravel()
    places = np.flatnonzero(counted >= LEAST_USERS)
    share = max(float(counted.sum()), 1.0) / max(float(users.sum()), 1.0)
    risk = (counted[places] + PRIOR_USERS * share) / (users[places] + PRIOR_USERS)
    told: Floats = surprise(counted[places].astype(np.float32), (users[places] * share).astype(np.float32))
    return ThingFindings(
        places, risk, (risk > FLAGGED_FROM) & (told > NATS), counted[places].astype(np.int64), users[places]
    )
