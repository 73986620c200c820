"""Compiled: the best candidates of many test accounts at once."""

import numba as nb
import numpy as np


@nb.njit(cache=True)
def best_neighbours(indptr, indices, weights, seeds, factors, followed, shown, who, discount, allowed, count):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201, PLR0913
    """The `count` best-scored neighbours of each row's seeds.

    A neighbour's score is the sum over the row's seeds of factor times weight, lessened by `discount` for each time that
    it was shown. Seeds, followed accounts and those not allowed are left out. Returns items (w, count), -1 padded, and
    their scores.
    """
    rows = len(who)
    items = np.full((rows, count), -1, np.int64)
    scores = np.zeros((rows, count), np.float32)
    work = np.zeros(len(allowed), np.float32)
    touched = np.empty(len(allowed), np.int64)
    for row in range(rows):
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
        for place in range(followed.shape[1]):
            if followed[row, place] >= 0:
                work[followed[row, place]] = 0
        for place in range(used):
            item = touched[place]
            work[item] *= np.float32(discount ** shown[who[row], item])
        _keep_best(work, touched, used, count, items, scores, row)
        for place in range(used):
            work[touched[place]] = 0
    return items, scores


@nb.njit(cache=True)
def best_scores(all_scores, followed, shown, who, discount, allowed, count):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The `count` best columns of each row of `all_scores`, (w, accounts), by the same rules."""
    rows, columns = all_scores.shape
    items = np.full((rows, count), -1, np.int64)
    scores = np.zeros((rows, count), np.float32)
    work = np.zeros(columns, np.float32)
    touched = np.empty(columns, np.int64)
    for row in range(rows):
        used = 0
        for item in range(columns):
            work[item] = 0
            if allowed[item] and all_scores[row, item] > 0:
                work[item] = all_scores[row, item] * np.float32(discount ** shown[who[row], item])
                touched[used] = item
                used += 1
        for place in range(followed.shape[1]):
            if followed[row, place] >= 0:
                work[followed[row, place]] = 0
        _keep_best(work, touched, used, count, items, scores, row)
    return items, scores


@nb.njit(cache=True)
def _keep_best(work, touched, used, count, items, scores, row):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Write the best of the touched, highest first, the lower number first among equals."""
    values = np.empty(used, np.float32)
    for place in range(used):
        values[place] = work[touched[place]]
    least = np.float32(0)
    if used > count:
        least = np.partition(values, used - count)[used - count]
    filled = 0
    for place in range(used):
        value = values[place]
        if value <= 0 or value < least:
            continue
        spot = min(filled, count)
        if spot == count:
            last = count - 1
            if scores[row, last] > value or (scores[row, last] == value and items[row, last] < touched[place]):
                continue
            spot = last
        while spot > 0 and (
            scores[row, spot - 1] < value or (scores[row, spot - 1] == value and items[row, spot - 1] > touched[place])
        ):
            scores[row, spot], items[row, spot] = scores[row, spot - 1], items[row, spot - 1]
            spot -= 1
        scores[row, spot], items[row, spot] = value, touched[place]
        filled = min(filled + 1, count)
