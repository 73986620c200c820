"""The terms that a run proposes, from posts as a stream."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import csr_matrix

from seawall.terms.lexicon import Lexicon
from seawall.terms.new_terms import propose
from seawall.terms.posts import POSTS, Offers
from seawall.terms.proposed import Proposed
from seawall.terms.surprise import expected_risk
from seawall.terms.uses import risky_uses

PROPOSED = 100
"""The most terms that a run proposes."""


def proposals(
    batches: Callable[[str, Sequence[str]], Iterable[pa.RecordBatch]],
    accounts: npt.NDArray[np.uint64],
    risk: npt.NDArray[np.float64],
    bags: csr_matrix,
    lexicon: Lexicon,
    offers: Offers,
) -> Proposed:
    """Ranked proposals; `risk` (n,) is 0 for who is not flagged, `bags` (n, words) what each account writes.

    `batches` gives the columns of a table of the lake, in one order each time it is asked; `offers` tells which texts
    are offers.
    """
    uses = risky_uses(lambda: batches("posts", POSTS), accounts[risk > 0], len(accounts), offers)
    expected = expected_risk(bags.indptr, bags.indices, risk)
    found = propose(uses.tokens, accounts, risk, lexicon, PROPOSED, expected=expected, trade=uses.trade)
    return Proposed(found, uses.contexts)
