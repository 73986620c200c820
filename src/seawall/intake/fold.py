"""Folds events that arrive at least once and out of order."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Longs = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Folded:
    """The fold of n events: which stand, when what they wrote was deleted, and what was refused.

    `stands` marks the event that holds a record's last state; `removed_us` is its deletion in microseconds or -1.
    """

    stands: Mask
    removed_us: Longs
    repeats: Mask
    orphans: Mask  # deletions of records that were never written here


def fold(
    events: npt.NDArray[np.uint64],
    records: npt.NDArray[np.uint64],
    revisions: npt.NDArray[np.bytes_],
    times_us: Longs,
    deletes: Mask,
    understood: Mask,
) -> Folded:
    """Fold events, all arrays of shape (n,) in order of arrival; those that were not understood have no part in it.

    Equal `events` are one event delivered again. Events of one record apply in the order of their `revisions`, which
    sort as bytes (the AT Protocol's TIDs do), whatever their order of arrival.
    """
    count = len(events)
    whole = np.flatnonzero(understood)
    first = np.zeros(count, np.bool_)
    first[whole[np.unique(events[whole], return_index=True)[1]]] = True
    own = np.flatnonzero(first)
    order = own[np.lexsort((own, revisions[own], records[own]))]
    group = np.cumsum(np.r_[False, records[order][1:] != records[order][:-1]]) if len(order) else order
    groups = int(group[-1]) + 1 if len(order) else 0
    write = np.full(groups, -1)
    np.maximum.at(write, group[~deletes[order]], np.flatnonzero(~deletes[order]))
    last = np.searchsorted(group, np.arange(groups), side="right") - 1
    stands, removed = np.zeros(count, np.bool_), np.full(count, -1, np.int64)
    written = write >= 0
    holder = order[write[written]]
    stands[holder] = True
    closing = order[last[written]]
    removed[holder] = np.where(deletes[closing], times_us[closing], -1)
    orphans = np.zeros(count, np.bool_)
    orphans[order] = deletes[order] & ~written[group]
    return Folded(stands, removed, understood & ~first, orphans)
