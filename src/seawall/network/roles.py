"""Which role an account plays, given how far it sells or buys.

Selling is divided among four roles by named evidence. A promoter points at sellers; a reseller passes on files, names
or avatars of others; a seller judged a child takes the victim path. The scores are log-odds against a
plain seller, and each rests on columns that a report can name: a promoter points at sellers and no buyer writes to it.
"""

import numpy as np
import numpy.typing as npt

from seawall.network.evidence import Evidence
from seawall.network.graph import Floats
from seawall.records.roles import ROLES, Role


def role_probabilities(evidence: Evidence, opinion: Floats) -> npt.NDArray[np.float64]:
    """Probabilities of every role in the order of ROLES, shape (n, 6), from (bystander, sells, buys), shape (n, 3)."""
    scores = np.stack([role_scores(evidence)[role] for role in _SELLING], axis=1)
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    columns = {role: opinion[:, 1] * shares[:, place] for place, role in enumerate(_SELLING)}
    columns |= {Role.BUYER: opinion[:, 2], Role.BYSTANDER: opinion[:, 0]}
    return np.stack([columns[role] for role in ROLES], axis=1).astype(np.float64)


_SELLING = (Role.SELLER, Role.PROMOTER, Role.RESELLER, Role.AT_RISK_CHILD)


def role_scores(evidence: Evidence) -> dict[Role, Floats]:
    """Log-odds of each selling role against a plain seller, shape (n,) each."""
    column = evidence.column
    mentions, passes = column("sellers.mention.out.count"), column("sellers.share.out.count")
    approached = np.minimum(column("buyers.message.in.surprise") + column("buyers.comment.in.surprise"), 2)
    offers = np.minimum(column("offers.price_in_post") + column("offers.menu_in_post"), 2)
    copies = np.minimum(column("sellers.copy.out.count"), 2)
    drawn_in = np.minimum(column("sellers.message.in.surprise"), 2)
    promoter = 1.6 * mentions + passes - 0.8 * approached - 0.4 * column("buyers.view.in.surprise") - 0.5 * offers - 0.6
    reseller = 2.0 * copies + 1.2 * column("sellers.avatar") + 0.6 * passes - 0.8 * mentions + 0.3 * offers - 1.6
    child = 2.6 * column("minor") + drawn_in - 0.6 * mentions - 0.6 * passes - 0.5 * column("complaints.received") - 2.8
    return {
        Role.SELLER: np.zeros_like(promoter),
        Role.PROMOTER: promoter,
        Role.RESELLER: reseller,
        Role.AT_RISK_CHILD: child,
    }
