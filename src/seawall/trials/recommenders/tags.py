"""Search by tag, completion of what is typed, and related tags."""

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from seawall.trials.draws import Ints
from seawall.trials.platform import Platform
from seawall.trials.recommenders.neighbours import cosines

TYPED = 3
"""Letters that somebody types before looking at the completions."""
DEPTH = 40
RELATED = 2
"""Users that a tag needs before it is completed or related to another."""


@dataclass(frozen=True, slots=True)
class Tags:
    """For each tag, at most `DEPTH` answers, the best first, -1 padded."""

    found: Ints  # accounts
    completions: Ints
    related: Ints


def tag_answers(platform: Platform) -> Tags:
    """Work out every answer once: they depend on no viewer."""
    users = platform.tag_users
    used = np.diff(users.indptr)
    return Tags(_found(platform), _completions(platform.tags, used), _related(users, used))


def _found(platform: Platform) -> Ints:
    """Accounts by how much they use the tag, and a little by their followers."""
    followers = np.log1p(np.asarray(platform.follows.sum(axis=0)).ravel())
    users = platform.tag_users.copy()
    users.data = np.log1p(users.data) * (1 + followers[users.indices] / 4)
    return _top(users)


def _related(users: csr_matrix, used: Ints) -> Ints:
    """Tags with the same users, by cosine."""
    near = cosines(users.T.tocsr().astype(bool).astype(np.float64), DEPTH)
    near.data *= used[near.indices] >= RELATED
    near.eliminate_zeros()
    return _top(near)


def _completions(tags: tuple[str, ...], used: Ints) -> Ints:
    """Tags that begin with the same letters, the most used first."""
    order = sorted(range(len(tags)), key=lambda tag: tags[tag])
    names = [tags[tag] for tag in order]
    answers: dict[str, Ints] = {}
    out = np.full((len(tags), DEPTH), -1)
    for tag, name in enumerate(tags):
        typed = name[:TYPED]
        if typed not in answers:
            near = np.array(order[bisect_left(names, typed) : bisect_left(names, typed + "\U0010ffff")])
            near = near[used[near] >= RELATED]
            answers[typed] = near[np.lexsort((near, -used[near]))][:DEPTH]
        out[tag, : len(answers[typed])] = answers[typed]
    return out


def _top(scores: csr_matrix) -> Ints:
    """The columns of the `DEPTH` highest scores of each row, the lower column first among equals."""
    scores = scores.tocsr()
    rows = np.repeat(np.arange(scores.shape[0]), np.diff(scores.indptr))
    order = np.lexsort((scores.indices, -scores.data, rows))
    place = np.arange(len(rows)) - scores.indptr[rows]
    kept = place < DEPTH
    out = np.full((scores.shape[0], DEPTH), -1)
    out[rows[kept], place[kept]] = scores.indices[order][kept]
    return out
