"""The compiled rankings give what a plain one gives."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import random as random_matrix

from seawall.trials.recommenders.kernels import best_neighbours, best_scores


def plainly(scores: np.ndarray, count: int) -> list[int]:
    """The places of the highest positive scores, the lower place first among equals."""
    order = sorted(range(len(scores)), key=lambda place: (-scores[place], place))
    return [place for place in order if scores[place] > 0][:count]


@given(st.integers(0, 10_000), st.integers(1, 12))
def test_it_ranks_as_a_plain_sum_does(seed, count):
    rng = np.random.default_rng(seed)
    similar = random_matrix(30, 30, 0.3, "csr", np.float32, rng)
    seeds = rng.integers(-1, 30, (4, 5))
    allowed, shown = rng.random(30) < 0.8, rng.integers(0, 4, (4, 30)).astype(np.uint8)
    items, _ = best_neighbours(
        similar.indptr,
        similar.indices,
        similar.data,
        seeds,
        np.ones((4, 5)),
        seeds,
        shown,
        np.arange(4),
        0.5,
        allowed,
        count,
    )
    for row in range(4):
        mine = seeds[row][seeds[row] >= 0]
        scores = np.zeros(30, np.float32)
        for one in mine:
            scores += similar[one].toarray().ravel()
        scores = np.where(allowed, scores, 0) * np.float32(0.5) ** shown[row]
        scores[mine] = 0
        got = items[row][items[row] >= 0]
        assert np.allclose(np.sort(scores[got])[::-1], scores[plainly(scores, count)], rtol=1e-5)
        assert len(set(got.tolist())) == len(got)


@given(st.integers(0, 10_000), st.integers(1, 50))
def test_it_keeps_the_best_of_all_scores(seed, count):
    rng = np.random.default_rng(seed)
    scores = rng.integers(-3, 6, (3, 40)).astype(np.float32)
    followed = rng.integers(-1, 40, (3, 4))
    nothing = np.zeros((3, 40), np.uint8)
    items, _ = best_scores(scores, followed, nothing, np.arange(3), 0.5, np.ones(40, bool), count)
    for row in range(3):
        mine = scores[row].copy()
        mine[followed[row][followed[row] >= 0]] = 0
        assert items[row][items[row] >= 0].tolist() == plainly(mine, count)
