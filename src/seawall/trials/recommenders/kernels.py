"""Compiled: the best candidates of many test accounts at once."""

import numba as nb
import numpy as np


@nb.njit(cache=True)
def best_neighbours(indptr, indices, weights, seeds, factors, followed, shown, who, discount, allowed, count):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The `count` best-scored neighbours of each row's seeds.

    A neighbour's score is the sum over the row's seeds of factor times weight, lessened by `discount` for each time
    that it was shown. Seeds, followed accounts and those not allowed are left out. Returns items (w, count), -1 padded,
    and their scores.
    """
    rows = len(who)
    items = np.full((rows, count), -1, np.int64)
    scores = np.zeros((rows, count), np.float32)
    work = np.zeros(len(allowed), np.float32)
    touched = np.empty(len(allowed), np.int64)
    for row in range(rows):
        used = _add_up(indptr, indices, weights, seeds, factors, row, allowed, work, touched)
        for place in range(followed.shape[1]):
            if followed[row, place] >= 0:
                work[followed[row, place]] = 0
        filled = 0
        for place in range(used):
            item = touched[place]
            value = work[item] * np.float32(discount ** shown[who[row], item])
            filled = _insert(items, scores, row, filled, count, item, value)
            work[item] = 0
    return items, scores


@nb.njit(inline="always")
def _add_up(indptr, indices, weights, seeds, factors, row, allowed, work, touched):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Sum the weights of a row's neighbours into `work`, name them in `touched`, return how many they are."""
    used = 0
    for place in range(seeds.shape[1]):
        seed = seeds[row, place]
        if seed < 0 or factors[row, place] <= 0:
            continue
        for at in range(indptr[seed], indptr[seed + 1]):
            item = indices[at]
            if not allowed[item]:
                continue
            if work[item] == 0:
                touched[used] = item
                used += 1
            work[item] += np.float32(factors[row, place] * weights[at])
    return used


@nb.njit(cache=True)
def best_scores(all_scores, followed, shown, who, discount, allowed, count):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The `count` best columns of each row of `all_scores`, (w, accounts), by the same rules."""
    rows, columns = all_scores.shape
    items = np.full((rows, count), -1, np.int64)
    scores = np.zeros((rows, count), np.float32)
    known = np.zeros(columns, np.bool_)
    for row in range(rows):
        _mark(known, followed, row, True)
        filled = 0
        for item in range(columns):
            value = all_scores[row, item]
            if value <= scores[row, count - 1] or known[item] or not allowed[item]:
                continue
            value *= np.float32(discount ** shown[who[row], item])
            filled = _insert(items, scores, row, filled, count, item, value)
        _mark(known, followed, row, False)
    return items, scores


@nb.njit(inline="always")
def _mark(known, followed, row, value):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    for place in range(followed.shape[1]):
        if followed[row, place] >= 0:
            known[followed[row, place]] = value


@nb.njit(inline="always")
def _insert(items, scores, row, filled, count, item, value):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Put an item among the best of its row, highest first, the lower number first among equals."""
    if value <= 0:
        return filled
    spot = min(filled, count - 1)
    if filled == count and (scores[row, spot] > value or (scores[row, spot] == value and items[row, spot] < item)):
        return filled
    while spot > 0 and (
        scores[row, spot - 1] < value or (scores[row, spot - 1] == value and items[row, spot - 1] > item)
    ):
        scores[row, spot], items[row, spot] = scores[row, spot - 1], items[row, spot - 1]
        spot -= 1
    scores[row, spot], items[row, spot] = value, item
    return min(filled + 1, count)
